"""The events of one listener, in a queue that is bounded: who does not keep up is told so, and never costs more memory."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

from client.events import AlarmDue, Event, EventsMissed

EVENTS_MAX = 1000


class Subscription(AsyncIterator[Event]):
    """An endless iterator over events. Asking for the next one says that the one before has been dealt with."""

    def __init__(self, alarm_taken: Callable[[AlarmDue], Awaitable[None]], *, events_max: int = EVENTS_MAX) -> None:
        self._alarm_taken = alarm_taken
        self._events_max = events_max
        self._queue: deque[Event] = deque()
        self._in_hand: Event | None = None
        self._has_more = asyncio.Event()
        self._is_closed = False

    def put(self, event: Event) -> None:
        """Queue an event; where there is no room, what is queued gives way to the word that it was missed."""
        if len(self._queue) >= self._events_max:
            missed = sum(event.count if isinstance(event, EventsMissed) else 1 for event in self._queue)
            self._queue.clear()
            self._queue.append(EventsMissed(missed))
        self._queue.append(event)
        self._has_more.set()

    def close(self) -> None:
        """End the iteration behind what is queued."""
        self._is_closed = True
        self._has_more.set()

    def alarms(self) -> set[str]:
        """The alerts whose alarm is queued here or in the listener's hand."""
        events = (self._in_hand, *self._queue)
        return {entry.key for event in events if isinstance(event, AlarmDue) for entry in event.entries}

    async def __anext__(self) -> Event:
        if isinstance(self._in_hand, AlarmDue):
            await self._alarm_taken(self._in_hand)
        self._in_hand = None
        while not self._queue:
            if self._is_closed:
                raise StopAsyncIteration
            self._has_more.clear()
            await self._has_more.wait()
        self._in_hand = self._queue.popleft()
        return self._in_hand
