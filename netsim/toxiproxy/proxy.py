"""One proxy: listens, connects each client to the upstream, and runs the connections.

client <> Connection <> upstream
"""

from __future__ import annotations

import asyncio
import logging
import random
import socket

from netsim.toxiproxy import address
from netsim.toxiproxy.chain import Chain
from netsim.toxiproxy.clock import Clock
from netsim.toxiproxy.connection import Connection
from netsim.toxiproxy.endpoint import Endpoint
from netsim.toxiproxy.metrics import Traffic
from netsim.toxiproxy.refusals import AddressError
from netsim.toxiproxy.toxics.toxic import DIRECTIONS

ACCEPT_AGAIN_S = 0.1
"""How long accepting rests when the process has no file descriptor left."""
DEFAULT_LISTEN = "127.0.0.1:0"

log = logging.getLogger("netsim.toxiproxy")


class Proxy:
    """Made disabled. `listen` holds the port that was really taken, from the first start on, so it keeps it."""

    def __init__(
        self, name: str, listen: str, upstream: str, chance: random.Random, clock: Clock, traffic: Traffic
    ) -> None:
        self.name = name
        self.listen = listen
        self.upstream = upstream
        self.enabled = False
        self.chain = Chain()
        self._chance = chance
        self._clock = clock
        self._traffic = traffic
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._connections: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen and accept; nothing when it does already. Raises AddressError."""
        if self.enabled:
            return
        self._listener = await address.listen(self.listen or DEFAULT_LISTEN)
        self.listen = address.join(self._listener.getsockname())
        self.enabled = True
        self._accepting = asyncio.get_running_loop().create_task(self._accept(self._listener))

    async def stop(self) -> None:
        """Stop listening and close every connection; nothing when it does not listen."""
        if not (self._listener and self._accepting):
            return
        self.enabled = False
        self._accepting.cancel()
        for task in self._connections:
            task.cancel()
        await asyncio.gather(self._accepting, *self._connections, return_exceptions=True)
        self._listener.close()
        self._listener = self._accepting = None

    async def differs(self, listen: str, upstream: str) -> bool:
        """Whether these are other addresses than it has. Raises AddressError for one that cannot be understood."""
        return await address.resolve(listen or ":0") != self.listen or upstream != self.upstream

    async def update(self, listen: str, upstream: str, enabled: bool) -> None:
        """Move to other addresses, which closes every connection, and start or stop. Raises AddressError."""
        if await self.differs(listen, upstream):
            await self.stop()
            self.listen, self.upstream = listen, upstream
        await (self.start() if enabled else self.stop())

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, _ = await loop.sock_accept(listener)
            except OSError as error:
                log.warning("proxy %s cannot accept: %s; trying again in %s s", self.name, error, ACCEPT_AGAIN_S)
                await asyncio.sleep(ACCEPT_AGAIN_S)
                continue
            # One generator a connection: what one of them draws changes nothing for the others.
            self._begin(Endpoint(client), random.Random(self._chance.getrandbits(64)))

    def _begin(self, client: Endpoint, chance: random.Random) -> None:
        def ended(task: asyncio.Task[None]) -> None:
            self._connections.discard(task)
            client.close()  # a task that was cancelled before its first step has closed nothing

        task = asyncio.get_running_loop().create_task(self._serve(client, chance))
        self._connections.add(task)
        task.add_done_callback(ended)

    async def _serve(self, client: Endpoint, chance: random.Random) -> None:
        try:
            upstream = Endpoint(await address.connect(self.upstream))
        except (OSError, AddressError) as error:
            log.info("proxy %s cannot reach its upstream %s: %s", self.name, self.upstream, error)
            return
        meters = {each: self._traffic.meter(each, self.name, self.listen, self.upstream) for each in DIRECTIONS}
        await Connection(client, upstream, self.chain, chance, self._clock, meters).run()
