"""Both ends of a proxied connection in a test's hands, raw HTTP, and toxics in virtual time."""

from __future__ import annotations

import asyncio
import heapq
import http.client
import itertools
import json
import random
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, TypeVar

from netsim.toxiproxy.channel import Channel, Chunk
from netsim.toxiproxy.control import ToxiproxyServer
from netsim.toxiproxy.stub import Stub
from netsim.toxiproxy.toxics.toxic import PlacedToxic, Toxic

GIVE_UP_S = 20.0
"""Only so that a broken test ends; no test passes because of it."""
Result = TypeVar("Result")
_numbers = itertools.count()


class Ends:
    """A listening upstream, and links to it: `connect` gives the client's and the upstream's end of a connection."""

    def __init__(self, server: ToxiproxyServer) -> None:
        self.server = server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.listener.settimeout(GIVE_UP_S)
        self.upstream = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.link = server.link(f"link-{next(_numbers)}", self.upstream)
        self._sockets: list[socket.socket] = []

    def connect(self) -> tuple[socket.socket, socket.socket]:
        client = socket.create_connection((self.link.host, self.link.port), timeout=GIVE_UP_S)
        upstream, _ = self.listener.accept()
        upstream.settimeout(GIVE_UP_S)
        self._sockets += [client, upstream]
        return client, upstream

    def connect_and_talk(self) -> tuple[socket.socket, socket.socket]:
        """As `connect`, and a byte has passed each way: whatever is changed now finds the connection at work."""
        client, upstream = self.connect()
        for one, other in ((client, upstream), (upstream, client)):
            one.sendall(b".")
            assert read_exactly(other, 1) == b"."
        return client, upstream

    def refused(self) -> bool:
        try:
            socket.create_connection((self.link.host, self.link.port), timeout=GIVE_UP_S).close()
        except ConnectionRefusedError:
            return True
        return False

    def toxic(self, type_name: str, stream: str, toxicity: float = 1.0, **attributes: float) -> None:
        self.server.client.add_toxic(
            self.link.name,
            {"name": "", "type": type_name, "stream": stream, "toxicity": toxicity, "attributes": attributes},
        )

    def close(self) -> None:
        for sock in (*self._sockets, self.listener):
            sock.close()
        self.link.close()


@contextmanager
def ends_of(server: ToxiproxyServer) -> Iterator[Ends]:
    with closing(Ends(server)) as ends:
        yield ends


def read_exactly(sock: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count and (more := sock.recv(count - len(data))):
        data += more
    return data


def read_to_end(sock: socket.socket) -> tuple[bytes, str]:
    """All that comes, and how it ended: FIN or RST."""
    data = b""
    while True:
        try:
            more = sock.recv(65536)
        except ConnectionResetError:
            return data, "RST"
        if not more:
            return data, "FIN"
        data += more


def has_data(sock: socket.socket) -> bool:
    """Whether something has arrived by now."""
    sock.setblocking(False)
    try:
        return bool(sock.recv(1, socket.MSG_PEEK))
    except BlockingIOError:
        return False
    finally:
        sock.settimeout(GIVE_UP_S)


def call(server: ToxiproxyServer, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, str]:
    """Status, content type and body of one raw request."""
    with closing(http.client.HTTPConnection(server.host, server.port, timeout=GIVE_UP_S)) as connection:
        connection.request(method, path, body.encode(), headers)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read().decode()


def call_json(server: ToxiproxyServer, method: str, path: str, body: object = None) -> tuple[int, Any]:
    status, _, text = call(server, method, path, "" if body is None else json.dumps(body))
    return status, json.loads(text) if text else None


class VirtualClock:
    """Time that passes only when nothing else can happen."""

    def __init__(self) -> None:
        self._now = 0.0
        self._order = itertools.count()
        self._timers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        return self._now

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if seconds is None:
            await event.wait()
        if seconds is None or seconds <= 0 or event.is_set():
            return
        timer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._timers, (self._now + seconds, next(self._order), timer))
        waiting = asyncio.ensure_future(event.wait())
        either: set[asyncio.Future[Any]] = {timer, waiting}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            timer.cancel()

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        for _ in range(100):
            await asyncio.sleep(0)

    async def advance(self, seconds: float) -> None:
        """Let so much time pass, and everything happen that falls into it."""
        end = self._now + seconds
        await self.settle()
        while self._timers and self._timers[0][0] <= end:
            self._now, _, timer = heapq.heappop(self._timers)
            if not timer.done():
                timer.set_result(None)
                await self.settle()
        self._now = end


class Bench:
    """One stub with a toxic, in virtual time: put bytes in, see what came out when."""

    def __init__(self, toxic: Toxic, toxicity: float = 1.0, seed: int = 0, clock: VirtualClock | None = None) -> None:
        self.clock = clock or VirtualClock()
        self.placed = PlacedToxic("it", "it", "downstream", toxicity, "downstream", toxic)
        self.input = Channel(10_000)
        self.output = Channel(10_000)
        self.left: list[Stub] = []
        self.stub = Stub(self.placed, self.input, self.output, random.Random(seed), self.clock, self.left.append)
        self.out: list[tuple[float, bytes]] = []
        self.ended_at: float | None = None
        self._tasks = [asyncio.ensure_future(self.stub.run()), asyncio.ensure_future(self._collect())]

    async def put(self, *pieces: bytes) -> None:
        for piece in pieces:
            await self.input.put(Chunk(piece, self.clock.now()))
        await self.clock.settle()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _collect(self) -> None:
        while (chunk := await self.output.next()) is not None:
            self.out.append((round(self.clock.now(), 6), chunk.data))
        self.ended_at = round(self.clock.now(), 6)


def on_bench(toxic: Toxic, script: Callable[[Bench], Awaitable[Result]], **options: Any) -> Result:
    """Run `script` with a bench around `toxic`."""

    async def run() -> Result:
        bench = Bench(toxic, **options)
        try:
            return await script(bench)
        finally:
            await bench.close()

    return asyncio.run(run())


def joined(out: Sequence[tuple[float, bytes]]) -> bytes:
    return b"".join(data for _, data in out)
