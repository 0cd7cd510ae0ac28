"""A listener's queue."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from client.events import AlarmDue, CaughtUp, Event, EventsMissed, ReceiptsStored
from client.subscription import Subscription
from tests.support.device_store import item, keep, open_store


def _alarm(folder: Path) -> AlarmDue:
    store = open_store(folder)
    store.execute(keep(0, item("a")))
    return AlarmDue(tuple(store.entries()))


def _subscription(taken: list[AlarmDue], events_max: int = 3) -> Subscription:
    async def take(alarm: AlarmDue) -> None:
        taken.append(alarm)

    return Subscription(take, events_max=events_max)


def test_an_alarm_counts_as_taken_when_the_next_event_is_asked_for(tmp_path: Path) -> None:
    async def main() -> None:
        taken: list[AlarmDue] = []
        subscription, alarm = _subscription(taken), _alarm(tmp_path)
        subscription.put(alarm)
        subscription.put(CaughtUp())
        assert subscription.alarms() == {"hub.example,a"}
        assert await anext(subscription) is alarm
        assert taken == []
        assert subscription.alarms() == {"hub.example,a"}
        assert await anext(subscription) == CaughtUp()
        assert taken == [alarm]
        assert subscription.alarms() == set()

    asyncio.run(main())


def test_who_does_not_keep_up_is_told_how_much_was_missed(tmp_path: Path) -> None:
    async def main() -> None:
        taken: list[AlarmDue] = []
        subscription = _subscription(taken)
        subscription.put(_alarm(tmp_path))
        for waiting in range(6):
            subscription.put(ReceiptsStored(waiting))
        subscription.close()
        found: list[Event] = [event async for event in subscription]
        assert found == [EventsMissed(5), ReceiptsStored(4), ReceiptsStored(5)]
        assert taken == [], "an alarm that was dropped is due again"

    asyncio.run(main())


def test_it_ends_behind_what_is_queued() -> None:
    async def main() -> None:
        subscription = _subscription([])
        waiting = asyncio.ensure_future(anext(subscription))
        await asyncio.sleep(0)
        subscription.close()
        with pytest.raises(StopAsyncIteration):
            await waiting

    asyncio.run(main())
