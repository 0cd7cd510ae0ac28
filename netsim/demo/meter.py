"""Counts what a link carries, where it meets the hub, and for which alert.

    device > link that is bad > meter > hub

The hub's WebSocket messages are read on their way: what a frame weighs on the wire is shared among the alerts in it by
their size, of a lean frame evenly. What the hub sends into a link that breaks counts too; it was paid for.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterator

from alerts.errors import RemoteProtocolError
from alerts.wire.codec import Codec
from alerts.wire.frames import Ahead, Data
from alerts.wire.lean_frames import LEAN, numbers_in

_CHUNK_BYTES_MAX = 65_536
_HOST = "127.0.0.1"
_SWITCHING = b"HTTP/1.1 101 "
_BINARY = 2


class Meter:
    """One device's way into the hub. `up_bytes` and `down_bytes` are TCP payload; `alert_bytes` what each number cost."""

    def __init__(self, hub_port: int) -> None:
        self.up_bytes = 0
        self.down_bytes = 0
        self.alert_bytes: Counter[int] = Counter()
        self.address = ""
        self._hub_port = hub_port
        self._server: asyncio.Server
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def total_bytes(self) -> int:
        """Both ways together."""
        return self.up_bytes + self.down_bytes

    async def start(self) -> None:
        """Listen on a free port, at `address`."""
        self._server = await asyncio.start_server(self._accept, _HOST, 0)
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def stop(self) -> None:
        """Break what is open and listen no more."""
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.get_running_loop().create_task(self._carry(reader, writer))
        self._connections.add(connection)
        connection.add_done_callback(self._connections.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until either end breaks, or both have ended; a broken end breaks the other."""
        with contextlib.closing(writer):
            try:
                hub_reader, hub_writer = await asyncio.open_connection(_HOST, self._hub_port)
                with contextlib.closing(hub_writer):
                    async with asyncio.TaskGroup() as ways:
                        ways.create_task(_pass_on(reader, hub_writer, self._went_up))
                        ways.create_task(_pass_on(hub_reader, writer, self._down()))
            except* OSError:
                writer.transport.abort()

    def _went_up(self, chunk: bytes) -> None:
        self.up_bytes += len(chunk)

    def _down(self) -> Callable[[bytes], None]:
        messages = Messages()

        def went_down(chunk: bytes) -> None:
            self.down_bytes += len(chunk)
            for weight_bytes, payload in messages.take(chunk):
                self.alert_bytes.update(shares(weight_bytes, payload, max(self.alert_bytes, default=0)))

        return went_down


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, count: Callable[[bytes], None]) -> None:
    while chunk := await reader.read(_CHUNK_BYTES_MAX):
        count(chunk)
        writer.write(chunk)
        await writer.drain()
    writer.write_eof()


class Messages:
    """The binary messages in what a hub sends on one connection, once that is a WebSocket (RFC 6455 §5.2, unmasked)."""

    def __init__(self) -> None:
        self._waiting = b""
        self._is_websocket = False

    def take(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """Bytes of the stream in; the messages that are now whole out: their weight with the frame's head, and payload."""
        self._waiting += chunk
        if not self._is_websocket:
            head, end, rest = self._waiting.partition(b"\r\n\r\n")
            if not end or not head.startswith(_SWITCHING):
                return
            self._is_websocket, self._waiting = True, rest
        while found := _first_frame(self._waiting):
            kind, start, end_at = found
            payload, self._waiting = self._waiting[start:end_at], self._waiting[end_at:]
            if kind == _BINARY:
                yield end_at, payload


def _first_frame(data: bytes) -> tuple[int, int, int] | None:
    """Opcode, where the payload begins, and where it ends; None while the frame is not whole."""
    if len(data) < 2:
        return None
    start, length = 2, data[1] & 0x7F
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    return (data[0] & 0x0F, start, start + length) if start <= len(data) >= start + length else None


def shares(weight_bytes: int, payload: bytes, newest: int = 0) -> dict[int, int]:
    """Number → its part of what a message weighs; nothing for a message that carries no alerts.

    A lean one is not expanded, so its alerts share evenly; `newest` is the highest number that has passed.
    """
    try:
        if payload[:1] >= bytes((LEAN,)):
            numbers = numbers_in(payload, newest)
            return {number: weight_bytes // len(numbers) for number in numbers}
        frame = Codec().decode(payload)
    except RemoteProtocolError:  # the device will say so to the hub; here it is only not counted for any alert
        return {}
    if not isinstance(frame, Data | Ahead) or not frame.items:
        return {}
    whole = sum(len(item) for _, item in frame.items)
    parts = {number: weight_bytes * len(item) // whole for number, item in frame.items}
    first = frame.items[0][0]
    return parts | {first: parts[first] + weight_bytes - sum(parts.values())}
