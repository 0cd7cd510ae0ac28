"""A wall clock that somebody has set wrong, in one process."""

from __future__ import annotations

import time

_real_time = time.time


class ShiftedClock:
    """The machine's wall clock plus an offset that may change at any moment. Monotonic clocks are not touched."""

    def __init__(self, offset_s: float = 0.0) -> None:
        self.offset_s = offset_s

    def wall(self) -> float:
        """Seconds since 1970, as the wrong clock has it."""
        return _real_time() + self.offset_s

    @staticmethod
    def real() -> float:
        """Seconds since 1970, as the machine has it."""
        return _real_time()

    def take_over(self) -> None:
        """Have every `time.time()` of this process answer by this clock: so nothing can look at the right one."""
        time.time = self.wall
