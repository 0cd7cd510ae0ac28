"""The proxy process, where namespaces cannot be had: it delays what passes through a connection on the loopback.

A proxy cannot delay packets: the kernel answers its SYN at once. So it holds the connect for one round trip: bytes
that the field end sends earlier than that are taken as sent then. What TCP itself does on a slow path (its window that
opens round trip by round trip) does not show.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from collections.abc import Callable, Sequence

from netsim.packet import control
from netsim.packet.flows import Flow, note
from netsim.profiles.profile import Way

_HOST = "127.0.0.1"
_CHUNK_BYTES_MAX, _CHUNKS_MAX = 16_384, 4096  # what is under way: a full queue would add a delay of its own

Moment = Callable[[int], float]


class Stream:
    """One direction of one connection: bytes enter, wait, and leave in order; the end of the stream likewise."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: Way) -> None:
        self._reader, self._writer, self._delay_seconds = reader, writer, way.delay_ms / 1000
        self._waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_MAX)

    def carry(self, tasks: asyncio.TaskGroup, entered: Moment, left: Moment) -> None:
        """Until the stream ends. `entered` is told each chunk's bytes and says when they count as sent."""
        tasks.create_task(self._take(entered))
        tasks.create_task(self._give(left))

    async def _take(self, entered: Moment) -> None:
        chunk = b"-"
        while chunk:
            chunk = await self._reader.read(_CHUNK_BYTES_MAX)
            await self._waiting.put((entered(len(chunk)) + self._delay_seconds, chunk))

    async def _give(self, left: Moment) -> None:
        while True:
            due, chunk = await self._waiting.get()
            await asyncio.sleep(due - asyncio.get_running_loop().time())
            if not chunk:
                self._writer.write_eof()
                return
            left(len(chunk))
            self._writer.write(chunk)
            await self._writer.drain()


class Proxy:
    """Listens for field ends, passes them on to one target, and counts."""

    def __init__(self) -> None:
        self._up = self._down = Way()
        self._target = (_HOST, 0)
        self._flows: list[Flow] = []
        self._connections: set[asyncio.Task[None]] = set()

    def shape(self, question: control.Message) -> control.Message:
        """How connections that open from now on are treated."""
        up, down = Way(**question["up"]), Way(**question["down"])
        for way in (up, down):
            if way != Way(delay_ms=way.delay_ms):
                return {"error": "a proxy cannot do more to packets than delay them", "hint": "ask for it via tun"}
        self._up, self._down = up, down
        return {}

    def target(self, question: control.Message) -> control.Message:
        """Where connections that open from now on are passed to."""
        self._target = (question["host"], question["port"])
        return {}

    def flows(self, _: control.Message) -> control.Message:
        """Every connection so far."""
        return {"flows": [flow.as_json() for flow in self._flows]}

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until both directions have ended, either end breaks it, or the proxy ends."""
        connection = asyncio.create_task(self._carry(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        now = asyncio.get_running_loop().time
        up, down = self._up, self._down
        flow = Flow("{}:{}".format(*writer.get_extra_info("peername")), "{}:{}".format(*self._target), syn_at=now())
        self._flows.append(flow)
        connected_at = flow.syn_at + (up.delay_ms + down.delay_ms) / 1000

        def sent_up(count: int) -> float:
            at = max(now(), connected_at)
            note(flow.up, at, count)
            return at

        def received_down(count: int) -> float:
            note(flow.down, now(), count)
            return now()

        with contextlib.closing(writer):
            try:
                await self._pass_on(reader, writer, (up, down), (sent_up, received_down))
            except* OSError:
                writer.transport.abort()  # an end that breaks closes the other

    async def _pass_on(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        ways: tuple[Way, Way],
        counters: tuple[Moment, Moment],
    ) -> None:
        now = asyncio.get_running_loop().time
        (up, down), (sent_up, received_down) = ways, counters
        await asyncio.sleep(up.delay_ms / 1000)
        hub_reader, hub_writer = await asyncio.open_connection(*self._target)
        with contextlib.closing(hub_writer):
            async with asyncio.TaskGroup() as tasks:
                Stream(reader, hub_writer, up).carry(tasks, sent_up, lambda _: now())
                Stream(hub_reader, writer, down).carry(tasks, lambda _: now(), received_down)


async def _serve(arguments: Sequence[str]) -> None:
    owner = control.inherited_socket(arguments)
    proxy = Proxy()
    server = await asyncio.start_server(proxy.accept, _HOST, 0)
    control.greet(owner, {"host": _HOST, "port": server.sockets[0].getsockname()[1]})
    async with server:
        await control.answer(owner, {"shape": proxy.shape, "target": proxy.target, "flows": proxy.flows})


def main(arguments: Sequence[str]) -> int:
    """Arguments: the number of the control socket."""
    asyncio.run(_serve(arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
