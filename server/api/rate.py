"""Token buckets: how often each credential may do something."""

from __future__ import annotations

from cachetools import LRUCache

BUCKETS_MAX = 10_000
"""Credentials that are remembered; one that is pushed out starts with a full bucket."""


class Rate:
    """`per_second` on average, `burst` at once, for each name. `clock` is monotonic seconds."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._per_second = per_second
        self._burst = burst
        self._buckets: LRUCache[str, tuple[float, float]] = LRUCache(BUCKETS_MAX)

    def take(self, name: str, clock: float) -> float | None:
        """None: go ahead. Otherwise the seconds until the next one is due."""
        tokens, at = self._buckets.get(name, (float(self._burst), clock))
        tokens = min(float(self._burst), tokens + (clock - at) * self._per_second)
        if tokens < 1:
            self._buckets[name] = (tokens, clock)
            return (1 - tokens) / self._per_second
        self._buckets[name] = (tokens - 1, clock)
        return None

    def give_back(self, name: str) -> None:
        """What was taken last does not count."""
        tokens, at = self._buckets.get(name, (float(self._burst), 0.0))
        self._buckets[name] = (min(float(self._burst), tokens + 1), at)
