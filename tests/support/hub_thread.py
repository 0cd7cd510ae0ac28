"""The small hub on a thread of its own, for commands that have their own event loop or process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from tests.support.small_hub import DEVICE, TOKEN, SmallHub

Result = TypeVar("Result")


class HubThread:
    """A hub, and its loop: everything is done there by `do`."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.hub = self.do(_started)
        self.address = self.hub.address

    def do(self, work: Callable[[], Result]) -> Result:
        """Do this on the hub's loop."""

        async def call() -> Result:
            return work()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(30)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until the hub has seen this."""
        asyncio.run_coroutine_threadsafe(self.hub.until(condition), self._loop).result(40)

    def stop(self) -> None:
        """Stop the hub and its thread."""
        asyncio.run_coroutine_threadsafe(self.hub.stop(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(30)
        self._loop.close()


def _started() -> SmallHub:
    hub = SmallHub()
    hub.codes = {"abc": {"device": DEVICE, "token": TOKEN, "name": "Clinic"}}
    hub.start()
    return hub


@contextmanager
def hub_thread() -> Iterator[HubThread]:
    """A hub for as long as the block lasts."""
    thread = HubThread()
    try:
        yield thread
    finally:
        thread.stop()
