"""timeout: a black hole, that closes the connection after a while or never."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from netsim.toxiproxy.toxics.toxic import Toxic, register

if TYPE_CHECKING:
    from netsim.toxiproxy.stub import Stub


@register("timeout")
@dataclass
class Timeout(Toxic):
    """Drops all data, and closes the connection when none came for `timeout` milliseconds; at 0 it never does.

    Removing it closes the connections on which it acted: what it dropped would be a hole in their streams.
    """

    timeout: int = 0

    closes_when_removed: ClassVar[bool] = True

    async def pipe(self, stub: Stub) -> None:
        within = self.timeout / 1000 if self.timeout > 0 else None
        while await stub.receive(within) is not None:
            pass
        if not stub.interrupted:
            stub.close()
