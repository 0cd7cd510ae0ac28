from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from peewee import SqliteDatabase

from alerts.errors import StoreError
from server import event_tail
from server.events import EventKind
from server.hub import Hub
from server.store import events
from tests.support.stores import EVERYONE, HOUR, NOON, PUBLISHER, SetClock, make_alert, opened_hub


def on_hub(folder: Path, test: Callable[[Hub], Coroutine[Any, Any, None]], clock: SetClock | None = None) -> None:
    async def run() -> None:
        async with opened_hub(folder, clock) as hub:
            await test(hub)

    asyncio.run(run())


def _append(count: int) -> Callable[[SqliteDatabase], None]:
    def job(db: SqliteDatabase) -> None:
        for _ in range(count):
            events.append(db, NOON, EventKind.DEVICE_REVOKED, device="d-1")

    return job


def test_who_waits_is_woken_by_what_is_written(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        start = hub.events.newest
        waiting = [asyncio.create_task(hub.events.wait(start, 60)) for _ in range(3)]
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        assert await asyncio.gather(*waiting) == [True] * 3
        assert [event.kind for event in await hub.events.after(start)] == [EventKind.ALERT_PUBLISHED]
        assert not await hub.events.wait(hub.events.newest, 0.0)

    on_hub(tmp_path, test)


def test_who_asks_after_a_write_is_told_of_it(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        for count in range(1, 5):
            await hub.write(_append(1))
            assert len(await hub.events.after(0)) == count
        await asyncio.gather(*(hub.write(_append(1)) for _ in range(5)))
        found = await asyncio.gather(*(hub.events.after(4) for _ in range(3)))
        assert [[event.id for event in events] for events in found] == [[5, 6, 7, 8, 9]] * 3

    on_hub(tmp_path, test)


def test_a_look_that_failed_is_made_up_for_by_the_next(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        await hub.write(_append(1))
        failing = hub.events.after(0)
        read, hub.events._read = hub.events._read, _fail
        with pytest.raises(StoreError):
            await failing
        hub.events._read = read
        assert len(await hub.events.after(0)) == 1

    on_hub(tmp_path, test)


async def _fail(job: object) -> None:
    raise StoreError("the disk is away")


def test_what_lies_further_back_than_the_tail_comes_from_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_tail, "TAIL_MAX", 3)

    async def test(hub: Hub) -> None:
        await hub.write(_append(4))
        assert await hub.events.wait(3, 60)
        await hub.write(_append(4))
        assert await hub.events.wait(7, 60)
        for after in range(8):
            assert [event.id for event in await hub.events.after(after)] == list(range(after + 1, 9))
        assert [event.id for event in await hub.events.after(1, limit=2)] == [2, 3]
        assert [event.id for event in await hub.events.after(6, limit=1)] == [7]

    on_hub(tmp_path, test)


def test_after_a_restart_the_same_events_are_there(tmp_path: Path) -> None:
    async def first(hub: Hub) -> None:
        await hub.write(_append(5))

    async def second(hub: Hub) -> None:
        assert hub.events.newest == 5
        assert [event.id for event in await hub.events.after(2)] == [3, 4, 5]
        assert await hub.events.wait(4, 60)

    on_hub(tmp_path, first)
    on_hub(tmp_path, second)


def test_the_end_of_an_alert_is_an_event_also_when_the_hub_was_down(tmp_path: Path) -> None:
    clock = SetClock()

    async def publish(hub: Hub) -> None:
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)

    async def lapse(hub: Hub) -> None:
        await hub.publish(make_alert("two"), EVERYONE, by=PUBLISHER)
        clock.pass_seconds(10 * HOUR)
        await hub.tick()
        await hub.tick()

    async def read(hub: Hub) -> None:
        found = await hub.events.after(0)
        ended = [event.alert for event in found if event.kind is EventKind.ALERT_EXPIRED]
        assert ended == [1, 2, 3]

    async def publish_again(hub: Hub) -> None:
        await hub.publish(make_alert("three", info=[_info_until("2026-03-02T22:00:00+00:00")]), EVERYONE, by=PUBLISHER)

    on_hub(tmp_path, publish, clock)
    on_hub(tmp_path, lapse, clock)
    on_hub(tmp_path, publish_again, clock)
    clock.pass_seconds(48 * HOUR)
    on_hub(tmp_path, read, clock)


def _info_until(expires: str) -> dict[str, Any]:
    info: dict[str, Any] = make_alert().to_json()["info"][0]
    return info | {"expires": expires}
