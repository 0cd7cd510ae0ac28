"""What the HTTP of an upgrade costs: the real client asks a real hub once over the loopback, and is refused once."""

from __future__ import annotations

import asyncio
import re
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from structlog.testing import capture_logs

from alerts.dictionary.shipped import shipped
from alerts.wire.dictionary import short_name
from alerts.wire.frames import Resume
from alerts.wire.handshake import Hello
from client.connection import ConnectError, connect
from client.store import Identity
from netsim.virtual.meeting import EPOCH, OPENING
from server.clock import HubClock
from server.process import HubProcess
from server.settings import Limits, Settings

NOW = 1_800_000_000
HELLO = Hello(OPENING, Resume(EPOCH, 1, 1, (), 0, NOW), ("en",), dictionaries=(short_name(shipped().address),))
"""What the device says in the request that is measured."""
_HEAD_END = b"\r\n\r\n"
_RETRY_AFTER = re.compile(rb"Retry-After: (\d+)")


@dataclass(frozen=True, slots=True)
class Heads:
    """Bytes: the upgrade request, the 101's head, and the whole of a refusal."""

    request: int
    accepted: int
    refused: int


@dataclass(slots=True)
class _Heard:
    """What passed on one connection."""

    up: bytearray = field(default_factory=bytearray)
    down: bytearray = field(default_factory=bytearray)


def measure_heads() -> Heads:
    """Start a hub in a folder of its own, connect to it twice, and stop it. The same bytes each time."""
    with tempfile.TemporaryDirectory(prefix="tocsin-fleet-") as folder, capture_logs():
        return asyncio.run(_measure(Path(folder)))


async def _measure(folder: Path) -> Heads:
    settings = Settings(data=folder / "hub", port=0, limits=Limits(connects_per_second=1.0))
    process = HubProcess(
        settings, HubClock(lambda: NOW, lambda: 0.0)
    )  # its clock stands: one may come in, and no other
    await process.start()
    try:
        code = await process.hub.make_enrolment_code()
        enrolled = await process.hub.enrol(code)
        first, second = [await _pass(process.port, enrolled.token) for _ in range(2)]
    finally:
        await process.stop()
    accepted = first.down.index(_HEAD_END) + len(_HEAD_END)
    assert first.down.startswith(b"HTTP/1.1 101") and second.down.startswith(b"HTTP/1.1 503"), "one may come in"
    asked = _RETRY_AFTER.search(second.down)
    assert asked is not None, "a hub that is too busy says when to come back"
    return Heads(len(first.up), accepted, len(second.down) - len(asked[1]) + 1)


async def _pass(hub_port: int, token: str) -> _Heard:
    heard = _Heard()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_hub, to_hub = await asyncio.open_connection("127.0.0.1", hub_port)
        copying = [_copy(reader, to_hub, heard.up), _copy(from_hub, writer, heard.down)]
        await asyncio.gather(*copying, return_exceptions=True)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        identity = Identity("device", token, f"http://127.0.0.1:{port}")
        try:
            connection = await connect(identity, HELLO, lambda: None)
        except ConnectError:
            return heard
        up = _Heard(bytearray(heard.up), bytearray(heard.down))
        connection.abort()
        return up


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: bytearray) -> None:
    try:
        while chunk := await reader.read(65_536):
            copy += chunk
            writer.write(chunk)
            await writer.drain()
    finally:
        writer.close()
