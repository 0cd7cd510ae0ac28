"""The store's own thread: everything that touches the store runs there, one thing after another, off the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from client.store import Store

Result = TypeVar("Result")


class Worker:
    """One thread with one opening of the store."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tocsin-store")
        self._store: Store | None = None

    async def open(self, make: Callable[[], Store]) -> None:
        """Open the store on the thread. Raises what `make` raises."""

        def remember() -> None:
            self._store = make()

        await asyncio.get_running_loop().run_in_executor(self._thread, remember)

    async def do(self, work: Callable[[Store], Result]) -> Result:
        """Have the thread do this, after all that it was given before."""

        def with_store() -> Result:
            assert self._store is not None, "open comes first"
            return work(self._store)

        return await asyncio.get_running_loop().run_in_executor(self._thread, with_store)

    async def close(self) -> None:
        """Close the store, after all that the thread was given before, and end the thread."""

        def close() -> None:
            if self._store is not None:
                self._store.close()

        await asyncio.get_running_loop().run_in_executor(self._thread, close)
        self._thread.shutdown(wait=False)
