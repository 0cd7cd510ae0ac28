"""A captive portal: whatever is asked for, the network answers in the service's place that one has to sign in first.

Over plain HTTP that is a page with status 200, or a redirect to one: portals do either. A port where the client speaks TLS is
answered too, as many portals do, with a certificate that is the portal's own.
"""

from __future__ import annotations

import asyncio
import random
import socket
from functools import cached_property
from typing import Literal

from netsim.middleboxes.certificates import Authority, Certificate
from netsim.middleboxes.http_head import read_head
from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import CHUNK_BYTES_MAX, Streams, accepted, closing
from netsim.middleboxes.upstream import Upstream

Answer = Literal["page", "redirect"]
PORTAL = "login.portal.example"
LINGER_S = 5.0
"""How long the client may take to close: closed by us with bytes unread, the system would take our answer back."""

_TLS_HANDSHAKE = b"\x16"
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><title>Welcome to Guest Wi-Fi</title></head>
<body><h1>Welcome to Guest Wi-Fi</h1><p>Please sign in to use the Internet.</p>
<form method="post" action="http://{portal}/login"><input name="room"><button>Sign in</button></form></body></html>
"""


class CaptivePortal(Middlebox):
    """Never lets anybody through to the service."""

    name = "captive-portal"
    summary = "a network's sign-in page answers in the service's place; on TLS with the portal's own certificate"

    def __init__(self, upstream: Upstream, chance: random.Random, *, answer: Answer | None = None) -> None:
        """`answer`: a page with status 200, or a redirect to one; None: drawn for each connection."""
        super().__init__(upstream, chance)
        self._answer = answer

    @cached_property
    def _certificate(self) -> Certificate:
        return Authority.make("Guest Wi-Fi").certificate(PORTAL)

    async def serve(self, connection: socket.socket) -> None:
        """Answer, and close."""
        is_tls = await _first_byte(connection) == _TLS_HANDSHAKE
        tls = self._certificate.context() if is_tls else None
        async with closing(await accepted(connection, tls)) as client:
            head = await read_head(client)
            await client.send(self._said(head.target))
            client.end()
            await _drained(client)

    def _said(self, target: str) -> bytes:
        how = self._answer or self.chance.choice(("page", "redirect"))
        page = _PAGE.format(portal=PORTAL).encode()
        first = "HTTP/1.1 200 OK"
        lines = ["Content-Type: text/html; charset=utf-8", "Cache-Control: no-store", f"Content-Length: {len(page)}"]
        if how == "redirect":
            first = "HTTP/1.1 302 Found"
            lines.append(f"Location: http://{PORTAL}/?from={target}")
        return "\r\n".join([first, *lines, "Connection: close", "", ""]).encode("latin-1") + page


async def _first_byte(connection: socket.socket) -> bytes:
    """What the client says first, left where it is."""
    loop = asyncio.get_running_loop()
    is_there = asyncio.Event()
    loop.add_reader(connection, is_there.set)
    try:
        await is_there.wait()
    finally:
        loop.remove_reader(connection)
    return connection.recv(1, socket.MSG_PEEK)


async def _drained(client: Streams) -> None:
    try:
        async with asyncio.timeout(LINGER_S):
            while await client.reader.read(CHUNK_BYTES_MAX):
                continue
    except TimeoutError:
        return
