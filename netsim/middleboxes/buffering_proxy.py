"""A proxy that keeps an answer back until it has enough of it: a virus scanner, a "web accelerator", nginx's proxy_buffering.

What the client says passes at once. What the service says is collected until so many bytes are there or the first of them has
waited so long; or, without a time, until the answer is whole, which the answer to an upgrade never is.
"""

from __future__ import annotations

import asyncio
import random
import socket

from netsim.middleboxes.middlebox import Middlebox
from netsim.middleboxes.streams import CHUNK_BYTES_MAX, Streams, accepted, carry, closing
from netsim.middleboxes.upstream import Upstream

HOLD_BYTES = 16 * 1024
HELD_BYTES_MAX = 8 * 1024 * 1024
"""What is held however the rest is chosen; then it passes."""


class BufferingProxy(Middlebox):
    """Holds what the service says."""

    name = "buffering-proxy"
    summary = "a proxy holds what the service says until it has enough of it, or until its answer is whole"

    def __init__(
        self,
        upstream: Upstream,
        chance: random.Random,
        *,
        hold_bytes: int = HOLD_BYTES,
        hold_s: float | None = None,
    ) -> None:
        """`hold_s` None: an answer passes when it is whole, or `HELD_BYTES_MAX` are there."""
        super().__init__(upstream, chance)
        self._hold_bytes = hold_bytes if hold_s is not None else HELD_BYTES_MAX
        self._hold_s = hold_s

    async def serve(self, connection: socket.socket) -> None:
        """Carry it."""
        async with closing(await accepted(connection)) as client, closing(await self.upstream.dial()) as service:
            await carry(client, service, down=self._hold)

    async def _hold(self, service: Streams, client: Streams) -> None:
        held = bytearray()
        deadline = 0.0
        loop = asyncio.get_running_loop()
        while True:
            wait = None if self._hold_s is None or not held else max(0.0, deadline - loop.time())
            try:
                async with asyncio.timeout(wait):
                    chunk = await service.reader.read(CHUNK_BYTES_MAX)
            except TimeoutError:
                await client.send(bytes(held))
                held.clear()
                continue
            if not held and self._hold_s is not None:
                deadline = loop.time() + self._hold_s
            held += chunk
            if not chunk or len(held) >= self._hold_bytes or (self._hold_s is None and is_whole(bytes(held))):
                await client.send(bytes(held))
                held.clear()
            if not chunk:
                client.end()
                return


def is_whole(answer: bytes) -> bool:
    """Whether this is a whole HTTP answer by its own length (RFC 9112 §6.3); one without a length never is."""
    head, end, body = answer.partition(b"\r\n\r\n")
    if not end:
        return False
    lines = [line.partition(b":") for line in head.lower().split(b"\r\n")[1:]]
    fields = {name.strip(): value.strip() for name, _, value in lines}
    if head[9:12] in (b"204", b"304"):
        return True
    if fields.get(b"transfer-encoding") == b"chunked":
        return body.endswith(b"0\r\n\r\n")
    length = fields.get(b"content-length", b"")
    return length.isdigit() and len(body) >= int(length)
