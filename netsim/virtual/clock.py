"""Virtual time, and the clocks that people set wrong.

true time      ─────────────────────────────▶  moves only when the schedule says so
hub's wall     true + offset                    can be set to any year
device's       true + a base of its own         monotonic; its wall clock is read by nobody
"""

from __future__ import annotations

START = 1_700_000_000.0
"""Seconds since 1970 at which every run begins."""

YEAR = 365 * 86_400


class VirtualClock:
    """The one time of a run, in seconds."""

    def __init__(self) -> None:
        self.true = START

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        assert seconds >= 0, "true time never goes back"
        self.true += seconds

    def elapsed(self) -> float:
        """Seconds since the run began."""
        return self.true - START


class HubWall:
    """A hub's clocks: a wall clock that can be set, and the monotonic one."""

    def __init__(self, clock: VirtualClock, offset: int = 0) -> None:
        self._clock = clock
        self.offset = offset

    def now(self) -> int:
        """What the hub takes for the time, in whole seconds since 1970."""
        return int(self._clock.true) + self.offset

    def monotonic(self) -> float:
        """Seconds that only ever grow."""
        return self._clock.elapsed()
