"""How long to stay away after a connection failed or ended: exponential, with full jitter, and never sooner than told."""

from __future__ import annotations

import random

BASE_SECONDS = 1.0
CAP_SECONDS = 60.0
TOLD_SECONDS_MAX = 3600.0
"""However long a hub, or what poses as one, tells a device to stay away."""


class Backoff:
    """The waits of one link. Where thousands of devices lost the same hub, no two of them come back at the same moment."""

    def __init__(self, rng: random.Random, *, base_s: float = BASE_SECONDS, cap_s: float = CAP_SECONDS) -> None:
        self._rng = rng
        self._base_s = base_s
        self._cap_s = cap_s
        self.failures = 0
        """Connections in a row that came to nothing."""

    def wait(self, told_s: float | None = None) -> float:
        """Seconds until the next attempt. `told_s`: not before that; what comes on top spreads those who were told the same."""
        self.failures += 1
        jitter = self._rng.uniform(0, min(self._cap_s, self._base_s * 2 ** min(self.failures - 1, 30)))
        if told_s is None:
            return jitter
        told_s = min(told_s, TOLD_SECONDS_MAX)
        return told_s + self._rng.uniform(0, min(self._cap_s, self._base_s + told_s / 10))

    def reset(self) -> None:
        """A connection was good, or a person asked to connect at once."""
        self.failures = 0
