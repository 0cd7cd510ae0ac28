"""The hub's time: the wall clock, watched by the monotonic one.

Everything at the hub is judged by `now()`. It follows the wall clock while that runs evenly, and never goes back by
itself. A wall clock that is set (it moves by more than STEP_SECONDS against the monotonic one) is a step: the hub then begins
a new epoch, because what was judged in force before the step may not be so after it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

STEP_SECONDS = 2.0
"""What adjusting clocks (NTP) stays below within one tick, and a person or a first contact with a time server exceeds."""


class HubClock:
    """The hub's time in whole seconds since 1970, from a wall clock and a monotonic clock, both in seconds."""

    def __init__(self, wall: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self.monotonic = monotonic
        self._base = wall()
        self._since = monotonic()
        self._latest = int(self._base)

    def _reckoned(self) -> float:
        return self._base + self.monotonic() - self._since

    def now(self) -> int:
        """The hub's time. It goes back only where a step back is accepted."""
        self._latest = max(self._latest, int(self._reckoned()))
        return self._latest

    def tick(self) -> float | None:
        """Follow the wall clock; call it about once a second. The seconds of a step (negative: back), or None.

        A step is not followed before `accept`: what depends on the time changes together with it.
        """
        drift = self._wall() - self._reckoned()
        if abs(drift) > STEP_SECONDS:
            return drift
        self._base += drift
        return None

    def accept(self, step_s: float) -> None:
        """Follow a step that `tick` found."""
        self._base += step_s
        self._latest = int(self._reckoned())
