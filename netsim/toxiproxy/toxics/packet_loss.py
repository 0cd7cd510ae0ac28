"""packet_loss: chunks of the stream are missing. The name is Toxiproxy's; it is not what a lossy network does.

A network that loses packets costs TCP time, since what was lost is sent again; the bytes all arrive. Here they do not:
the stream goes on with a hole in it, as if the proxy had corrupted it. Whoever reads it sees what no network shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("packet_loss")
@dataclass
class PacketLoss(Toxic):
    """Drops a chunk with the probability `loss_rate`; right after a dropped one with `correlation` on top of it."""

    loss_rate: float = 0.0
    correlation: float = 0.0

    async def pipe(self, stub: Stub) -> None:
        loss_rate, correlation = (min(max(share, 0.0), 1.0) for share in (self.loss_rate, self.correlation))
        dropped = False
        async for chunk in stub.chunks():
            dropped = stub.chance.random() < loss_rate + (correlation if dropped else 0.0)
            if not dropped:
                await stub.send(chunk)
