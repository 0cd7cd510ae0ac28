"""What is read on from a position: pages, filters, who sees what, and waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.terms import Severity
from alerts.errors import UnknownAlertError, UnknownDeviceError
from alerts.session.commits import TakeUplink
from alerts.session.log import Log
from alerts.session.position import Path as EpochPath
from alerts.wire.uplink import Quarantined, Receipt, ReceiptState, pack_uplink
from server import reading as reading_module
from server.events import EventKind
from server.hub import Credential, Hub, Role
from server.reading import Position, Reading, Wanted, WantedEvents, position_at
from tests.support.stores import EVERYONE, PUBLISHER, SetClock, following, make_alert, opened_hub

ALL = Credential("ops", Role.VIEWER)
NAIROBI = Credential("nairobi", Role.VIEWER, ("KE-047",))
KE, KE_047, KE_030 = Audience(areas=("KE",)), Audience(areas=("KE-047",)), Audience(areas=("KE-030",))


def with_reading(body: Callable[[Reading], Awaitable[None]]) -> Callable[[Path], None]:
    def run(tmp_path: Path) -> None:
        async def there() -> None:
            async with opened_hub(tmp_path) as hub:
                await body(Reading(hub))

        asyncio.run(there())

    return run


async def publish(hub: Hub, alert: Alert | str, audience: Audience = EVERYONE) -> int:
    made = make_alert(alert) if isinstance(alert, str) else alert
    return (await hub.publish(made, audience, by=PUBLISHER)).number


async def read(
    reading: Reading, credential: Credential = ALL, after: int = 0, limit: int = 100, **wanted: object
) -> list[str]:
    page = await reading.page(credential, Wanted(**wanted), after, limit)  # type: ignore[arg-type]
    return [one.stored.alert.identifier for one in page.items]


def grave(identifier: str, severity: str) -> Alert:
    info = make_alert().to_json()["info"][0] | {"severity": severity}
    return make_alert(identifier, info=[info])


# -- positions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("0", Position(None, 0)),
        ("17", Position(None, 17)),
        ("4021-17", Position(4021, 17)),
        ("", None),
        ("-1", None),
        ("1-", None),
        ("1-2-3", None),
        ("1.5", None),
        (" 1", None),
        ("1\n", None),
        ("١", None),
        (17 * "1", None),
        (11 * "1" + "-1", None),
    ],
)
def test_a_position_is_a_number_with_or_without_its_epoch(text: str, position: Position | None) -> None:
    assert Position.parse(text) == position
    assert position is None or str(position) == text


@pytest.mark.parametrize(
    ("position", "is_in"),
    [
        (Position(7, 0), True),
        (Position(7, 3), True),
        (Position(7, 4), False),
        (Position(8, 3), False),
        (Position(8, 6), True),
        (Position(8, 7), False),
        (Position(9, 6), False),
        (Position(5, 1), False),
        (Position(None, 6), True),
        (Position(None, 7), False),
    ],
)
def test_a_position_counts_only_in_the_log_in_which_it_was_given(position: Position, is_in: bool) -> None:
    log = Log(EpochPath([(7, 1), (8, 4), (9, 7)]), 6)
    assert position.is_in(log) is is_in
    assert position_at(log, 3) == Position(7, 3)
    assert position_at(log, 0) == Position(7, 0)
    assert position_at(log, 6) == Position(8, 6)


# -- alerts -----------------------------------------------------------------------------------------------------------


@with_reading
async def test_a_page_goes_on_where_the_one_before_ended(reading: Reading) -> None:
    for name in ("a", "b", "c"):
        await publish(reading.hub, name)
    first = await reading.page(ALL, Wanted(), 0, 2)
    assert (len(first.items), first.upto, first.has_more) == (2, 2, True)
    second = await reading.page(ALL, Wanted(), first.upto, 2)
    assert [one.stored.number for one in second.items] == [3]
    assert (second.upto, second.has_more) == (3, False)
    last = await reading.page(ALL, Wanted(), 3, 2)
    assert (last.items, last.upto, last.has_more) == ((), 3, False)


@with_reading
async def test_what_is_passed_over_counts_as_looked_at(reading: Reading) -> None:
    await publish(reading.hub, "a")
    await publish(reading.hub, "b", KE_030)
    code = await reading.hub.make_enrolment_code()
    await reading.hub.enrol(code)
    page = await reading.page(NAIROBI, Wanted(), 0, 10)
    assert ([one.stored.number for one in page.items], page.upto, page.has_more) == ([1], 3, False)


def test_a_page_looks_at_so_many_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_module, "PAGE", 2)
    monkeypatch.setattr(reading_module, "LOOKED_AT_MAX", 4)

    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            reading = Reading(hub)
            for name in "abcdef":
                await publish(hub, name, KE_030 if name != "f" else KE_047)
            page = await reading.page(NAIROBI, Wanted(), 0, 10)
            assert (page.items, page.upto, page.has_more) == ((), 4, True)
            page = await reading.page(NAIROBI, Wanted(), page.upto, 10)
            assert [one.stored.number for one in page.items] == [6]

    asyncio.run(run())


@with_reading
async def test_who_is_bound_sees_what_reaches_somebody_there(reading: Reading) -> None:
    for name, audience in (("all", EVERYONE), ("above", KE), ("there", KE_047), ("elsewhere", KE_030)):
        await publish(reading.hub, name, audience)
    assert await read(reading, NAIROBI) == ["all", "above", "there"]
    assert await read(reading) == ["all", "above", "there", "elsewhere"]
    assert await read(reading, areas=("KE-030",)) == ["all", "above", "elsewhere"]
    assert await read(reading, NAIROBI, areas=("KE-030",)) == ["all", "above"]
    assert (await reading.alert(NAIROBI, "there")).number == 3
    with pytest.raises(UnknownAlertError, match="no alert 'elsewhere' is known here"):
        await reading.alert(NAIROBI, "elsewhere")
    with pytest.raises(UnknownAlertError, match="no alert 'never' is known here"):
        await reading.alert(NAIROBI, "never")


@with_reading
async def test_an_update_that_moves_away_is_seen_by_who_saw_what_it_replaces(reading: Reading) -> None:
    await publish(reading.hub, "old", KE_047)
    await publish(reading.hub, following("Update", "new", make_alert("old")), KE_030)
    assert await read(reading, NAIROBI) == ["old", "new"]
    assert await read(reading, in_force=True) == ["new"]
    assert await read(reading, in_force=False) == ["old"]


@with_reading
async def test_the_end_of_what_is_grave_is_as_grave(reading: Reading) -> None:
    minor, severe = grave("minor", "Minor"), grave("severe", "Severe")
    for alert in (minor, severe):
        await publish(reading.hub, alert)
    await publish(reading.hub, following("Cancel", "end-minor", minor, info=[]))
    await publish(reading.hub, following("Update", "milder", severe, info=minor.to_json()["info"]))
    await publish(reading.hub, following("Cancel", "end-severe", make_alert("milder"), info=[]))
    assert await read(reading, severity=Severity.SEVERE) == ["severe", "milder", "end-severe"]
    assert await read(reading, severity=Severity.EXTREME) == []
    assert len(await read(reading, severity=Severity.UNKNOWN)) == 5


@with_reading
async def test_who_waits_is_woken_by_a_publish(reading: Reading) -> None:
    assert not await reading.wait(0, 0.01)
    waiting = asyncio.create_task(reading.wait(0, 60))
    await publish(reading.hub, "a")
    assert await waiting
    assert await reading.wait(0, 60), "there is something already"


@with_reading
async def test_all_who_ask_at_once_are_answered_by_one_look(reading: Reading) -> None:
    await publish(reading.hub, "a")
    looks = 0
    read_of_hub = reading.hub.read

    def counted(job: object) -> object:
        nonlocal looks
        looks += 1
        return read_of_hub(job)  # type: ignore[arg-type]

    reading.hub.read = counted  # type: ignore[method-assign, assignment]
    pages = await asyncio.gather(*(reading.page(ALL, Wanted(), 0, 10) for _ in range(20)))
    assert looks == 1 and all(len(page.items) == 1 for page in pages)


# -- devices ----------------------------------------------------------------------------------------------------------


async def enrol(hub: Hub, *areas: str) -> str:
    return (await hub.enrol(await hub.make_enrolment_code(areas=areas))).device


@with_reading
async def test_devices_are_seen_by_who_is_bound_to_their_areas(reading: Reading) -> None:
    inside, both, outside = (
        await enrol(reading.hub, "KE-047-1"), await enrol(reading.hub, "KE-030", "KE-047"), await enrol(reading.hub, "KE"),
    )  # fmt: skip
    assert {row.device for row in await reading.devices(NAIROBI)} == {inside, both}
    assert len(await reading.devices(ALL)) == 3
    assert (await reading.device(NAIROBI, both)).device == both
    with pytest.raises(UnknownDeviceError):
        await reading.device(NAIROBI, outside)
    number = await publish(reading.hub, "a")
    seen = await reading.delivery(NAIROBI, number)
    assert {one.device for one in seen.devices} == {inside, both}
    assert sum(seen.counts.values()) == 2
    assert sum((await reading.delivery(ALL, number)).counts.values()) == 3
    for device in (inside, outside):
        item = pack_uplink(Quarantined(reading.hub.now(), 5, 17, "form 9 is not known"))
        await reading.hub.take_uplink(device, TakeUplink(77, 0, 1, ((1, item),)))
    await reading.hub.revoke_device(inside)
    assert [report.device for report in await reading.reports(NAIROBI, 10)] == [inside]
    assert len(await reading.reports(ALL, 10)) == 2


# -- events -----------------------------------------------------------------------------------------------------------


@with_reading
async def test_events_are_seen_by_who_may_see_what_they_are_about(reading: Reading) -> None:
    hub = reading.hub
    inside, outside = await enrol(hub, "KE-047"), await enrol(hub, "KE-030")
    both, there, elsewhere = (
        await publish(hub, "all"),
        await publish(hub, "there", KE_047),
        await publish(hub, "far", KE_030),
    )
    epoch = hub.log.path.newest()
    for device in (inside, outside):
        item = pack_uplink(Receipt(hub.now(), ReceiptState.ACKNOWLEDGED, epoch, both))
        await hub.take_uplink(device, TakeUplink(77, 0, 1, ((1, item),)))
    await hub.revoke_device(inside)
    await hub.events.look()

    async def seen(credential: Credential, **wanted: object) -> list[tuple[str, int | None, str | None]]:
        page = await reading.events(credential, WantedEvents(**wanted), 0, 100)  # type: ignore[arg-type]
        return [(str(event.kind), event.alert, event.device) for event in page.items]

    assert await seen(NAIROBI) == [
        ("device.enrolled", None, inside),
        ("alert.published", both, None),
        ("alert.published", there, None),
        ("alert.acknowledged", both, inside),
        ("device.revoked", None, inside),
    ]
    assert len(await seen(ALL)) == 8
    assert await seen(ALL, alert=elsewhere) == [("alert.published", elsewhere, None)]
    assert await seen(ALL, kinds=frozenset({EventKind.DEVICE_REVOKED})) == [("device.revoked", None, inside)]


@with_reading
async def test_events_come_in_pages_and_what_is_not_seen_is_passed(reading: Reading) -> None:
    for name in "abc":
        await publish(reading.hub, name, KE_030 if name == "c" else EVERYONE)
    await reading.hub.events.look()
    first = await reading.events(NAIROBI, WantedEvents(), 0, 1)
    assert ([event.alert for event in first.items], first.has_more) == ([1], True)
    second = await reading.events(NAIROBI, WantedEvents(), first.upto, 10)
    assert ([event.alert for event in second.items], second.has_more) == ([2], False)
    assert second.upto == reading.hub.events.newest == 3
    assert (await reading.events(NAIROBI, WantedEvents(), 3, 10)).upto == 3
    assert not await reading.wait_event(3, 0.01)


def test_a_step_of_the_clock_changes_nothing_for_who_reads(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            reading = Reading(hub)
            await publish(hub, "a")
            before = reading.newest()
            clock.wall += 600
            await hub.tick()
            assert before.is_in(hub.log) and reading.newest() == before
            await publish(hub, "b")
            assert reading.newest().epoch != before.epoch
            assert await read(reading, after=1) == ["b"]

    asyncio.run(run())
