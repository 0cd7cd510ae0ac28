"""A delay that wanders about its mean, slowly enough that packets in a row keep their distance.

Delays drawn anew for each packet would, with the order kept, make every packet of a stream wait for the slowest of
its neighbours: the mean of a stream would be far above the mean asked for. So the delay has a memory of about a
second. It is log-normal: never negative, its mean and its standard deviation are those asked for.
"""

from __future__ import annotations

import math
import random

MEMORY_SECONDS = 1.0
"""After this time the correlation of the delay with what it was has fallen to 1/e."""


class Wander:
    """The delay of what leaves at a moment."""

    def __init__(self, mean_ms: float, spread_ms: float, chance: random.Random) -> None:
        self._gauss = chance.gauss
        self._mean_seconds = mean_ms / 1000
        self._sigma = 0.0
        if spread_ms and mean_ms:
            self._sigma = math.sqrt(math.log1p((spread_ms / mean_ms) ** 2))
        self._place = 0.0  # a standard normal value with a memory (Ornstein and Uhlenbeck)
        self._at: float | None = None

    def delay_seconds(self, at: float) -> float:
        """How long what leaves at this moment is under way; moments come in their order."""
        if not self._sigma:
            return self._mean_seconds
        kept = 0.0 if self._at is None else math.exp((self._at - at) / MEMORY_SECONDS)
        self._at = at
        self._place = kept * self._place + math.sqrt(max(1 - kept * kept, 0.0)) * self._gauss(0.0, 1.0)
        return self._mean_seconds * math.exp(self._sigma * self._place - self._sigma**2 / 2)
