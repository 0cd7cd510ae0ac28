"""The delay has the mean and the deviation that were asked for, and changes little between packets in a row."""

from __future__ import annotations

import itertools
import random
import statistics

import pytest

from netsim.packet.wander import MEMORY_SECONDS, Wander
from tests.support.seeds import new_seed


def test_without_a_spread_the_delay_is_the_mean() -> None:
    wander = Wander(300, 0, random.Random(0))
    assert {wander.delay_seconds(at) for at in (0.0, 1.0, 50.0)} == {0.3}
    assert Wander(0, 20, random.Random(0)).delay_seconds(0.0) == 0.0


@pytest.mark.parametrize(("mean_ms", "spread_ms"), [(300, 30), (100, 100)])
def test_mean_and_deviation_are_those_asked_for(mean_ms: float, spread_ms: float) -> None:
    seed = new_seed()
    wander = Wander(mean_ms, spread_ms, random.Random(seed))
    count = 40_000
    drawn_ms = [wander.delay_seconds(turn * 10 * MEMORY_SECONDS) * 1000 for turn in range(count)]
    assert min(drawn_ms) > 0
    assert abs(statistics.fmean(drawn_ms) - mean_ms) < 6 * spread_ms / count**0.5
    assert statistics.stdev(drawn_ms) == pytest.approx(spread_ms, rel=0.15)


def test_a_moment_later_the_delay_is_nearly_the_same() -> None:
    seed = new_seed()
    wander = Wander(300, 60, random.Random(seed))
    drawn_ms = [wander.delay_seconds(turn * 0.001) * 1000 for turn in range(10_000)]
    steps_ms = [abs(later - earlier) for earlier, later in itertools.pairwise(drawn_ms)]
    assert statistics.fmean(steps_ms) < 6, "drawn anew each time it would be some 70"
    assert max(drawn_ms) - min(drawn_ms) > 60, "in ten seconds it goes far"
