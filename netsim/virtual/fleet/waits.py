"""How long many devices stay away, at once: the waits of the real `Backoff`, read off into tables that arrays can index.

The real one draws evenly between two edges that depend on the failures so far, or on what it was told. It is asked for these
edges once, with a chance that is nothing but an edge; the draw between them is what is done here.
"""

from __future__ import annotations

import random
from typing import Literal

import numpy as np
import numpy.typing as npt

from client.backoff import TOLD_SECONDS_MAX, Backoff

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]

FAILURES_MAX = 32
"""Beyond these the real wait no longer grows."""

Kind = Literal["full", "none"]


class _Edge(random.Random):
    """Chance that always falls on one edge: 0 the lower, 1 the upper."""

    def __init__(self, edge: float) -> None:
        super().__init__(0)
        self._edge = edge

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self._edge


def _by_failures(edge: float) -> Floats:
    backoff = Backoff(_Edge(edge))
    return np.array([backoff.wait() for _ in range(FAILURES_MAX + 1)])


def _by_told(edge: float) -> Floats:
    return np.array([Backoff(_Edge(edge)).wait(float(told)) for told in range(int(TOLD_SECONDS_MAX) + 1)])


class Waits:
    """Draws waits in seconds. `kind` "none" is a client without any backoff: it comes back at once, whatever it was told."""

    def __init__(self, chance: np.random.Generator, kind: Kind = "full") -> None:
        self._chance = chance
        self._is_none = kind == "none"
        self._failed = (_by_failures(0.0), _by_failures(1.0))
        self._told = (_by_told(0.0), _by_told(1.0))

    def after_failures(self, failures: Integers) -> Floats:
        """The waits after connections that came to nothing; `failures` are those in a row before this one."""
        return self._between(self._failed, np.minimum(failures, FAILURES_MAX))

    def after_told(self, told_s: Integers) -> Floats:
        """The waits of who was told not to come back before so many whole seconds."""
        return self._between(self._told, np.minimum(told_s, int(TOLD_SECONDS_MAX)))

    def _between(self, edges: tuple[Floats, Floats], index: Integers) -> Floats:
        if self._is_none:
            return np.zeros(len(index))
        low, high = edges[0][index], edges[1][index]
        return low + (high - low) * self._chance.random(len(index))
