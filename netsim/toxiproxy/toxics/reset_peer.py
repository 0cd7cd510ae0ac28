"""reset_peer: the connection ends with a TCP reset."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("reset_peer")
@dataclass
class ResetPeer(Toxic):
    """At the first data (or the end) of a stream, drops it and resets the connection `timeout` milliseconds later."""

    timeout: int = 0

    resets: ClassVar[bool] = True

    async def pipe(self, stub: Stub) -> None:
        if await stub.receive() is None and not stub.input.ended:
            return
        # Not to be interrupted: the stream has a hole now, so it must not go on.
        await stub.clock.wait(asyncio.Event(), self.timeout / 1000)
        stub.close()
