from __future__ import annotations

import asyncio

from netsim.toxiproxy.clock import LoopClock


def test_it_waits_for_the_event_or_the_time() -> None:
    async def run() -> None:
        clock, event = LoopClock(), asyncio.Event()
        before = clock.now()
        await clock.wait(event, 0.02)
        assert clock.now() - before >= 0.019
        assert not event.is_set()
        await clock.wait(event, 0)
        await clock.wait(event, -1)
        asyncio.get_running_loop().call_soon(event.set)
        await clock.wait(event, None)
        await clock.wait(event, 1e9)

    asyncio.run(run())
