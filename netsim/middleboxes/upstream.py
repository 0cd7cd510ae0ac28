"""The service that a middlebox stands in front of: its address as a person writes it, and connections to it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from alerts.errors import UserError
from netsim.middleboxes.streams import CHUNK_BYTES_MAX, Streams

_PORTS = {"": None, "tcp": None, "http": 80, "ws": 80, "https": 443, "wss": 443}
UNIX = "unix:"
_HINT = "Write HOST:PORT, or http://, ws://, https:// or wss:// and a host, with or without a port."


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where a service listens, and whether it speaks TLS there. A port of 0: `host` is the path of a Unix socket."""

    host: str
    port: int
    is_tls: bool = False

    @staticmethod
    def parse(written: str) -> Upstream:
        """From `HOST:PORT`, `http://HOST`, `wss://HOST:PORT/…`, `unix:PATH`. Raises UserError: it is no such address."""
        if written.startswith(UNIX):
            return Upstream(written.removeprefix(UNIX), 0)
        scheme, colon, rest = written.strip().partition("://")
        scheme, rest = (scheme.lower(), rest) if colon else ("", written.strip())
        try:
            parts = urlsplit(f"//{rest}")
            port = parts.port or _PORTS.get(scheme)
        except ValueError as error:
            raise UserError(f"{written!r} is not the address of a service: {error}", _HINT, exit_code=2) from None
        if scheme not in _PORTS or not parts.hostname or port is None:
            raise UserError(f"{written!r} is not the address of a service", _HINT, exit_code=2)
        return Upstream(parts.hostname, port, scheme in ("https", "wss"))

    async def dial(self, *, receive_bytes: int | None = None) -> Streams:
        """A connection. `receive_bytes` bounds what the system reads ahead on it. Raises OSError: there is none."""
        if not self.port:
            return Streams(*await asyncio.open_unix_connection(self.host, limit=receive_bytes or CHUNK_BYTES_MAX))
        tls = ssl.create_default_context() if self.is_tls else None
        if receive_bytes is None:
            return Streams(*await asyncio.open_connection(self.host, self.port, ssl=tls, limit=CHUNK_BYTES_MAX))
        loop = asyncio.get_running_loop()
        # The size of the window is settled when the connection is made, so it is asked for before that.
        found = await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        bare = socket.socket(family, kind, protocol)
        try:
            bare.setblocking(False)
            bare.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            await loop.sock_connect(bare, address)
        except BaseException:
            bare.close()
            raise
        name = self.host if tls else None
        return Streams(*await asyncio.open_connection(sock=bare, ssl=tls, server_hostname=name, limit=receive_bytes))

    def __str__(self) -> str:
        if not self.port:
            return f"{UNIX}{self.host}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"
