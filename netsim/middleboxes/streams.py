"""The two ends of a connection that passes through a middlebox, and carrying bytes from one to the other."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

CHUNK_BYTES_MAX = 65_536

Pass = Callable[["Streams", "Streams"], Awaitable[None]]
"""Carries one direction, from the first to the second, until its end."""


@dataclass(frozen=True, slots=True)
class Streams:
    """One end: what it says, and what is said to it."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Write, as fast as the other side takes it."""
        self.writer.write(data)
        await self.writer.drain()

    def end(self) -> None:
        """Say that no more comes, where the connection can say that by itself (TLS cannot)."""
        if self.writer.can_write_eof() and not self.writer.is_closing():
            self.writer.write_eof()
        else:
            self.writer.close()

    def abort(self) -> None:
        """Close at once, whatever is unsent."""
        self.writer.transport.abort()


async def accepted(connection: socket.socket, tls: ssl.SSLContext | None = None) -> Streams:
    """The streams of an accepted socket, after the TLS handshake if there is to be one. Raises OSError: it failed."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=CHUNK_BYTES_MAX)
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_accepted_socket(lambda: protocol, connection, ssl=tls)
    return Streams(reader, asyncio.StreamWriter(transport, protocol, reader, loop))


@contextlib.asynccontextmanager
async def closing(streams: Streams) -> AsyncIterator[Streams]:
    """Close after the block: in order where it ended well, at once where it did not."""
    try:
        yield streams
    except BaseException:
        streams.abort()
        raise
    finally:
        streams.writer.close()


async def pass_on(source: Streams, target: Streams) -> None:
    """Every byte as it comes."""
    while chunk := await source.reader.read(CHUNK_BYTES_MAX):
        await target.send(chunk)
    target.end()


async def carry(client: Streams, service: Streams, *, up: Pass = pass_on, down: Pass = pass_on) -> None:
    """Both directions until both have ended, or either breaks: that raises, and the caller breaks what is open."""
    async with asyncio.TaskGroup() as ways:
        ways.create_task(_awaited(up(client, service)))
        ways.create_task(_awaited(down(service, client)))


async def _awaited(way: Awaitable[None]) -> None:
    await way
