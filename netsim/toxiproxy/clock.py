"""The time by which toxics wait. It is handed down, so that a test can put a virtual clock in its place."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol


class Clock(Protocol):
    """Seconds, from an arbitrary beginning, that never go back."""

    def now(self) -> float:
        """The present, in seconds."""

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        """Return when `event` is set or `seconds` have passed, whichever is first; None waits for the event only."""


class LoopClock:
    """The event loop's own monotonic clock."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    async def wait(self, event: asyncio.Event, seconds: float | None) -> None:
        if seconds is not None and seconds <= 0:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await event.wait()
