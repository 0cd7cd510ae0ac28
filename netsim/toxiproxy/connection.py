"""A client's connection through a proxy: two sockets and a link each way.

When one direction ends, for whatever reason, its far socket is closed as a whole; the other direction then finds its
source gone, delivers what it still holds, and closes the near one. So a FIN or RST from one peer reaches the other as
a FIN, and half-closed connections do not exist. That is what Toxiproxy does.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping

from netsim.toxiproxy.chain import Chain
from netsim.toxiproxy.clock import Clock
from netsim.toxiproxy.endpoint import Endpoint
from netsim.toxiproxy.link import ToxicLink
from netsim.toxiproxy.metrics import Meter
from netsim.toxiproxy.toxics.toxic import Direction


class Connection:
    """Made connected; `run` it to its end, or cancel it."""

    def __init__(
        self,
        client: Endpoint,
        upstream: Endpoint,
        chain: Chain,
        chance: random.Random,
        clock: Clock,
        meters: Mapping[Direction, Meter],
    ) -> None:
        self._client = client
        self._upstream = upstream
        self._chain = chain
        lots = [random.Random(chance.getrandbits(64)) for _ in range(2)]
        self._links = {
            "upstream": ToxicLink(client, upstream, chain.toxics["upstream"], lots[0], clock, meters["upstream"]),
            "downstream": ToxicLink(upstream, client, chain.toxics["downstream"], lots[1], clock, meters["downstream"]),
        }

    async def run(self) -> None:
        """Carry both ways until both have ended. Toxics that the chain gains or loses meanwhile apply at once."""
        up, down = self._links["upstream"], self._links["downstream"]
        self._chain.links["upstream"].add(up)
        self._chain.links["downstream"].add(down)
        try:
            await asyncio.gather(self._carry(up, self._upstream), self._carry(down, self._client))
        finally:
            self._chain.links["upstream"].discard(up)
            self._chain.links["downstream"].discard(down)
            self._close(self._client)
            self._close(self._upstream)
            await up.stop()
            await down.stop()

    async def _carry(self, link: ToxicLink, dest: Endpoint) -> None:
        await link.carry()
        self._close(dest)

    def _close(self, endpoint: Endpoint) -> None:
        endpoint.close(reset=any(link.resets for link in self._links.values()))
