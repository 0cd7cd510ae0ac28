"""slow_close: the end of a stream arrives later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("slow_close")
@dataclass
class SlowClose(Toxic):
    """Data passes at once; when the stream has ended, the far side is closed `delay` milliseconds later."""

    delay: int = 0

    async def pipe(self, stub: Stub) -> None:
        async for chunk in stub.chunks():
            await stub.send(chunk)
        if not stub.interrupted:
            await stub.pause(self.delay / 1000)
