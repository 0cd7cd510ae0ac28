from __future__ import annotations

import asyncio
import random

import pytest

from netsim.toxiproxy.clock import LoopClock
from netsim.toxiproxy.collection import ProxyCollection, Wanted
from netsim.toxiproxy.metrics import Traffic
from netsim.toxiproxy.refusals import ProxyExistsError, ProxyNotFoundError


def test_proxies_are_known_by_name_and_closed_together() -> None:
    async def run() -> None:
        proxies = ProxyCollection(random.Random(1), LoopClock(), Traffic())
        made = await proxies.add(Wanted("a", "", "127.0.0.1:1", enabled=True))
        assert proxies.get("a") is made
        assert made.listen.startswith("127.0.0.1:")  # without an address to listen on, loopback only
        with pytest.raises(ProxyExistsError):
            await proxies.add(Wanted("a", "", "127.0.0.1:1", enabled=True))
        await proxies.close()
        assert not made.enabled
        with pytest.raises(ProxyNotFoundError):
            proxies.get("a")

    asyncio.run(run())
