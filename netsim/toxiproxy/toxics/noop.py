"""noop: passes everything on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("noop")
@dataclass
class Noop(Toxic):
    """No fault at all."""

    async def pipe(self, stub: Stub) -> None:
        async for chunk in stub.chunks():
            await stub.send(chunk)
