"""Whether a link is out at a moment, drawn only as far as anybody has asked."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Sequence

from netsim.profiles.outages import Outage, draw_outages


class Outages:
    """The outages of one link from `begins_at` (seconds) on; the same chance draws the same, whoever asks for what.

    Both ways of a link share one, as it fails both ways at once.
    """

    def __init__(self, outages: Sequence[Outage], chance: random.Random, begins_at: float) -> None:
        self._begins_at = begins_at
        self._coming = draw_outages(outages, chance)
        self._begins: list[float] = []
        self._ends: list[float] = []
        self._is_drawn_until = float("inf") if not outages else begins_at

    def is_on(self, at: float) -> bool:
        """Whether nothing passes at this moment (seconds); moments may be asked for in any order."""
        while self._is_drawn_until <= at:
            begins_s, ends_s = next(self._coming)
            self._begins.append(self._begins_at + begins_s)
            self._ends.append(self._begins_at + ends_s)
            self._is_drawn_until = self._ends[-1]
        index = bisect_right(self._begins, at) - 1
        return index >= 0 and at < self._ends[index]
