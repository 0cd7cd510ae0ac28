"""Stands where a link meets the hub: passes every byte on, and counts what goes each way, by kind.

    device > link that is bad > meter > hub

It listens for as long as the site is there, while the hub behind it may be killed and come back on another port. When
the hub cannot be reached the connection is broken at once, as a kernel without a listener would.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable

from netsim.site.kinds import DOWN, UP, Kinds
from netsim.site.link import Traffic

_CHUNK_BYTES_MAX = 65_536
_HOST = "127.0.0.1"
_PATIENCE_S = 30.0
"""How long its loop may take for anything; only a failure takes so long."""


class MeterLoop:
    """The event loop of all meters of a site, in a thread of its own."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="meters", daemon=True)
        self._thread.start()

    def meter(self, *, reads: bool = True) -> Meter:
        """A new meter that listens. `reads`: what passes is Tocsin's, and is counted by kind."""
        meter = Meter(self.loop, reads=reads)
        asyncio.run_coroutine_threadsafe(meter.listen(), self.loop).result(_PATIENCE_S)
        return meter

    def close(self) -> None:
        """Break everything."""
        asyncio.run_coroutine_threadsafe(_end_all(), self.loop).result(_PATIENCE_S)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(_PATIENCE_S)
        self.loop.close()


async def _end_all() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Meter:
    """One link's way into the hub, at `address`. `traffic` and `lead_to` may be called from any thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, reads: bool = True) -> None:
        self.address = ""
        self._reads = reads
        self._loop = loop
        self._target: tuple[str, int] | None = None
        self._server: asyncio.Server
        self._carried: set[asyncio.Task[None]] = set()
        self._connections = 0
        self._bytes: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()

    async def listen(self) -> None:
        """On a free port."""
        self._server = await asyncio.start_server(self._accept, _HOST, 0)
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    def lead_to(self, host: str, port: int, *, is_new: bool = False) -> None:
        """Where connections that are made from now on go. `is_new`: somewhere else than before, so what is open breaks."""
        self._target = (host, port)
        if is_new:
            self._loop.call_soon_threadsafe(self._break_all)

    def _break_all(self) -> None:
        for task in self._carried:
            task.cancel()

    def traffic(self) -> Traffic:
        """What has passed so far: payload of TCP."""
        return Traffic(self._connections, self._bytes[UP], self._bytes[DOWN], dict(self._kinds))

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        task = self._loop.create_task(self._carry(reader, writer))
        self._carried.add(task)
        task.add_done_callback(self._carried.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until either end breaks, or both have ended; a broken end breaks the other."""
        kinds = Kinds() if self._reads else None
        with contextlib.closing(writer):
            try:
                if self._target is None:
                    raise ConnectionRefusedError
                hub_reader, hub_writer = await asyncio.open_connection(*self._target)
                with contextlib.closing(hub_writer):
                    try:
                        async with asyncio.TaskGroup() as ways:
                            ways.create_task(_pass_on(reader, hub_writer, lambda chunk: self._passed(UP, chunk, kinds)))
                            ways.create_task(
                                _pass_on(hub_reader, writer, lambda chunk: self._passed(DOWN, chunk, kinds))
                            )
                    except BaseException:
                        _reset(hub_writer)
                        raise
            except* (OSError, asyncio.CancelledError):
                _reset(writer)

    def _passed(self, way: str, chunk: bytes, kinds: Kinds | None) -> None:
        self._bytes[way] += len(chunk)
        if kinds is not None:
            self._kinds.update(kinds.take(way, chunk))


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break it with a TCP reset: a mere close would tell the other end that all has been said."""
    with contextlib.suppress(OSError):  # it has broken by itself, and is closed already
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[bytes], None]) -> None:
    while chunk := await reader.read(_CHUNK_BYTES_MAX):
        count(chunk)
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()
