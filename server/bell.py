"""A bell for who waits on the event loop: it wakes all who wait now, and whoever comes later waits for the next time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


async def until_set(rung: asyncio.Event, timeout_s: float) -> bool:
    """Wait until it is set; False: it was not in time (seconds)."""
    try:
        async with asyncio.timeout(timeout_s):
            await rung.wait()
    except TimeoutError:
        return False
    return True


async def until_first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait until the first of these is over, and end the others."""
    tasks = [asyncio.ensure_future(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Bell:
    """Wakes everybody who waits for a change. Listen first, then look, then wait: so no change is missed."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake all who have listened before."""
        rung, self._rung = self._rung, asyncio.Event()
        rung.set()

    def listen(self) -> asyncio.Event:
        """What will be set at the next change."""
        return self._rung

    async def until(self, is_there: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until this holds, looking again at each ring; False: it did not in time (seconds)."""
        try:
            async with asyncio.timeout(timeout_s):
                while not is_there():
                    await self._rung.wait()
        except TimeoutError:
            return False
        return True
