"""The waits of arrays are those of the real client."""

from __future__ import annotations

import random

import numpy as np
import pytest

from client.backoff import TOLD_SECONDS_MAX, Backoff
from netsim.virtual.fleet.waits import Waits


class Drawn(random.Random):
    """Chance that always falls on the same share of a range."""

    def __init__(self, share: float) -> None:
        super().__init__(0)
        self.share = share

    def uniform(self, a: float, b: float) -> float:
        return a + (b - a) * self.share


class DrawnArray(np.random.Generator):
    """The same for arrays."""

    def __init__(self, shares: np.ndarray) -> None:
        super().__init__(np.random.PCG64(0))
        self.shares = shares

    def random(self, *_: object, **__: object) -> np.ndarray:  # type: ignore[override]
        return self.shares


@pytest.mark.parametrize("seed", range(5))
def test_after_failures_as_the_real_one(seed: int) -> None:
    chance = np.random.default_rng(seed)
    failures, shares = chance.integers(0, 256, 200), chance.random(200)
    found = Waits(DrawnArray(shares)).after_failures(failures)
    for failed, share, wait in zip(failures, shares, found, strict=True):
        backoff = Backoff(Drawn(share))
        backoff.failures = int(failed)
        assert wait == pytest.approx(backoff.wait()), (seed, failed, share)


@pytest.mark.parametrize("seed", range(5))
def test_when_told_as_the_real_one(seed: int) -> None:
    chance = np.random.default_rng(seed)
    told, shares = chance.integers(0, 2 * int(TOLD_SECONDS_MAX), 200), chance.random(200)
    found = Waits(DrawnArray(shares)).after_told(told)
    for seconds, share, wait in zip(told, shares, found, strict=True):
        assert wait == pytest.approx(Backoff(Drawn(share)).wait(float(seconds))), (seed, seconds, share)


def test_without_a_backoff_nobody_waits() -> None:
    waits = Waits(np.random.default_rng(1), "none")
    assert not waits.after_failures(np.arange(9)).any()
    assert not waits.after_told(np.arange(9)).any()
