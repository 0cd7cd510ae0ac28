"""What happens when, in virtual time: a heap of events, and timers that can be put off without filling it."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

from netsim.virtual.clock import START, VirtualClock

Action = Callable[[], None]


class Timeline:
    """Events in the order of their times; those of one moment in the order in which they were made."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._order = count()
        self._events: list[tuple[float, int, Action]] = []
        self.now = clock.elapsed()
        """Seconds since the run began. The clock's, which counts from 1970, are less exact."""

    def at(self, moment_s: float, action: Action) -> None:
        """Do something at this moment; at once if it has passed."""
        heapq.heappush(self._events, (max(moment_s, self.now), next(self._order), action))

    def after(self, delay_s: float, action: Action) -> None:
        """Do something when so many seconds have passed."""
        self.at(self.now + delay_s, action)

    def run_until(self, moment_s: float) -> None:
        """Let everything happen that is due by this moment, and time come to it."""
        while self._events and self._events[0][0] <= moment_s:
            due, _, action = heapq.heappop(self._events)
            self._set(due)
            action()
        self._set(max(moment_s, self.now))

    def _set(self, moment_s: float) -> None:
        assert moment_s >= self.now, "true time never goes back"
        self.now = moment_s
        self._clock.true = START + moment_s


class Timer:
    """One action at one moment that may be moved. Moved later it costs no new event."""

    def __init__(self, timeline: Timeline, action: Action) -> None:
        self.due_s: float | None = None
        """When it goes off; None: it does not."""
        self._timeline = timeline
        self._action = action
        self._next_look_s: float | None = None

    def set(self, moment_s: float | None) -> None:
        """Go off at this moment, and at no other."""
        self.due_s = moment_s
        if moment_s is not None and (self._next_look_s is None or moment_s < self._next_look_s):
            self._look_at(moment_s)

    def _look_at(self, moment_s: float) -> None:
        self._next_look_s = moment_s
        self._timeline.at(moment_s, lambda: self._look(moment_s))

    def _look(self, planned_s: float) -> None:
        if self._next_look_s != planned_s:
            return  # an earlier look has taken its place
        self._next_look_s = None
        if self.due_s is None:
            return
        if self.due_s > self._timeline.now:
            self._look_at(self.due_s)
        else:
            self.due_s = None
            self._action()
