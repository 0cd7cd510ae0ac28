"""A server in front of a service: it accepts as the service would, and does with each connection what its kind does.

    client ── middlebox ── service

Each kind is one file with one class, registered in `kinds.py`. Its constructor takes the upstream and `chance`, and by
keyword what a person may choose.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
from abc import ABC, abstractmethod
from typing import ClassVar

from alerts.errors import UserError
from netsim.middleboxes.upstream import UNIX, Upstream

_BACKLOG = 128
_logger = logging.getLogger(__name__)
_AGAIN_S = 0.1
"""After a connection could not be taken: no descriptor is free."""


class Middlebox(ABC):
    """Start and stop it on the event loop that is to carry the bytes."""

    name: ClassVar[str]
    summary: ClassVar[str]

    def __init__(self, upstream: Upstream, chance: random.Random) -> None:
        self.upstream = upstream
        self.chance = chance
        self.connections = 0
        """How many came so far."""
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._open: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def serve(self, connection: socket.socket) -> None:
        """Deal with one accepted connection until its end, and close it. What breaks meanwhile (OSError) may be raised."""

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, also at `unix:PATH`. Returns the address taken, as host:port. Raises UserError: it cannot be had."""
        loop = asyncio.get_running_loop()
        try:
            listener = await _listener(host, port)
        except OSError as error:
            raise UserError(
                f"cannot listen on {host}:{port}: {error.strerror}",
                "Stop what uses that address, or choose another; port 0 takes a free one.",
            ) from error
        listener.setblocking(False)
        self._listener = listener
        self._accepting = loop.create_task(self._accept(listener))
        if listener.family == socket.AF_UNIX:
            return host
        taken = listener.getsockname()
        return str(Upstream(taken[0], taken[1]))

    async def stop(self) -> None:
        """Listen no more, and break what is open."""
        tasks = [*self._open, *([self._accepting] if self._accepting else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._listener is not None:
            self._listener.close()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listener)
            except OSError:
                await asyncio.sleep(_AGAIN_S)
                continue
            connection.setblocking(False)
            self.connections += 1
            task = loop.create_task(self._serve(connection))
            self._open.add(task)
            task.add_done_callback(self._open.discard)

    async def _serve(self, connection: socket.socket) -> None:
        with contextlib.closing(connection):
            try:
                await self.serve(connection)
            except* (OSError, EOFError):  # either side went away: what was open has been broken
                pass
            except* UserError as errors:  # what this connection needs is not installed
                _logger.error("%s: %s", self.name, "; ".join(map(str, errors.exceptions)))


async def _listener(host: str, port: int) -> socket.socket:
    if host.startswith(UNIX):
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            listener.bind(host.removeprefix(UNIX))
            listener.listen(_BACKLOG)
        except BaseException:
            listener.close()
            raise
        return listener
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    family, _, _, _, address = found[0]
    return socket.create_server(address[:2], family=family, backlog=_BACKLOG)
