"""A proxy that knows no WebSocket: it takes the wish to upgrade out of a request, or refuses it by itself.

`Upgrade` and `Connection` are hop by hop (RFC 9110 §7.6.1): a proxy that does not understand them has to drop them. Without
them the service sees a plain GET, and answers that as it likes.
"""

from __future__ import annotations

import random
import socket
from typing import Literal

from netsim.middleboxes.http_head import Head, read_head
from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import accepted, carry, closing
from netsim.middleboxes.upstream import Upstream

Answer = Literal["pass", "200", "400", "426", "501"]
_WORDS = {"200": "OK", "400": "Bad Request", "426": "Upgrade Required", "501": "Not Implemented"}


class StrippingProxy(Middlebox):
    """Lets plain HTTP through, one request a connection, and no upgrade."""

    name = "stripping-proxy"
    summary = "a proxy drops the wish to upgrade to WebSocket from requests, or refuses it by itself"

    def __init__(self, upstream: Upstream, chance: random.Random, *, answer: Answer = "pass") -> None:
        """`answer` "pass": the service answers the request without its upgrade; else the proxy, with this status."""
        super().__init__(upstream, chance)
        self._answer = answer

    async def serve(self, connection: socket.socket) -> None:
        """One request and its answer."""
        async with closing(await accepted(connection)) as client:
            head = await read_head(client)
            if head.asks_for_upgrade and self._answer != "pass":
                await client.send(_refusal(self._answer))
                client.end()
                return
            async with closing(await self.upstream.dial()) as service:
                await service.send(_stripped(head).pack())
                await carry(client, service)


def _stripped(head: Head) -> Head:
    hop_by_hop = [name.strip() for name in head.get("Connection").split(",") if name.strip()]
    return head.without(["Upgrade", "Connection", *hop_by_hop]).with_line("Connection", "close")


def _refusal(status: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {_WORDS[status]}",
        "Content-Type: text/plain",
        "Content-Length: 0",
        "Connection: close",
    ]
    return "\r\n".join([*lines, "", ""]).encode()
