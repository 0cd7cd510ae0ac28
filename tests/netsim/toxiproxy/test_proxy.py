from __future__ import annotations

import asyncio
import contextlib
import random

from netsim.toxiproxy.address import connect
from netsim.toxiproxy.clock import LoopClock
from netsim.toxiproxy.metrics import Traffic
from netsim.toxiproxy.proxy import Proxy


def test_starting_and_stopping_twice_is_once() -> None:
    async def run() -> None:
        proxy = Proxy("a", "127.0.0.1:0", "127.0.0.1:1", random.Random(1), LoopClock(), Traffic())
        await proxy.stop()
        await proxy.start()
        listen = proxy.listen
        await proxy.start()
        assert (proxy.listen, proxy.enabled) == (listen, True)
        await proxy.stop()
        await proxy.stop()
        assert (proxy.listen, proxy.enabled) == (listen, False)

    asyncio.run(run())


def test_stopping_closes_a_client_that_was_accepted_a_moment_ago() -> None:
    async def run() -> None:
        proxy = Proxy("a", "127.0.0.1:0", "127.0.0.1:1", random.Random(1), LoopClock(), Traffic())
        await proxy.start()
        for steps in range(6):  # at whatever step of accepting and connecting the stop comes
            with await connect(proxy.listen) as client:
                for _ in range(steps):
                    await asyncio.sleep(0)
                await proxy.stop()
                ended = asyncio.get_running_loop().sock_recv(client, 1)
                with contextlib.suppress(ConnectionResetError):
                    assert await ended == b""
                await proxy.start()
        await proxy.stop()

    asyncio.run(run())
