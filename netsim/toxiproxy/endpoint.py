"""One TCP socket of a proxied connection. It holds no bytes itself: what is not read stays in the kernel, and what is
not yet written stays with the caller, so a slow peer makes everything before it wait."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

READ_BYTES_MAX = 32 * 1024
"""How much is read in one go, and so the size of a chunk: as in Toxiproxy."""

_LINGER_ZERO = struct.pack("ii", 1, 0)


class Endpoint:
    """Read and write, by one task each; `close` at any time and from anywhere."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock = sock
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._waiting: set[asyncio.Future[None]] = set()

    async def receive(self) -> bytes:
        """What has arrived. Empty at the end, which is the peer's FIN, a reset, any other error, or our own close."""
        while not self._closed:
            try:
                return self._sock.recv(READ_BYTES_MAX)
            except (BlockingIOError, InterruptedError):
                await self._wait(self._loop.add_reader, self._loop.remove_reader)
            except OSError:
                break
        return b""

    async def send(self, data: bytes) -> bool:
        """Hand all of `data` to the kernel; False when the connection is gone."""
        left = memoryview(data)
        while left and not self._closed:
            try:
                left = left[self._sock.send(left) :]
            except (BlockingIOError, InterruptedError):
                await self._wait(self._loop.add_writer, self._loop.remove_writer)
            except OSError:
                return False
        return not self._closed

    def close(self, reset: bool = False) -> None:
        """Close both directions; who waits here is woken. `reset` sends a TCP RST and drops what is unsent."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        for waiter in self._waiting:
            _wake(waiter)
        if reset:
            self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self._sock.close()

    async def _wait(self, add: Callable[..., Any], remove: Callable[..., Any]) -> None:
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiting.add(waiter)
        add(self._sock, _wake, waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
            if not self._closed:
                remove(self._sock)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
