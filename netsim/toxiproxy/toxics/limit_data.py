"""limit_data: the connection closes after so many bytes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("limit_data")
@dataclass
class LimitData(Toxic):
    """Passes `bytes` bytes on, then closes the connection; at 0 it closes at the first data."""

    bytes: int = 0

    async def pipe(self, stub: Stub) -> None:
        async for chunk in stub.chunks():
            data = chunk.data[: max(0, self.bytes - stub.sent_bytes)]
            if data:
                await stub.send(replace(chunk, data=data))
            if stub.sent_bytes >= self.bytes:
                stub.close()
                return
