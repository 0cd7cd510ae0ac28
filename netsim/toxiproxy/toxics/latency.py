"""latency: everything arrives later."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("latency")
@dataclass
class Latency(Toxic):
    """Each chunk arrives `latency` ± `jitter` milliseconds after it was read. The order stays."""

    latency: int = 0
    jitter: int = 0

    chunks_max: ClassVar[int] = 1024

    async def pipe(self, stub: Stub) -> None:
        async for chunk in stub.chunks():
            due = chunk.at + self._delay_s(stub)
            await stub.pause(due - stub.clock.now())
            # What follows counts from when this should have arrived, so that two latencies add up.
            await stub.send(replace(chunk, at=max(due, chunk.at)))

    def _delay_s(self, stub: Stub) -> float:
        jitter = stub.chance.randrange(2 * self.jitter) - self.jitter if self.jitter > 0 else 0
        return (self.latency + jitter) / 1000
