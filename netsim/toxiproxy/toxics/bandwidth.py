"""bandwidth: so many kilobytes a second and no more."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netsim.toxiproxy.channel import Chunk
from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub

SLICE_MS = 100
"""A chunk that takes longer than this is sent in slices of this length."""


@register("bandwidth")
@dataclass
class Bandwidth(Toxic):
    """`rate` KB/s (1 KB is 1000 bytes), on each connection by itself. At 0 nothing moves and nothing is lost."""

    rate: int = 0

    async def pipe(self, stub: Stub) -> None:
        owed_s = 0.0  # what earlier pauses fell short of, or, below zero, overshot
        async for chunk in stub.chunks():
            if self.rate <= 0:
                await stub.pause(None)
                await stub.send(chunk)
                continue
            chunk = await self._send_slices(stub, chunk)
            started = stub.clock.now()
            owed_s += len(chunk.data) / (self.rate * 1000)
            await stub.pause(owed_s)
            owed_s -= stub.clock.now() - started
            await stub.send(chunk)

    async def _send_slices(self, stub: Stub, chunk: Chunk) -> Chunk:
        """Send all but the last slice; returns that. When interrupted, returns all that is left."""
        slice_bytes = self.rate * SLICE_MS
        while len(chunk.data) > slice_bytes and not stub.interrupted:
            await stub.pause(SLICE_MS / 1000)
            if not stub.interrupted:
                await stub.send(replace(chunk, data=chunk.data[:slice_bytes]))
                chunk = replace(chunk, data=chunk.data[slice_bytes:])
        return chunk
