"""The newest events in memory, so that many who follow them ask the store once, and a bell for who waits for the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from peewee import SqliteDatabase

from server.bell import Bell
from server.events import Event
from server.store import events as event_rows

TAIL_MAX = 2000
"""Events held; who stands further back reads from the store."""
READ_MAX = 1000

Result = TypeVar("Result")
Read = Callable[[Callable[[SqliteDatabase], Any]], Awaitable[Any]]


class EventTail:
    """The log of events as a hub's parts follow it. Lives on the event loop."""

    def __init__(self, read: Read, newest: int = 0) -> None:
        """`read` runs a job on the store; `newest` is the newest event when the hub opened."""
        self._read = read
        self._tail: deque[Event] = deque(maxlen=TAIL_MAX)
        self._from = newest
        """What is held begins above this number."""
        self.newest = newest
        self._bell = Bell()
        self._looking = asyncio.Lock()
        self._is_behind = False

    def expect(self) -> None:
        """Something was written: who asks next is answered when it has been looked at."""
        self._is_behind = True

    async def after(self, number: int, *, limit: int = READ_MAX) -> list[Event]:
        """The events above a number, in order, at most `limit`, those among them that were written before this was asked.

        Raises StoreError.
        """
        if self._is_behind or self._looking.locked():
            await self.look()
        if number >= self.newest:
            return []
        if number >= self._from:
            return [event for event in self._tail if event.id > number][:limit]
        found: list[Event] = await self._read(lambda db: event_rows.events_after(db, number, limit))
        return found

    async def wait(self, after: int, timeout_s: float) -> bool:
        """Wait for an event above a number; False: there was none in time (seconds)."""
        return await self._bell.until(lambda: self.newest > after, timeout_s)

    async def look(self) -> None:
        """Take up what was written since the last look, and wake who waits. Raises StoreError."""
        async with self._looking:
            self._is_behind = False
            try:
                while found := await self._read(self._next):
                    self._take_up(found)
            except BaseException:
                self._is_behind = True
                raise

    def _take_up(self, found: list[Event]) -> None:
        for event in found:
            if len(self._tail) == TAIL_MAX:
                self._from = self._tail[0].id
            self._tail.append(event)
        self.newest = found[-1].id
        self._bell.ring()

    def _next(self, db: SqliteDatabase) -> list[Event]:
        return event_rows.events_after(db, self.newest, READ_MAX)
