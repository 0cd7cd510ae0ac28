"""The library: what an application that embeds the client may rely on."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from alerts.errors import LocalProtocolError, UserError
from alerts.wire.uplink import Answer, Receipt, ReceiptState
from client import link as links
from client.backoff import Backoff
from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUpdated,
    AlertWithdrawn,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    LinkState,
    ReceiptsStored,
)
from client.exits import ExitCode
from client.field_client import FieldClient
from client.store import EntryState, OwnAnswer, Store, StoreError
from client.subscription import Subscription
from tests.support.clocks import TestClock
from tests.support.device_store import open_store
from tests.support.questions import ONE_OF
from tests.support.small_hub import DEVICE, NOW, TOKEN, SmallHub, make_alert, problem
from tests.support.waiting import until

PATIENCE_S = 0.05


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(Backoff, "wait", lambda *_: 0.02)


class Field:
    """A hub and one device folder."""

    def __init__(self, folder: Path, hub: SmallHub) -> None:
        self.folder, self.hub, self.clock = folder, hub, TestClock()
        self.seed = 0

    def client(self, *, patience_s: float = PATIENCE_S, events_max: int = 1000) -> FieldClient:
        self.seed += 1
        return FieldClient(
            self.folder,
            clocks=self.clock.clocks(),
            rng=random.Random(self.seed),
            alarm_patience_s=patience_s,
            events_max=events_max,
        )


def _run(folder: Path, test: Callable[[Field], Awaitable[None]]) -> None:
    async def main() -> None:
        hub = SmallHub()
        hub.codes = {"abc": {"device": DEVICE, "token": TOKEN}}
        hub.start()
        try:
            await FieldClient.join(folder, hub.address, "abc", languages=("en",))
            await test(Field(folder, hub))
        finally:
            await hub.stop()

    asyncio.run(main())


async def _until(events: Subscription, wanted: Callable[[Event], bool]) -> list[Event]:
    """The events up to the one that is waited for."""
    found: list[Event] = []
    async with asyncio.timeout(30):
        async for event in events:
            found.append(event)
            if wanted(event):
                return found
    raise AssertionError(f"the events ended: {found}")


def _is(*kinds: type) -> Callable[[Event], bool]:
    return lambda event: isinstance(event, kinds)


def _is_connected(event: Event) -> bool:
    return isinstance(event, ConnectionChanged) and event.state is LinkState.CONNECTED


@asynccontextmanager
async def _started(client: FieldClient) -> AsyncIterator[Subscription]:
    events = client.events()
    async with client:
        yield events


def test_alerts_arrive_are_updated_and_withdrawn(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a"))
        async with _started(field.client()) as events:
            found = await _until(events, _is(CaughtUp))
            assert [event.entry.identifier for event in found if isinstance(event, AlertArrived)] == ["a"]
            field.hub.publish(make_alert("b", msg_type="Update", references="a"))
            found = await _until(events, _is(CaughtUp))
            (gone,) = [event.entry for event in found if isinstance(event, AlertWithdrawn)]
            assert (gone.identifier, gone.state) == ("a", EntryState.WITHDRAWN)
            assert [event.entry.identifier for event in found if isinstance(event, AlertArrived)] == ["b"]

    _run(tmp_path, test)


def test_the_inbox_gives_alerts_and_their_xml(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        for number, severity in enumerate(("Moderate", "Extreme", "Severe")):
            field.hub.publish(make_alert(f"a{number}", severity=severity))
        field.hub.publish(make_alert("c", msg_type="Cancel", references="a2"))
        client = field.client()
        async with _started(client) as events:
            await _until(events, _is(CaughtUp))
            assert [entry.identifier for entry in await client.inbox(in_force=True)] == ["a1", "a0"]
            assert len(await client.inbox()) == len(await client.inbox(in_force=False)) + 2
            assert b"<identifier>a1</identifier>" in (await client.show("a1")).to_xml()
            assert (await client.hub_time()).now == NOW
            field.clock.at += 86_400
            assert await client.inbox(in_force=True) == []

    _run(tmp_path, test)


def test_a_catch_up_is_one_alarm_the_worst_first(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        for number in range(40):
            field.hub.publish(make_alert(f"a{number}", severity="Extreme" if number == 17 else "Moderate"))
        async with _started(field.client(patience_s=30)) as events:
            found = await _until(events, _is(AlarmDue))
            assert sum(isinstance(event, AlertArrived) for event in found) == 40
            assert isinstance(found[-1], AlarmDue)
            assert len(found[-1].entries) == 40
            assert found[-1].entries[0].identifier == "a17"

    _run(tmp_path, test)


def test_an_alarm_does_not_wait_for_ever(tmp_path: Path) -> None:
    """A catch-up that never ends does not hold back what has come of it."""

    async def test(field: Field) -> None:
        for number in range(6):
            field.hub.publish(make_alert(f"a{number}", severity="Extreme" if number == 3 else "Moderate"))
        field.hub.cuts_after = 2
        async with _started(field.client()) as events:
            found = await _until(events, _is(AlarmDue))
            assert isinstance(found[-1], AlarmDue)
            assert found[-1].entries[0].identifier == "a3"

    _run(tmp_path, test)


def test_an_alarm_is_raised_once(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a", severity="Extreme"))
        async with _started(field.client()) as events:
            await _until(events, _is(AlarmDue))
            field.hub.publish(make_alert("b"))
            alarm = (await _until(events, _is(AlarmDue)))[-1]
            assert isinstance(alarm, AlarmDue)
            assert [entry.identifier for entry in alarm.entries] == ["b"]
            field.hub.publish(make_alert("c"))
            await _until(events, _is(AlarmDue))
        async with _started(field.client()) as events:
            alarm = (await _until(events, _is(AlarmDue)))[-1]
            assert isinstance(alarm, AlarmDue)
            assert [entry.identifier for entry in alarm.entries] == ["c"], "it was in hand when the process died"

    _run(tmp_path, test)


def test_an_alarm_that_nobody_took_is_raised_by_the_next_listener(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a", severity="Extreme"))
        client = field.client()
        async with client:
            events = client.events()
            await _until(events, _is(AlarmDue))
            del events
            gc.collect()
            taken: list[Event] = []
            ring = asyncio.Event()

            def callback(event: Event) -> None:
                if isinstance(event, AlarmDue):
                    taken.append(event)
                    ring.set()

            client.on_event(callback)
            async with asyncio.timeout(30):
                await ring.wait()
        assert len(taken) == 1
        assert open_store(tmp_path, clocks=field.clock.clocks()).alarms_due() == []

    _run(tmp_path, test)


def test_an_alarm_that_cannot_be_recorded_rings_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While another program held the store, the same alarm rang again and again."""
    record = Store.set_raised
    failures = [StoreError("the database is locked", "")] * 3

    def fail_first(store: Store, keys: Iterable[str]) -> None:
        if failures:
            raise failures.pop()
        record(store, keys)

    monkeypatch.setattr(Store, "set_raised", fail_first)

    async def test(field: Field) -> None:
        rang: list[str] = []
        client = field.client()

        def ring(event: Event) -> None:
            if isinstance(event, AlarmDue):
                rang.extend(entry.identifier for entry in event.entries)

        client.on_event(ring)
        field.hub.publish(make_alert("b"))
        async with client:
            await until(lambda: not failures and not client._rung, "it has been recorded")
        assert rang == ["b"]
        assert open_store(tmp_path, clocks=field.clock.clocks()).alarms_due() == []

    _run(tmp_path, test)


def test_an_alarm_is_raised_offline_too(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a", severity="Extreme"))
        async with _started(field.client()) as events:
            await _until(events, _is(AlarmDue))
        field.hub.refuse = lambda handler: problem(handler, 503, "stopping", "")
        async with _started(field.client(patience_s=3600)) as events:
            await _until(events, _is(AlarmDue))

    _run(tmp_path, test)


def test_a_callback_that_fails_has_taken_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a"))
        client, failed = field.client(), asyncio.Event()

        def callback(event: Event) -> None:
            if isinstance(event, AlarmDue):
                failed.set()
                raise ZeroDivisionError

        client.on_event(callback)
        async with client, asyncio.timeout(30):
            await failed.wait()
        assert "the application's callback failed on AlarmDue" in caplog.text
        assert len(open_store(tmp_path, clocks=field.clock.clocks()).alarms_due()) == 1

    _run(tmp_path, test)


def test_a_callback_can_be_taken_back(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        client = field.client()
        heard: list[Event] = []
        client.on_event(heard.append)()
        async with _started(client) as events:
            await _until(events, _is_connected)
        assert heard == []

    _run(tmp_path, test)


def test_who_does_not_keep_up_is_told(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        for number in range(20):
            field.hub.publish(make_alert(f"a{number}"))
        client = field.client(events_max=5)
        fast: list[Event] = []
        caught_up = asyncio.Event()

        def callback(event: Event) -> None:
            fast.append(event)
            if isinstance(event, CaughtUp):
                caught_up.set()

        async with _started(client) as slow:
            client.on_event(callback)
            async with asyncio.timeout(30):
                await caught_up.wait()
            found = await _until(slow, _is(EventsMissed))
        assert isinstance(found[-1], EventsMissed)
        assert found[-1].count >= 10
        assert sum(isinstance(event, AlertArrived) for event in fast) == 20

    _run(tmp_path, test)


def test_acknowledging_is_told_to_the_hub_once(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a"))
        client = field.client()
        async with _started(client) as events:
            await _until(events, _is(CaughtUp))
            for _ in range(3):
                entry = await client.acknowledge("a")
            assert entry.receipt is ReceiptState.ACKNOWLEDGED
            await client.seen("a")
            await _until(events, lambda event: event == ReceiptsStored(0))
            assert (await client.show("a")).is_receipt_stored
            assert await client.waiting() == 0
        assert list(field.hub.taken.values()) == [Receipt(NOW, ReceiptState.ACKNOWLEDGED, 77, 2)]

    _run(tmp_path, test)


def test_an_answer_is_checked_sent_and_told(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a", question=ONE_OF))
        client = field.client()
        async with _started(client) as events:
            await _until(events, _is(CaughtUp))
            with pytest.raises(UserError, match="must be the place of a choice"):
                await client.answer("a", 3)
            assert (await client.answer("a", 2)).answer == OwnAnswer(2, False)
            (stored,) = [event for event in await _until(events, _is(AnswerStored)) if isinstance(event, AnswerStored)]
            assert stored.entry.answer == OwnAnswer(2, True)
        assert list(field.hub.taken.values()) == [Answer(NOW, 2, 77, 2)]

    _run(tmp_path, test)


def test_other_languages_come_without_a_second_alarm(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        field.hub.publish(make_alert("a"))
        client = field.client()
        async with _started(client) as events:
            await _until(events, _is(AlarmDue))
            await client.set_languages(("fr",))
            found = await _until(events, _is(AlertUpdated))
            assert (await client.show("a")).alert.info[0].language == "fr"
            field.hub.publish(make_alert("b"))
            found += await _until(events, _is(AlarmDue))
            alarms = [event for event in found if isinstance(event, AlarmDue)]
            assert [entry.identifier for alarm in alarms for entry in alarm.entries] == ["b"]
            with pytest.raises(UserError, match="not a language tag"):
                await client.set_languages(("?",))

    _run(tmp_path, test)


def test_a_device_clock_that_is_years_off_changes_nothing(tmp_path: Path) -> None:
    """The hub lives in 2090; the monotonic clock of the device jumps by hours; nobody asks the wall clock."""

    async def test(field: Field) -> None:
        later = NOW + 63 * 365 * 86_400
        field.hub.now = lambda: later + int(field.clock.at - 1000)
        field.hub.publish(make_alert("a"), life_s=7200)
        client = field.client()
        async with _started(client) as events:
            await _until(events, _is(CaughtUp))
            assert (await client.show("a")).is_in_force
            field.clock.at += 7199
            assert (await client.show("a")).is_in_force
            field.clock.at += 1
            assert (await client.show("a")).state is EntryState.EXPIRED
        field.clock.boot = "after a reboot"
        field.clock.at = 3
        field.hub.refuse = lambda handler: problem(handler, 503, "stopping", "")
        client = field.client()
        async with client:
            time = await client.hub_time()
            assert (time.is_exact, time.now >= later) == (False, True)

    _run(tmp_path, test)


def test_a_second_client_on_the_same_store_is_refused_in_words(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        async with field.client():
            with pytest.raises(UserError, match="another process already runs") as refused:
                await field.client().start()
            assert refused.value.exit_code == ExitCode.IN_USE
        async with field.client() as again:
            assert again.connection.state is not LinkState.REVOKED

    _run(tmp_path, test)


def test_a_device_that_has_not_joined_is_told_how_to(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has not joined") as refused:
        asyncio.run(FieldClient(tmp_path).start())
    assert "tocsin-field join" in refused.value.hint
    assert refused.value.exit_code == ExitCode.NOT_JOINED


def test_what_needs_a_running_client_says_so(tmp_path: Path) -> None:
    client = FieldClient(tmp_path)
    with pytest.raises(LocalProtocolError, match="start comes first"):
        client.connect_now()
    with pytest.raises(LocalProtocolError, match="start comes first"):
        asyncio.run(client.inbox())


def test_it_can_be_started_again_but_not_twice(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        client = field.client()
        for _ in range(2):
            async with _started(client) as events:
                await _until(events, _is_connected)
                with pytest.raises(LocalProtocolError, match="has been started"):
                    await client.start()
                client.ask_roll_call()
                client.connect_now()
            assert client.connection.state is LinkState.STOPPED
        await client.stop()

    _run(tmp_path, test)


def test_iterations_end_when_it_stops(tmp_path: Path) -> None:
    async def test(field: Field) -> None:
        client = field.client()
        async with _started(client) as events:
            pass
        async with asyncio.timeout(30):
            found = [event async for event in events]
        assert isinstance(found[-1], ConnectionChanged)
        assert found[-1].state is LinkState.STOPPED

    _run(tmp_path, test)
