"""Fetching a dictionary from a hub that gives it in parts, breaks, dawdles, or gives something else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

from alerts.dictionary.shipped import shipped
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer
from client import dictionaries, fetching
from client.conversation import Turn
from client.dictionaries import SLOW_SECONDS, Dictionaries, Offered
from client.fetching import Fetching
from client.store import Identity
from client.store.dictionaries import State
from client.tls import HubTls
from client.worker import Worker
from netsim.middleboxes.certificates import Authority
from tests.support.clocks import TestClock
from tests.support.device_store import open_store
from tests.support.waiting import until

OWN = Dictionary(5, shipped().zstd[:8] + bytes(range(256)) * 8 + shipped().zstd[-9000:], (), (), ())
BODY = pack_transfer(OWN, None)
RANGE = 512


@dataclass
class Giver:
    """What a hub does with a request."""

    clock: TestClock
    body: bytes = BODY
    etag: str = '"one"'
    asked: list[str] = field(default_factory=list)
    connections: set[object] = field(default_factory=set)
    cut_at: int | None = None
    seconds: float = 0
    status: int = 206
    shift: int = 0


class Handler(RequestHandler):
    def initialize(self, giver: Giver) -> None:
        self.giver = giver

    def get(self, address: str) -> None:
        giver, connection = self.giver, self.request.connection
        assert self.request.headers["Authorization"] == "Bearer secret" and address == OWN.address.hex()
        giver.asked.append(self.request.headers["Range"])
        giver.connections.add(self.request.server_connection)
        giver.clock.at += giver.seconds
        first, last = (int(end) for end in self.request.headers["Range"].removeprefix("bytes=").split("-"))
        if giver.status != 206 or self.request.headers.get("If-Range", giver.etag) != giver.etag:
            self.set_status(200 if giver.status == 206 else giver.status)
            self.finish(giver.body)
            return
        part = giver.body[first : last + 1]
        self.set_status(206)
        self.set_header("ETag", giver.etag)
        self.set_header("Content-Range", f"bytes {first + giver.shift}-{first + len(part) - 1}/{len(giver.body)}")
        if giver.cut_at is not None and len(giver.asked) > giver.cut_at:
            self.write(part[: len(part) // 2])
            self.set_header("Content-Length", len(part))
            self.flush()
            stream = getattr(connection, "stream", None)
            assert stream is not None
            stream.close()
            return
        self.finish(part)


class Place:
    """A giver, and a device that fetches from it."""

    def __init__(
        self, folder: Path, setting: Dictionaries = Dictionaries.AUTO, authority: Authority | None = None
    ) -> None:
        self.folder, self.clock, self.worker = folder, TestClock(), Worker()
        self.giver = Giver(self.clock)
        context = authority.certificate("127.0.0.1").context() if authority else None
        application = Application([(r"/v1/dictionaries/(\w+)", Handler, {"giver": self.giver})])
        self.server = HTTPServer(application, ssl_options=context)
        (listener,) = bind_sockets(0, "127.0.0.1")
        self.server.add_sockets([listener])
        ca_file = None
        if authority:
            (folder / "ca.pem").write_bytes(authority.pem)
            ca_file = str(folder / "ca.pem")
        address = f"{'https' if authority else 'http'}://127.0.0.1:{listener.getsockname()[1]}"
        identity = Identity("device-1", "secret", address, ca_file=ca_file)
        self.fetching = Fetching(identity, self.worker, HubTls(ca_file), self.clock.clocks(), setting)

    async def open(self) -> None:
        await self.worker.open(lambda: open_store(self.folder, clocks=self.clock.clocks()))

    def turn(self, *, is_caught_up: bool = True, monthly: int = 100_000) -> None:
        offered = Offered(OWN.address, len(BODY), 100, monthly, None)
        self.fetching.turned(Turn((), (), True, is_caught_up, False, None, 0.0, offered))

    async def fetched(self) -> None:
        """Wait until this connection's fetching has come to an end."""
        task = self.fetching._task
        assert task is not None
        await asyncio.wait_for(asyncio.shield(task), 30)

    async def states(self) -> list[State]:
        return [one.state for one in await self.worker.do(lambda store: store.fetched())]

    async def there(self) -> int:
        return sum(one.there for one in await self.worker.do(lambda store: store.fetched()))


def run(place: Callable[[], Place], test: Callable[[Place], Awaitable[None]]) -> None:
    async def main() -> None:
        made = place()
        await made.open()
        try:
            await test(made)
        finally:
            await made.fetching.stop()
            made.server.stop()
            await made.worker.close()

    asyncio.run(main())


@pytest.fixture(autouse=True)
def _small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (dictionaries, fetching):
        monkeypatch.setattr(module, "RANGE_BYTES", RANGE)


def test_it_comes_in_ranges_on_one_connection_and_is_used(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.turn()
        await place.fetched()
        assert await place.worker.do(lambda store: store.dictionaries()) == (OWN, shipped())
        assert len(place.giver.asked) == -(-len(BODY) // RANGE) and len(place.giver.connections) == 1

    run(lambda: Place(tmp_path), test)


def test_over_tls_as_the_connection_is(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.turn()
        await place.fetched()
        assert await place.states() == [State.WHOLE]

    authority = Authority.make()
    run(lambda: Place(tmp_path, authority=authority), test)


def test_after_a_cut_it_goes_on_from_what_is_there(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.giver.cut_at = 2
        place.turn()
        await place.fetched()
        assert await place.there() == 2 * RANGE
        await place.fetching.stop()
        place.giver.cut_at, place.giver.asked = None, []
        place.turn()
        await place.fetched()
        assert place.giver.asked[0] == f"bytes={2 * RANGE}-{3 * RANGE - 1}"
        assert await place.states() == [State.WHOLE]

    run(lambda: Place(tmp_path), test)


def test_a_slow_link_is_asked_for_one_range_a_connection_unless_it_is_always(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.giver.seconds = SLOW_SECONDS + 1
        place.turn()
        await place.fetched()
        place.turn()
        assert len(place.giver.asked) == 1 and await place.there() == RANGE

    async def always(place: Place) -> None:
        place.giver.seconds = SLOW_SECONDS + 1
        place.turn(monthly=0)
        await place.fetched()
        assert await place.states() == [State.WHOLE]

    run(lambda: Place(tmp_path / "auto"), test)
    run(lambda: Place(tmp_path / "always", Dictionaries.ALWAYS), always)


def test_while_alerts_are_to_come_nothing_is_asked_for(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.turn(is_caught_up=False)
        await place.worker.do(lambda _: None)
        await place.worker.do(lambda _: None)
        assert place.giver.asked == []
        place.turn()
        await place.fetched()
        assert await place.states() == [State.WHOLE]

    run(lambda: Place(tmp_path), test)


@pytest.mark.parametrize("setting", [Dictionaries.AUTO, Dictionaries.NEVER])
def test_what_is_not_worth_it_is_not_asked_for(tmp_path: Path, setting: Dictionaries) -> None:
    async def test(place: Place) -> None:
        place.turn(monthly=1 if setting is Dictionaries.AUTO else 100_000)
        if setting is Dictionaries.AUTO:
            await place.fetched()
        assert place.giver.asked == [] and await place.states() == []

    run(lambda: Place(tmp_path, setting), test)


def test_what_was_made_anew_is_begun_anew(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.giver.cut_at = 2
        place.turn()
        await place.fetched()
        await place.fetching.stop()
        place.giver.cut_at, place.giver.etag = None, '"two"'
        place.turn()
        await place.fetched()
        assert await place.states() == []
        await place.fetching.stop()
        place.turn()
        await place.fetched()
        assert await place.states() == [State.WHOLE]

    run(lambda: Place(tmp_path), test)


def test_wrong_bytes_are_dropped_said_and_not_asked_for_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def test(place: Place) -> None:
        place.giver.body = pack_transfer(shipped(), None)[:3000]
        place.turn()
        await place.fetched()
        assert await place.states() == [State.WRONG]
        await place.fetching.stop()
        place.giver.asked = []
        place.turn()
        await place.fetched()
        assert place.giver.asked == []

    with caplog.at_level(logging.WARNING):
        run(lambda: Place(tmp_path), test)
    assert "is wrong and was dropped" in caplog.text


@pytest.mark.parametrize("change", [{"status": 404}, {"status": 500}, {"status": 200}, {"shift": 7}, {"etag": ""}])
def test_an_answer_that_does_not_fit_ends_it_for_this_connection(tmp_path: Path, change: dict[str, object]) -> None:
    async def test(place: Place) -> None:
        for name, value in change.items():
            setattr(place.giver, name, value)
        place.turn()
        await place.fetched()
        assert len(place.giver.asked) == 1 and await place.there() == 0

    run(lambda: Place(tmp_path), test)


def test_a_hub_that_is_gone_harms_nothing(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.server.stop()
        place.turn()
        await place.fetched()
        assert await place.states() == []

    run(lambda: Place(tmp_path), test)


def test_the_end_of_the_connection_ends_it(tmp_path: Path) -> None:
    async def test(place: Place) -> None:
        place.turn(is_caught_up=False)
        await place.fetching.stop()
        place.turn()
        await until(lambda: place.giver.asked, "it begins again with the next connection")

    run(lambda: Place(tmp_path), test)
