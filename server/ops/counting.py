"""Counts the events of this hub by kind, for who watches the numbers."""

from __future__ import annotations

from server.event_tail import EventTail
from server.metrics import Metrics

LOOK_S = 3600.0


class EventCounting:
    """A service (server.service): what happens from now on, counted."""

    name = "counting"

    def __init__(self, events: EventTail, metrics: Metrics) -> None:
        self._events = events
        self._metrics = metrics
        self._cursor = events.newest

    async def run(self) -> None:
        """Count until cancelled."""
        while True:
            await self._events.wait(self._cursor, LOOK_S)
            for event in await self._events.after(self._cursor):
                self._metrics.happened.labels(str(event.kind)).inc()
                self._cursor = event.id
