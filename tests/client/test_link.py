"""The link over real sockets, against a small hub that can misbehave."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tornado.web import RequestHandler

from alerts import limits
from alerts.session.goodbye import Reason
from alerts.wire.uplink import ReceiptState
from client import connection
from client import link as links
from client.backoff import Backoff
from client.connection import ConnectError, HubConnection
from client.events import AlertArrived, LinkState
from client.link import Link
from client.store import Identity
from client.trouble import End, Trouble
from client.worker import Worker
from tests.support.clocks import TestClock
from tests.support.device_store import open_store
from tests.support.link_watch import LinkWatch
from tests.support.small_hub import DEVICE, TOKEN, SmallHub, make_alert, problem
from tests.support.waiting import until


class Device:
    """A link with its store, its clock and its listener."""

    def __init__(self, folder: Path, hub: SmallHub, token: str = TOKEN) -> None:
        self.folder, self.hub = folder, hub
        self.clock, self.watch, self.worker = TestClock(), LinkWatch(), Worker()
        identity = Identity(DEVICE, token, hub.address)
        self.link = Link(identity, self.worker, self.watch, self.clock.clocks(), random.Random(1))

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        await self.worker.open(lambda: open_store(self.folder, clocks=self.clock.clocks()))
        task = asyncio.ensure_future(self.link.run())
        try:
            yield
        finally:
            self.link.stop()
            await task
            await self.worker.close()

    async def connected(self) -> None:
        await self.watch.until(lambda: self.watch.state is LinkState.CONNECTED)

    async def arrived(self, count: int) -> None:
        await self.watch.until(lambda: self.arrivals() >= count)

    def arrivals(self) -> int:
        return sum(isinstance(event, AlertArrived) for event in self.watch.events)


def _run(folder: Path, test: Callable[[SmallHub, Device], Awaitable[None]], *, token: str = TOKEN) -> None:
    async def main() -> None:
        hub = SmallHub()
        hub.start()
        device = Device(folder, hub, token)
        try:
            await test(hub, device)
        finally:
            await hub.stop()

    asyncio.run(main())


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(links, "POLL_SECONDS", 0.02)


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """What the link was told to wait, each time; it comes back at once instead."""
    told: list[float | None] = []

    def wait(self: Backoff, told_s: float | None = None) -> float:
        told.append(told_s)
        self.failures += 1
        return 0.01

    monkeypatch.setattr(Backoff, "wait", wait)
    return told


def test_what_was_missed_and_what_is_new_arrives_and_is_confirmed(tmp_path: Path) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        for number in range(10):
            hub.publish(make_alert(f"a{number}"))
        async with device.running():
            await device.arrived(10)
            hub.publish(make_alert("live"))
            await device.arrived(11)
            device.clock.at += limits.STORED_SECONDS
            await hub.until(lambda: hub.claim.cursor == 12)
        assert device.watch.state is LinkState.STOPPED

    _run(tmp_path, test)


def test_it_resumes_where_it_stood(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        async with device.running():
            await device.arrived(1)
            await hub.until(lambda: hub.claim.cursor == 2)
            hub.sockets[0].cut()
            await hub.until(lambda: len(hub.hellos) == 2)
            assert hub.hellos[1].at.cursor == 2
            hub.publish(make_alert("b"))
            await device.arrived(2)
        assert device.arrivals() == 2
        assert device.watch.troubles == [Trouble.BROKEN]
        assert waits == [None]

    _run(tmp_path, test)


def test_it_survives_links_that_live_for_two_messages(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        for number in range(12):
            hub.publish(make_alert(f"a{number}"))

        hub.cuts_after = 2
        async with device.running():
            await hub.until(lambda: hub.claim.cursor == 13)
            await device.arrived(12)
        assert device.arrivals() == 12
        assert len(hub.hellos) > 2

    _run(tmp_path, test)


def test_the_opening_stays_the_same_while_the_store_is_open(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            hub.sockets[0].cut()
            await hub.until(lambda: len(hub.hellos) == 2)
        assert hub.hellos[0].opening == hub.hellos[1].opening

    _run(tmp_path, test)


def test_receipts_leave_at_once_even_those_of_another_process(tmp_path: Path) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        hub.publish(make_alert("b"))
        async with device.running():
            await device.arrived(2)
            await device.worker.do(lambda store: store.give_receipt("a", ReceiptState.ACKNOWLEDGED))
            device.link.outbox_grew()
            await hub.until(lambda: len(hub.taken) == 1)
            other = open_store(tmp_path, seed=2)
            other.give_receipt("b", ReceiptState.ACKNOWLEDGED)
            await hub.until(lambda: len(hub.taken) == 2)
        assert len({epoch for epoch, _ in hub.taken}) == 2

    _run(tmp_path, test)


def test_what_was_acknowledged_offline_is_sent_once(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        async with device.running():
            await device.arrived(1)
            await hub.until(lambda: hub.claim.cursor == 2)
            refuse: Callable[[RequestHandler], None] = lambda handler: problem(handler, 503, "stopping", "")  # noqa: E731
            hub.refuse = refuse
            hub.sockets[0].cut()
            await device.watch.until(lambda: Trouble.BUSY in device.watch.troubles)
            await device.worker.do(lambda store: store.give_receipt("a", ReceiptState.ACKNOWLEDGED))
            hub.refuse = None
            await hub.until(lambda: len(hub.taken) == 1)
            hub.sockets[0].cut()
            await hub.until(lambda: len(hub.hellos) == 3)
            await device.watch.more_turns(3)
        assert len(hub.taken) == 1

    _run(tmp_path, test)


def test_a_hub_put_back_from_an_old_copy_gets_the_receipts_again(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        hub.publish(make_alert("b"))
        async with device.running():
            await device.arrived(2)
            await device.worker.do(lambda store: store.give_receipt("a", ReceiptState.ACKNOWLEDGED))
            device.link.outbox_grew()
            await hub.until(lambda: len(hub.taken) == 1)
            hub.forget_after(2)
            hub.taken.clear()
            hub.tops.clear()
            hub.sockets[0].cut()
            await hub.until(lambda: len(hub.taken) == 2)  # the receipt again, and what the hub lost
            entries = await device.worker.do(lambda store: store.entries())
        assert {entry.identifier: entry.is_unconfirmed for entry in entries} == {"a": False, "b": True}

    _run(tmp_path, test)


@pytest.mark.parametrize(
    ("reason", "retry_after", "trouble", "told_s"),
    [
        (Reason.STOPPING, 7, Trouble.HUB_LEFT, 7),
        (Reason.REPLACED, None, Trouble.REPLACED, 600),
        (Reason.OVERLOADED, None, Trouble.BUSY, 60),
        (Reason.TOO_SLOW, None, Trouble.SILENT, None),
    ],
)
def test_goodbyes_are_honoured(
    tmp_path: Path,
    waits: list[float | None],
    reason: Reason,
    retry_after: int | None,
    trouble: Trouble,
    told_s: float | None,
) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            hub.sockets[0].end(reason, retry_after=retry_after)
            await device.watch.until(lambda: waits)
        assert device.watch.troubles[0] is trouble
        assert waits[0] == told_s

    _run(tmp_path, test)


def test_retry_after_is_honoured(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        def refuse(handler: RequestHandler) -> None:
            handler.set_header("Retry-After", "17")
            problem(handler, 429, "overloaded", "later")

        hub.refuse = refuse
        async with device.running():
            await device.watch.until(lambda: waits)
            hub.refuse = None
            await device.connected()
        assert waits[0] == 17

    _run(tmp_path, test)


@pytest.mark.parametrize("by", ["goodbye", "answer"])
def test_a_revoked_device_stops_says_so_and_keeps_its_inbox(tmp_path: Path, by: str) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        async with device.running():
            await device.arrived(1)
            if by == "goodbye":
                hub.sockets[0].end(Reason.REVOKED)
            else:
                hub.refuse = lambda handler: problem(handler, 403, "credential-revoked", "gone")
                hub.sockets[0].cut()
            await device.watch.until(lambda: device.watch.state is LinkState.REVOKED)
            assert len(await device.worker.do(lambda store: store.entries())) == 1
            assert "revoked" in device.watch.changes[-1].words
            hub.refuse = None
            device.link.connect_now()
            await device.connected()

    _run(tmp_path, test)


def test_an_unknown_token_is_tried_again_slowly_and_nothing_is_wiped(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.watch.until(lambda: len(waits) == 3)
        assert waits == [600, 600, 600]
        assert set(device.watch.troubles) == {Trouble.UNKNOWN_CREDENTIAL}

    _run(tmp_path, test, token="forgotten")


def test_it_connects_at_once_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "wait", lambda *_: 3600.0)

    async def test(hub: SmallHub, device: Device) -> None:
        hub.refuse = lambda handler: problem(handler, 503, "stopping", "")
        async with device.running():
            await device.watch.until(lambda: device.watch.state is LinkState.WAITING)
            assert device.watch.changes[-1].retry_s == 3600
            hub.refuse = None
            device.link.connect_now()
            await device.connected()

    _run(tmp_path, test)


class Attempts:
    """Takes the place of `connect`: what each attempt was given, and what becomes of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, becomes: Callable[[int], Awaitable[HubConnection] | None]):
        self.patience_s: list[float] = []

        async def connect(*given: Any) -> HubConnection:
            self.patience_s.append(given[-1])
            made = becomes(len(self.patience_s))
            return await (connection.connect(*given) if made is None else made)

        monkeypatch.setattr(links, "connect", connect)


async def _nobody_answers() -> HubConnection:
    raise ConnectError(End(Trouble.NO_ANSWER))


async def _hangs() -> HubConnection:
    await asyncio.Event().wait()
    raise AssertionError("cancelled before")


def test_where_nobody_answered_in_time_it_waits_longer_the_next_time(
    tmp_path: Path, waits: list[float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = Attempts(monkeypatch, lambda number: _nobody_answers() if number <= 3 else None)

    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            device.link.restart()
            await device.watch.until(lambda: len(attempts.patience_s) == 5)
            await device.connected()

    _run(tmp_path, test)
    assert attempts.patience_s == [30, 60, 120, 120, 30], "the fourth was answered at once"


def test_a_person_who_has_waited_for_long_has_it_connect_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    attempts = Attempts(monkeypatch, lambda number: _hangs() if number == 1 else None)

    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await until(lambda: attempts.patience_s, "it tries to connect")
            device.clock.at += 31
            device.link.connect_now()
            await device.connected()

    _run(tmp_path, test)
    assert len(attempts.patience_s) == 2


def test_it_stops_at_once_while_it_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Backoff, "wait", lambda *_: 3600.0)

    async def test(hub: SmallHub, device: Device) -> None:
        hub.refuse = lambda handler: problem(handler, 503, "stopping", "")
        async with device.running():
            await device.watch.until(lambda: device.watch.state is LinkState.WAITING)
        assert device.watch.state is LinkState.STOPPED

    _run(tmp_path, test)


def test_it_stops_at_once_while_it_connects(tmp_path: Path) -> None:
    async def main() -> None:
        arrived = asyncio.Event()

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            arrived.set()
            await reader.read()
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        hub = SmallHub(port=server.sockets[0].getsockname()[1])
        device = Device(tmp_path, hub)
        async with asyncio.timeout(30), device.running():
            await arrived.wait()
        assert device.watch.state is LinkState.STOPPED
        server.close()

    asyncio.run(main())


def test_it_says_goodbye_when_it_stops(tmp_path: Path) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            socket = hub.sockets[0]
        await hub.until(lambda: not hub.sockets)
        assert socket.session is not None and socket.session.ended is not None
        assert socket.session.ended.reason == Reason.DONE

    _run(tmp_path, test)


def test_a_dead_link_is_noticed(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            await device.watch.more_turns(2)
            hub.mute = True
            device.clock.at += 60
            await device.watch.until(lambda: any(turn.messages for turn in device.watch.turns[-3:]))
            device.clock.at += 15
            heard = device.clock.at
            hub.sockets[0].write_raw(b"\x82\x7e\x10\x00half")
            await device.watch.until(lambda: device.link._heard_at == heard)
            device.clock.at += 15
            await device.watch.more_turns(3)
            assert device.watch.troubles == [], "half a message was heard 15 s ago"
            device.clock.at += 60
            await device.watch.until(lambda: device.watch.turns[-1].messages)
            device.clock.at += 25
            await device.watch.until(lambda: device.watch.troubles)
            hub.mute = False
        assert device.watch.troubles[0] is Trouble.SILENT

    _run(tmp_path, test)


def test_what_breaks_the_protocol_ends_the_connection_and_no_more(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            hub.sockets[0].write_message(b"\x00\x91", binary=True)
            await device.watch.until(lambda: waits)
            await hub.until(lambda: len(hub.hellos) == 2)
            await device.connected()
        assert device.watch.troubles == [Trouble.PROTOCOL]
        assert waits == [30]

    _run(tmp_path, test)


def test_a_full_disk_is_a_state_and_nothing_is_lost(tmp_path: Path, waits: list[float | None]) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
            await device.watch.more_turns(2)
            chance = random.Random(1)
            text = "".join(chance.choice("abcdefgh ") for _ in range(100_000))
            await device.worker.do(lambda store: _limit(store, 0))
            hub.publish(make_alert("a", text=text))
            await device.watch.until(lambda: Trouble.STORE in device.watch.troubles)
            assert "full" in next(change.words for change in device.watch.changes if change.trouble is Trouble.STORE)
            await device.worker.do(lambda store: _limit(store, 100_000))
            await device.arrived(1)
        assert device.arrivals() == 1
        assert waits[0] == 60

    _run(tmp_path, test)


def _limit(store: object, more_pages: int) -> None:
    """Let the file grow by so many pages and no more."""
    database = store._database._db  # type: ignore[attr-defined]
    pages = database.execute_sql("PRAGMA page_count").fetchone()[0]
    database.execute_sql(f"PRAGMA max_page_count={pages + more_pages}")


def test_an_unexpected_failure_ends_the_connection_and_not_the_client(
    tmp_path: Path, waits: list[float | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from client.conversation import Conversation

    receive, failures = Conversation.receive, [ZeroDivisionError()]

    def fail_once(self: Conversation, message: bytes | str, heard_at: float) -> object:
        if failures:
            raise failures.pop()
        return receive(self, message, heard_at)

    monkeypatch.setattr(Conversation, "receive", fail_once)

    async def test(hub: SmallHub, device: Device) -> None:
        async with device.running():
            await device.connected()
        assert device.watch.troubles == [Trouble.FAILED]

    _run(tmp_path, test)


def test_a_roll_call_can_be_asked_for_before_there_is_a_connection(tmp_path: Path) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        async with device.running():
            await device.arrived(1)
            await hub.until(lambda: hub.claim.cursor == 2)
        again = Device(tmp_path, hub)
        again.link.ask_roll_call()
        async with again.running():
            await again.watch.until(lambda: any(turn.messages for turn in again.watch.turns))
            await again.watch.until(lambda: not again.watch.turns[-1].is_caught_up)
            await again.watch.until(lambda: again.watch.turns[-1].is_caught_up)

    _run(tmp_path, test)


def test_a_restart_states_the_languages_anew(tmp_path: Path) -> None:
    async def test(hub: SmallHub, device: Device) -> None:
        hub.publish(make_alert("a"))
        async with device.running():
            await device.arrived(1)
            await device.worker.do(lambda store: store.set_languages(("fr",)))
            device.link.restart()
            await hub.until(lambda: len(hub.hellos) == 2)
            assert hub.hellos[1].languages == ("fr",)
            await device.watch.until(
                lambda: any(type(event).__name__ == "AlertUpdated" for event in device.watch.events)
            )
            (entry,) = await device.worker.do(lambda store: store.entries())
            assert entry.alert.info[0].language == "fr"
        assert device.arrivals() == 1
        assert device.watch.troubles == []

    _run(tmp_path, test)
