from __future__ import annotations

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from alerts.audience import Audience
from alerts.errors import (
    AudienceError,
    CodeInvalidError,
    DuplicateAlertError,
    IdempotencyConflictError,
    NameTakenError,
    OutOfAreasError,
    StoreError,
    StoreFullError,
    TooManyAttemptsError,
    UnknownAlertError,
    UnknownAreaError,
    UnknownDeviceError,
    UserError,
)
from alerts.session.claim import Claim
from alerts.session.commits import HubOutcome, ReadStand, TakeUplink
from alerts.session.spans import Spans
from alerts.wire.uplink import Receipt, ReceiptState, pack_uplink
from server.delivery import DeliveryState
from server.hub import Hub
from server.store.claims import read_claims
from server.store.codes import Attempts
from server.store.database import Store
from server.store.folder import Folder
from server.store.records import Credential, Enrolled, Revoked, Role
from tests.support.stores import (
    EVERYONE,
    HOUR,
    NOON,
    PUBLISHER,
    Heard,
    SetClock,
    following,
    make_alert,
    opened_hub,
)

END = NOON + 10 * HOUR
KENYA = Audience(areas=("KE",))
Test = Callable[[Hub], Coroutine[Any, Any, None]]


def on_hub(folder: Path, test: Test, clock: SetClock | None = None, **options: Any) -> None:
    """Run a test on a hub of its own."""

    async def run() -> None:
        async with opened_hub(folder, clock, **options) as hub:
            await test(hub)

    asyncio.run(run())


async def enrolled(hub: Hub, *areas: str, **grant: Any) -> Enrolled:
    """A new device."""
    return await hub.enrol(await hub.make_enrolment_code(areas=areas, **grant))


# -- publishing -------------------------------------------------------------------------------------------------------


def test_a_published_alert_stands_in_the_log_and_listeners_are_told_once(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        heard = Heard()
        hub.subscribe(heard)
        published = await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        assert (published.number, published.epoch, published.created) == (1, hub.log.path.newest(), True)
        entry = hub.log.at(1)
        assert entry is not None
        assert entry.payload == make_alert("one")
        assert heard.events == [("log_grew", 1)]

    on_hub(tmp_path, test)


def test_nothing_is_told_before_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the moment a listener hears of an entry, the database has it."""

    async def test(hub: Hub) -> None:
        known: list[int] = []
        heard = Heard()
        monkeypatch.setattr(heard, "log_grew", lambda entry: known.append(_count(tmp_path)))
        hub.subscribe(heard)
        for index in range(3):
            await hub.publish(make_alert(f"a{index}"), EVERYONE, by=PUBLISHER)
        assert known == [1, 2, 3]

    on_hub(tmp_path, test)


def _count(folder: Path) -> int:
    connection = sqlite3.connect(folder / "hub.sqlite")
    (count,) = connection.execute("SELECT count(*) FROM alert_entry").fetchone()
    connection.close()
    return int(count)


def test_many_at_once_get_gapless_numbers_in_the_order_of_the_log(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        heard = Heard()
        hub.subscribe(heard)
        given = [hub.publish(make_alert(f"a{index}"), EVERYONE, by=PUBLISHER) for index in range(60)]
        moves = [enrolled(hub, "KE") for _ in range(3)]
        published, _ = await asyncio.gather(asyncio.gather(*given), asyncio.gather(*moves))
        numbers = sorted({one.number for one in published} | {row.number for row in hub.log.enrolled.values()})
        assert numbers == list(range(1, 64))
        told = [event[1] for event in heard.events]
        assert told == sorted(told)  # type: ignore[type-var]

    on_hub(tmp_path, test)


def test_a_repeat_with_the_same_key_is_the_same_alert(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        given = {"by": PUBLISHER, "idempotency_key": "k", "body_digest": b"1"}
        both = [hub.publish(make_alert("one"), KENYA, **given) for _ in range(2)]  # type: ignore[arg-type]
        first, second = await asyncio.gather(*both)
        assert sorted([first.created, second.created]) == [False, True]
        assert (first.number, first.reports) == (second.number, second.reports)
        with pytest.raises(IdempotencyConflictError):
            await hub.publish(make_alert("two"), KENYA, by=PUBLISHER, idempotency_key="k", body_digest=b"2")
        with pytest.raises(DuplicateAlertError):
            await hub.publish(make_alert("one"), KENYA, by=PUBLISHER, idempotency_key="k2", body_digest=b"1")

    on_hub(tmp_path, test)


def test_a_repeat_is_answered_after_the_alert_has_expired_and_a_restart(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        one = await hub.publish(make_alert("one"), KENYA, by=PUBLISHER, idempotency_key="k", body_digest=b"1")
        assert one.number == 1

    on_hub(tmp_path, test)
    on_hub(tmp_path, test, SetClock(NOON + 20 * HOUR))


def test_a_publisher_that_hangs_up_leaves_the_log_whole(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        task = asyncio.create_task(hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await hub.publish(make_alert("two"), EVERYONE, by=PUBLISHER)).number == 2
        assert [entry.number for entry in hub.log] == [1, 2]

    on_hub(tmp_path, test)


def test_a_refused_alert_takes_no_number(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        await hub.import_areas([("KE", "Kenya")])
        with pytest.raises(UnknownAreaError, match="UG"):
            await hub.publish(make_alert("one"), Audience(areas=("UG",)), by=PUBLISHER)
        with pytest.raises(AudienceError):
            await hub.publish(make_alert("one"), Audience(), by=PUBLISHER)
        assert (await hub.publish(make_alert("one"), KENYA, by=PUBLISHER)).number == 1

    on_hub(tmp_path, test)


def test_the_hub_makes_the_identifier_that_is_asked_of_it(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        published = await hub.publish(make_alert("-"), EVERYONE, by=PUBLISHER, make_identifier=True)
        assert published.identifier == f"{published.epoch:08x}-1"
        assert (await hub.alert(published.key)).alert.identifier == published.identifier

    on_hub(tmp_path, test)


def test_a_listener_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def test(hub: Hub) -> None:
        broken, heard = Heard(), Heard()
        monkeypatch.setattr(broken, "log_grew", lambda entry: 1 / 0)
        hub.subscribe(broken)
        hub.subscribe(heard)
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        assert heard.events == [("log_grew", 1)]

    on_hub(tmp_path, test)


def test_a_full_disk_is_said_and_the_hub_goes_on_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = {"value": "x" * 500_000, "valueName": "large"}
    info = {**make_alert().to_json()["info"][0], "parameter": [large]}

    async def test(hub: Hub) -> None:
        with pytest.raises(StoreFullError):
            await hub.publish(make_alert("large", info=[info]), EVERYONE, by=PUBLISHER)
        assert (hub.log.head, list(hub.log)) == (0, [])
        assert (await hub.publish(make_alert("small"), EVERYONE, by=PUBLISHER)).number == 1

    monkeypatch.setattr("server.hub.Store", lambda path: Store(path, max_page_count=180))
    on_hub(tmp_path, test)


# -- lives ------------------------------------------------------------------------------------------------------------


def test_every_opening_begins_an_epoch_and_the_path_is_kept(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        await hub.publish(make_alert(f"in-{hub.log.path.newest()}"), EVERYONE, by=PUBLISHER)
        paths.append(list(hub.log.path))

    paths: list[list[tuple[int, int]]] = []
    for _ in range(3):
        on_hub(tmp_path, test)
    assert [first for _, first in paths[-1]] == [1, 2, 3]
    assert len({epoch for epoch, _ in paths[-1]}) == 3
    assert paths[0] == paths[1][:1] == paths[2][:1]


def test_what_lives_is_back_after_a_restart_and_what_is_over_is_archived(tmp_path: Path) -> None:
    async def fill(hub: Hub) -> None:
        one = make_alert("one")
        await hub.publish(one, KENYA, by=PUBLISHER)
        await hub.publish(following("Update", "two", one), EVERYONE, by=PUBLISHER)
        await enrolled(hub, "KE", roles=("nurse",))

    async def look(hub: Hub) -> None:
        assert [entry.number for entry in hub.log] == [1, 2]
        assert hub.log.replaced_by("ops@health.example,one") == 2
        assert [row.reader.roles for row in hub.log.enrolled.values()] == [("nurse",)]

    async def later(hub: Hub) -> None:
        assert list(hub.log) == []
        assert hub.log.head == 3
        assert (await hub.alert("1")).alert == make_alert("one")

    on_hub(tmp_path, fill)
    on_hub(tmp_path, look)
    on_hub(tmp_path, later, SetClock(NOON + 20 * HOUR))


def test_a_second_hub_on_the_same_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.store.folder.BRIEF_S", 0.0)
    monkeypatch.setattr(Folder.lock, "__defaults__", (0.0,))

    async def test(hub: Hub) -> None:
        with pytest.raises(UserError, match="a hub is running"):
            await Hub.open(tmp_path, hub.options, SetClock().hub_clock())

    on_hub(tmp_path, test)
    on_hub(tmp_path, lambda hub: asyncio.sleep(0))


def test_a_file_of_another_kind_is_refused_and_the_folder_let_go(tmp_path: Path) -> None:
    (tmp_path / "hub.sqlite").write_bytes(b"a letter" * 1000)
    with pytest.raises(UserError, match="cannot be read as a hub's database"):
        on_hub(tmp_path, lambda hub: asyncio.sleep(0))
    assert Folder(tmp_path).try_lock()


def test_after_close_everything_is_refused_and_close_is_idempotent(tmp_path: Path) -> None:
    async def run() -> None:
        async with opened_hub(tmp_path) as hub:
            pass
        await hub.close()
        with pytest.raises(StoreError, match="closed"):
            await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)

    asyncio.run(run())


KILLED = """
import asyncio, pathlib, sys
from tests.support.stores import EVERYONE, PUBLISHER, make_alert, opened_hub

async def run():
    async with opened_hub(pathlib.Path(sys.argv[1])) as hub:
        for index in range(10**6):
            names = [f"{hub.log.path.newest()}-{index}-{each}" for each in range(3)]
            for one in await asyncio.gather(*(hub.publish(make_alert(name), EVERYONE, by=PUBLISHER) for name in names)):
                sys.stdout.write(f"{one.epoch} {one.number} {one.identifier}\\n")
            sys.stdout.flush()

asyncio.run(run())
"""


def test_what_was_answered_survives_a_kill_at_any_moment(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    sys.stdout.write(f"seed {seed}\n")
    chance = random.Random(seed)
    answered: list[tuple[int, int, str]] = []
    for _ in range(4):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for _ in range(chance.randrange(1, 60)):
            epoch, number, identifier = child.stdout.readline().split()
            answered.append((int(epoch), int(number), identifier))
        child.send_signal(signal.SIGKILL)
        whole_lines = [line for line in child.communicate()[0].splitlines(keepends=True) if line.endswith("\n")]
        answered += [(int(e), int(n), i) for e, n, i in (line.split() for line in whole_lines)]

    async def test(hub: Hub) -> None:
        stored = {alert.number: alert for alert in await hub.alerts(limit=10**6)}
        assert sorted(stored) == list(range(1, hub.log.head + 1)), "gapless"
        for epoch, number, identifier in answered:
            assert (stored[number].epoch, stored[number].alert.identifier) == (epoch, identifier)
            assert hub.log.path.epoch_at(number) == epoch

    on_hub(tmp_path, test)


# -- the clock --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step_s", [-30 * HOUR, 30 * HOUR])
def test_a_step_of_the_clock_begins_an_epoch(tmp_path: Path, step_s: int) -> None:
    clock = SetClock()

    async def test(hub: Hub) -> None:
        heard = Heard()
        hub.subscribe(heard)
        before = hub.log.path.newest()
        await hub.tick()
        clock.wall += step_s
        assert hub.now() == NOON
        await hub.tick()
        assert hub.now() == NOON + step_s
        assert hub.log.path.newest() != before
        assert heard.events == [("clock_stepped",)]
        await hub.tick()
        assert len(list(hub.log.path)) == 2

    on_hub(tmp_path, test, clock)


def test_a_step_back_brings_back_what_had_expired(tmp_path: Path) -> None:
    clock = SetClock()

    async def test(hub: Hub) -> None:
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        clock.pass_seconds(20 * HOUR)
        await hub.tick()
        assert list(hub.log) == []
        clock.wall -= 15 * HOUR
        await hub.tick()
        assert [entry.number for entry in hub.log] == [1]
        published = await hub.publish(make_alert("two"), EVERYONE, by=PUBLISHER)
        assert (published.number, published.epoch) == (2, hub.log.path.newest())

    on_hub(tmp_path, test, clock)


def test_an_update_inherits_from_what_is_over_only_by_a_clock_that_is_wrong(tmp_path: Path) -> None:
    clock = SetClock()

    async def test(hub: Hub) -> None:
        first = make_alert("one")
        await hub.publish(first, KENYA, by=PUBLISHER)
        clock.pass_seconds(20 * HOUR)
        await hub.tick()
        assert hub.log.find(first.key) is None, "its life is over, by that clock"
        later = following("Update", "two", first, sent="2026-03-02T09:00:00+00:00", info=[])
        await hub.publish(later, EVERYONE, by=PUBLISHER)
        entry = hub.log.at(2)
        assert entry is not None and KENYA in entry.reach

    on_hub(tmp_path, test, clock)


def test_a_step_that_cannot_be_stored_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock()

    async def test(hub: Hub) -> None:
        before = hub.log
        clock.wall -= HOUR
        with monkeypatch.context() as patch:
            patch.setattr("server.hub._random_epoch", before.path.newest)
            with pytest.raises(StoreError):
                await hub.tick()
        assert hub.log is before
        assert hub.now() == NOON
        await hub.tick()
        assert hub.now() == NOON - HOUR

    on_hub(tmp_path, test, clock)


# -- devices ----------------------------------------------------------------------------------------------------------


def test_a_code_enrols_one_device_with_what_ops_wrote_into_it(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        code = await hub.make_enrolment_code(areas=("KE-047",), roles=("nurse",), languages=("sw",), name="clinic")
        one = await hub.enrol(code.lower(), name="my phone", languages=("en",))
        assert (one.name, one.areas, one.roles, one.languages, one.number) == (
            *("clinic", ("KE-047",), ("nurse",), ("sw",)),
            1,
        )
        assert hub.log.enrolled[one.device].reader.areas == ("KE-047",)
        assert await hub.authenticate_device(one.token) == one.device
        assert hub.languages_set_for(one.device, ("en",)) == ("sw",)
        with pytest.raises(CodeInvalidError):
            await hub.enrol(code)
        assert hub.log.head == 1

    on_hub(tmp_path, test)


def test_the_same_code_twice_at_once_enrols_one(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        code = await hub.make_enrolment_code()
        outcomes = await asyncio.gather(hub.enrol(code), hub.enrol(code), return_exceptions=True)
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CodeInvalidError", "Enrolled"]
        assert len(hub.log.enrolled) == hub.log.head == 1

    on_hub(tmp_path, test)


def test_guessing_codes_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Attempts, "WRONG_MAX", 3)
    clock = SetClock()

    async def test(hub: Hub) -> None:
        code = await hub.make_enrolment_code()
        for _ in range(3):
            with pytest.raises(CodeInvalidError):
                await hub.enrol("22222-22222")
        with pytest.raises(TooManyAttemptsError):
            await hub.enrol(code)
        clock.pass_seconds(61)
        assert (await hub.enrol(code)).number == 1

    on_hub(tmp_path, test, clock)


def test_a_code_for_an_unknown_area_is_not_made(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        await hub.import_areas([("KE", "Kenya")])
        with pytest.raises(UnknownAreaError):
            await hub.make_enrolment_code(areas=("UG",))
        with pytest.raises(AudienceError):
            await hub.make_enrolment_code(roles=("",))

    on_hub(tmp_path, test)


def test_a_move_is_an_entry_and_what_is_newly_addressed_is_not_claimed(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        heard = Heard()
        hub.subscribe(heard)
        device = (await enrolled(hub, "UG")).device
        number = (await hub.publish(make_alert("one"), KENYA, by=PUBLISHER)).number
        hub.record_claim(device, Claim(1, hub.log.path.newest(), number, number))
        row = await hub.change_device(device, areas=("KE-047",), name="moved")
        assert (row.areas, row.name, hub.log.head) == (("KE-047",), "moved", 3)
        assert hub.log.enrolled[device].number == 3
        assert not hub.claim(device).has(number, END, NOON)
        assert ("device_moved", device, ("UG",), ("KE-047",)) in heard.events
        assert (await hub.delivery(number)).counts[DeliveryState.ADDRESSED] == 1

    on_hub(tmp_path, test)


def test_a_claim_recorded_during_a_move_does_not_undo_it(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "UG")).device
        number = (await hub.publish(make_alert("one"), KENYA, by=PUBLISHER)).number
        moving = asyncio.create_task(hub.change_device(device, areas=("KE",)))
        while not hub._moving and not moving.done():  # noqa: ASYNC110 - the very moment is what is looked for
            await asyncio.sleep(0)
        hub.record_claim(device, Claim(1, hub.log.path.newest(), number, number))
        await moving
        assert not hub.claim(device).has(number, END, NOON)

    on_hub(tmp_path, test)
    on_hub(tmp_path, _nothing_claimed)


async def _nothing_claimed(hub: Hub) -> None:
    (device,) = hub.log.enrolled
    assert hub.claim(device).cursor == 2
    assert not hub.claim(device).has(2, END, NOON)


def test_languages_and_names_are_no_entries(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        heard = Heard()
        device = (await enrolled(hub, "KE")).device
        hub.subscribe(heard)
        assert hub.languages_set_for(device, ("en",)) is None
        row = await hub.change_device(device, areas=("KE",), roles=(), languages=("sw", "en"))
        assert (row.languages, row.languages_set, hub.log.head) == (("en",), ("sw", "en"), 1)
        await hub.change_device(device, languages=("sw", "en"))
        assert heard.events == [("languages_set", device, ("sw", "en"))]
        assert hub.languages_set_for(device, ("en",)) == ("sw", "en")

    on_hub(tmp_path, test)


def test_a_change_that_is_refused_changes_nothing(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "KE")).device
        await hub.import_areas([("KE", "Kenya")])
        with pytest.raises(UnknownAreaError):
            await hub.change_device(device, areas=("UG",), name="new")
        with pytest.raises(UnknownDeviceError):
            await hub.change_device("d-nobody", areas=("KE",))
        row = await hub.device(device)
        assert (row.areas, row.name, hub.log.head) == (("KE",), device, 1)
        await hub.revoke_device(device)
        with pytest.raises(UnknownDeviceError):
            await hub.change_device(device, name="new")

    on_hub(tmp_path, test)


def test_a_revoked_device_is_out_at_once(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        heard = Heard()
        hub.subscribe(heard)
        one = await enrolled(hub, "KE")
        await hub.revoke_device(one.device)
        assert heard.events == [("device_revoked", one.device)]
        assert await hub.authenticate_device(one.token) == Revoked(one.device)
        with pytest.raises(UnknownDeviceError):
            await hub.publish(make_alert("one"), Audience(devices=(one.device,)), by=PUBLISHER)
        assert [row.revoked_at for row in await hub.devices()] == [NOON]

    on_hub(tmp_path, test)


# -- what devices say -------------------------------------------------------------------------------------------------


def test_claims_are_written_together_and_are_there_after_a_restart(tmp_path: Path) -> None:
    devices: list[str] = []

    async def test(hub: Hub) -> None:
        devices.extend([(await enrolled(hub, "KE")).device for _ in range(3)])
        for cursor in range(1, 50):
            for device in devices:
                hub.record_claim(device, Claim(9, hub.log.path.newest(), cursor, cursor, (60,), Spans.of([2])))
        assert hub.claim(devices[0]).cursor == 49
        assert [row.cursor for row in await hub.devices()] == [49, 49, 49]

    async def look(hub: Hub) -> None:
        assert {device: hub.claim(device).cursor for device in devices} == dict.fromkeys(devices, 49)
        assert hub.claim(devices[0]).held == (60,)
        assert [row.last_seen for row in await hub.devices()] == [NOON] * 3

    on_hub(tmp_path, test, claims_written_every_s=1000.0)
    on_hub(tmp_path, look)


def test_claims_are_written_by_themselves(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "KE")).device
        hub.record_claim(device, Claim(cursor=1))
        while hub._dirty or hub._tasks:  # noqa: ASYNC110 - nobody is told of the write
            await asyncio.sleep(0)
        written = await hub.read(read_claims)
        assert written[device].claim == Claim(cursor=1)

    on_hub(tmp_path, test, claims_written_every_s=0.0)


def test_claims_that_cannot_be_written_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    devices: list[str] = []

    async def test(hub: Hub) -> None:
        devices.append((await enrolled(hub, "KE")).device)
        hub.record_claim(devices[0], Claim(cursor=1))
        with monkeypatch.context() as patch:
            patch.setattr("server.hub.claim_rows.write_claims", _fail)
            await hub._flush()
        assert hub._dirty

    async def look(hub: Hub) -> None:
        assert hub.claim(devices[0]).cursor == 1

    on_hub(tmp_path, test, claims_written_every_s=1000.0)
    on_hub(tmp_path, look)


def _fail(*_: object) -> None:
    raise StoreError("no")


def test_receipts_show_in_the_delivery(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        one, two = await enrolled(hub, "KE", name="one"), await enrolled(hub, "KE", name="two")
        published = await hub.publish(make_alert("one"), KENYA, by=PUBLISHER)
        seen = pack_uplink(Receipt(NOON, ReceiptState.SEEN, published.epoch, published.number))
        outcome = await hub.take_uplink(one.device, TakeUplink(50, 0, 1, ((1, seen),)))
        assert outcome == HubOutcome(((50, 1),))
        assert await hub.take_uplink(one.device, TakeUplink(50, 0, 1, ((1, seen),))) == outcome
        assert await hub.take_uplink(one.device, ReadStand((50, 51))) == HubOutcome(((50, 1), (51, 0)))
        assert (await hub.take_uplink(one.device, TakeUplink(50, 5, 6, ((6, seen),)))).gap
        hub.record_claim(two.device, Claim(1, published.epoch, published.number, published.number))
        delivery = await hub.delivery(published.number)
        assert {row.name: row.state for row in delivery.devices} == {
            "one": DeliveryState.SEEN,
            "two": DeliveryState.DELIVERED,
        }
        with pytest.raises(UnknownAlertError):
            await hub.delivery(99)

    on_hub(tmp_path, test)


def test_two_connections_that_bring_the_same_items_take_effect_once(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "KE")).device
        published = await hub.publish(make_alert("one"), KENYA, by=PUBLISHER)
        items = tuple(
            (number, pack_uplink(Receipt(NOON, ReceiptState.SEEN, published.epoch, published.number)))
            for number in range(1, 9)
        )
        frames = [TakeUplink(50, 0, upto, items[:upto]) for upto in (8, 3, 8, 5)]
        outcomes = await asyncio.gather(*(hub.take_uplink(device, frame) for frame in frames))
        assert max(number for outcome in outcomes for _, number in outcome.outboxes) == 8
        assert await hub.take_uplink(device, ReadStand((50,))) == HubOutcome(((50, 8),))
        assert await hub.reports() == []

    on_hub(tmp_path, test)


def test_what_a_device_sent_in_vain_is_shown_to_ops(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "KE")).device
        outcome = await hub.take_uplink(device, TakeUplink(50, 0, 1, ((1, b"\xc1"),)))
        assert [refusal.number for refusal in outcome.refusals] == [1]
        assert [(report.device, report.kind) for report in await hub.reports()] == [(device, "unusable")]

    on_hub(tmp_path, test)


# -- credentials, and the process -------------------------------------------------------------------------------------


def test_a_token_opens_until_it_is_revoked(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        secret = await hub.make_token(Role.AUTHOR, "ministry")
        credential = await hub.authenticate(secret)
        assert credential is not None
        assert (credential.name, credential.role) == ("ministry", Role.AUTHOR)
        assert await hub.authenticate_device(secret) is None, "a publisher's token is no device's"
        with pytest.raises(NameTakenError):
            await hub.make_token(Role.ADMINISTRATOR, "ministry")
        await hub.revoke_token("ministry")
        assert await hub.authenticate(secret) is None
        assert [token.revoked_at for token in await hub.tokens()] == [NOON]

    on_hub(tmp_path, test)


def test_lists_come_in_pages(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        await hub.import_areas([("KE", "Kenya"), ("UG", "Uganda")])
        assert [area.code for area in await hub.areas()] == ["KE", "UG"]
        for index in range(5):
            await hub.publish(make_alert(f"a{index}"), EVERYONE, by=PUBLISHER)
        assert [alert.number for alert in await hub.alerts(after=1, limit=2)] == [2, 3]
        assert await hub.alerts(in_force=False) == []

    on_hub(tmp_path, test)


def test_a_backup_holds_what_was_answered_and_what_was_recorded(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        device = (await enrolled(hub, "KE")).device
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        hub.record_claim(device, Claim(cursor=2))
        (tmp_path / "copy").mkdir()
        await hub.backup(tmp_path / "copy" / "hub.sqlite")

    async def look(hub: Hub) -> None:
        assert hub.log.head == 2
        assert [row.cursor for row in await hub.devices()] == [2]

    on_hub(tmp_path / "data", test, claims_written_every_s=1000.0)
    on_hub(tmp_path / "copy", look)


def test_a_hub_says_whether_it_is_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fill(hub: Hub) -> None:
        await hub.publish(make_alert("one"), EVERYONE, by=PUBLISHER)
        assert [(check.name, check.ok) for check in await hub.ready()] == [
            ("store", True),
            ("disk", True),
            ("clock", True),
        ]

    async def early(hub: Hub) -> None:
        assert [check.words for check in await hub.ready() if not check.ok] == ["60 s earlier than the newest entry"]
        monkeypatch.setattr("server.hub.DISK_FREE_BYTES_MIN", 2**80)
        monkeypatch.setattr(hub, "_write", _fail)
        assert not any(check.ok for check in await hub.ready())

    on_hub(tmp_path, fill)
    on_hub(tmp_path, early, SetClock(NOON - 60))


# -- credentials that are bound to areas ------------------------------------------------------------------------------


def test_a_credential_bound_to_areas_publishes_only_there_and_sees_what_reaches_them(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        district = Credential("district", Role.AUTHOR, ("KE-1",))
        own = await hub.publish(make_alert("own"), Audience(areas=("KE-1-2",)), by=district)
        for audience in (EVERYONE, KENYA, Audience(areas=("KE-2",)), Audience(roles=("nurse",))):
            with pytest.raises(OutOfAreasError):
                await hub.publish(make_alert("other"), audience, by=district)
        other = await hub.publish(make_alert("other"), Audience(areas=("KE-2",)), by=PUBLISHER)
        with pytest.raises(OutOfAreasError, match="KE-2"):  # what it would withdraw was for others too
            await hub.publish(following("Cancel", "end", make_alert("other")), Audience(areas=("KE-1",)), by=district)
        assert hub.may_see(district, await hub.alert(str(own.number)))
        assert not hub.may_see(district, await hub.alert(str(other.number)))
        assert hub.may_see(PUBLISHER, await hub.alert(str(other.number)))

    on_hub(tmp_path, test)


def test_a_token_keeps_the_areas_that_it_is_bound_to(tmp_path: Path) -> None:
    async def test(hub: Hub) -> None:
        secret = await hub.make_token(Role.VIEWER, "district", ("KE-1",))
        assert await hub.authenticate(secret) == Credential("district", Role.VIEWER, ("KE-1",))
        assert [row.areas for row in await hub.tokens()] == [("KE-1",)]

    on_hub(tmp_path, test)
