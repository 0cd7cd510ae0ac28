"""Waiting for what must come, without sleeping for a time that somebody guessed: the one helper for it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from inspect import isawaitable

SECONDS_MAX = 60.0
"""When a test gives up; only a failure takes so long, and nothing is judged by it."""

LOOK_EVERY_S = 0.02


async def until(condition: Callable[[], object], what: str, seconds_max: float = SECONDS_MAX) -> None:
    """Wait until the condition, which may have to be awaited, holds. `what` is named where it never does."""
    deadline = time.monotonic() + seconds_max
    while True:
        found = condition()
        if isawaitable(found):
            found = await found
        if found:
            return
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        await asyncio.sleep(LOOK_EVERY_S)


def wait_until(condition: Callable[[], object], what: str, seconds_max: float = SECONDS_MAX) -> None:
    """As `until`, where there is no event loop."""
    deadline = time.monotonic() + seconds_max
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(LOOK_EVERY_S)
