"""Lists that wait for something to list: a poll that is answered when there is an answer, or when its time is up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from server.api.handler import ApiHandler
from server.reading import Page

Item = TypeVar("Item")


class Polling(ApiHandler):
    """What lists that may wait have in common."""

    _task: asyncio.Task[None] | None = None

    async def poll(
        self,
        read: Callable[[int], Awaitable[Page[Item]]],
        wait: Callable[[int, float], Awaitable[bool]],
        after: int,
        seconds: float,
    ) -> Page[Item]:
        """The page above `after`; where it is empty, the first that is not within so many seconds, or the last that was."""
        page = await read(after)
        if page.items or page.has_more or not seconds or self.request.method == "HEAD":
            return page

        async def until_there_is_one() -> None:
            nonlocal page
            while not page.items:
                if await wait(page.upto, seconds):
                    page = await read(page.upto)

        with self.api.streams.place(self.credential.name):
            self._task = self.api.streams.begin(until_there_is_one())
            done, _ = await asyncio.wait({self._task}, timeout=seconds)
            if done and not self._task.cancelled():
                self._task.result()
            self._task.cancel()
        return page

    def on_connection_close(self) -> None:
        """Nobody waits any more."""
        if self._task is not None:
            self._task.cancel()
