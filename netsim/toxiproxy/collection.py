"""All proxies of one server, by name."""

from __future__ import annotations

import random
from dataclasses import dataclass

from netsim.toxiproxy.body import Fields, parse_list
from netsim.toxiproxy.clock import Clock
from netsim.toxiproxy.metrics import Traffic
from netsim.toxiproxy.proxy import Proxy
from netsim.toxiproxy.refusals import MissingFieldError, ProxyExistsError, ProxyNotFoundError, RefusalError


@dataclass(frozen=True)
class Wanted:
    """A proxy as a request describes it."""

    name: str
    listen: str
    upstream: str
    enabled: bool

    @classmethod
    def read(cls, body: Fields, where: str = "") -> Wanted:
        """Raises BadRequestBodyError or MissingFieldError; `where` is added to the name of what is missing."""
        wanted = cls(
            body.text("name", ""), body.text("listen", ""), body.text("upstream", ""), body.flag("enabled", True)
        )
        for field, value in (("name", wanted.name), ("upstream", wanted.upstream)):
            if not value:
                raise MissingFieldError(field + where)
        return wanted


class ProxyCollection:
    """The proxies, and the generator from which each gets its own, in the order of their making."""

    def __init__(self, chance: random.Random, clock: Clock, traffic: Traffic) -> None:
        self.proxies: dict[str, Proxy] = {}
        self._chance = chance
        self._clock = clock
        self._traffic = traffic

    def get(self, name: str) -> Proxy:
        """Raises ProxyNotFoundError."""
        if name not in self.proxies:
            raise ProxyNotFoundError
        return self.proxies[name]

    async def add(self, wanted: Wanted) -> Proxy:
        """Make a proxy, and start it if it is wanted enabled. Raises ProxyExistsError, AddressError."""
        if wanted.name in self.proxies:
            raise ProxyExistsError
        return await self._make(wanted)

    async def populate(self, body: bytes) -> tuple[list[Proxy], RefusalError | None]:
        """Make every proxy of a JSON array, or keep the one of that name that has these addresses.

        Nothing is made of a list that cannot be understood; at the first that cannot start it ends, with the error.
        """
        made: list[Proxy] = []
        try:
            wanted = [
                Wanted.read(fields, f" at proxy {number}") for number, fields in enumerate(parse_list(body), start=1)
            ]
            for each in wanted:
                made.append(await self._add_or_replace(each))  # noqa: PERF401  (what was made before a failure counts)
        except RefusalError as error:
            return made, error
        return made, None

    async def remove(self, name: str) -> None:
        """Stop and forget a proxy. Raises ProxyNotFoundError."""
        await self.get(name).stop()
        del self.proxies[name]

    async def reset(self) -> None:
        """Enable every proxy and remove every toxic. Raises AddressError."""
        for proxy in self.proxies.values():
            await proxy.start()
            proxy.chain.clear()

    async def close(self) -> None:
        """Stop and forget all."""
        for name in list(self.proxies):
            await self.remove(name)

    async def _add_or_replace(self, wanted: Wanted) -> Proxy:
        existing = self.proxies.get(wanted.name)
        if existing:
            if not await existing.differs(wanted.listen, wanted.upstream):
                return existing
            await existing.stop()
        return await self._make(wanted)

    async def _make(self, wanted: Wanted) -> Proxy:
        chance = random.Random(self._chance.getrandbits(64))
        proxy = Proxy(wanted.name, wanted.listen, wanted.upstream, chance, self._clock, self._traffic)
        if wanted.enabled:
            await proxy.start()
        self.proxies[proxy.name] = proxy
        return proxy
