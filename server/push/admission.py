"""How many devices may connect a second: after a power cut in a city, all of them come back at once."""

from __future__ import annotations

import random


class Admission:
    """A token bucket over upgrades. `clock` is monotonic seconds; the waits that it names are spread by `rng`."""

    def __init__(self, per_second: float, burst: int, connections_max: int, rng: random.Random, clock: float) -> None:
        self._per_second = per_second
        self._burst = burst
        self._connections_max = connections_max
        self._rng = rng
        self._tokens = float(burst)
        self._at = clock

    def admit(self, connected: int, clock: float) -> int | None:
        """None: come in. Otherwise the seconds after which to try again, different for everybody."""
        self._tokens = min(self._burst, self._tokens + (clock - self._at) * self._per_second)
        self._at = clock
        if connected >= self._connections_max:
            return self._rng.randint(30, 90)
        if self._tokens < 1:
            return self._rng.randint(1, 10)
        self._tokens -= 1
        return None
