"""Losses in bursts do what the formula says, in the long run and in the short."""

from __future__ import annotations

import random
from itertools import groupby, pairwise
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from netsim.profiles.bursts import Bursts, Losses

PACKETS = 20_000
bursts = st.builds(
    Bursts,
    good_loss=st.floats(0, 0.1),
    bad_loss=st.floats(0.2, 1),
    good_packets=st.floats(1, 200),
    bad_packets=st.floats(1, 20),
)
seeds = st.integers(0, 2**32)


def _memory(bursts: Bursts) -> float:
    """How many packets count as one: the correlation of the state decays by this factor with each packet."""
    decay = 1 - 1 / bursts.good_packets - 1 / bursts.bad_packets
    return max(1.0, (1 + decay) / (1 - decay))


@given(bursts, seeds)
def test_the_long_run_loss_is_the_formulas(bursts: Bursts, seed: int) -> None:
    losses = Losses(bursts, random.Random(seed))
    lost = sum(losses.is_next_lost() for _ in range(PACKETS)) / PACKETS
    share = bursts.mean_loss
    deviation = sqrt(share * (1 - share) * _memory(bursts) / PACKETS)
    assert abs(lost - share) < 6 * deviation + 1e-3


@given(bursts, seeds)
def test_the_same_seed_loses_the_same_packets(bursts: Bursts, seed: int) -> None:
    runs = [Losses(bursts, random.Random(seed)) for _ in range(2)]
    assert [runs[0].is_next_lost() for _ in range(200)] == [runs[1].is_next_lost() for _ in range(200)]


@pytest.mark.parametrize(("good_packets", "bad_packets"), [(50.0, 5.0), (20.0, 1.0), (400.0, 40.0)])
@pytest.mark.parametrize("seed", range(3))
def test_bursts_are_as_long_as_asked(good_packets: float, bad_packets: float, seed: int) -> None:
    losses = Losses(Bursts(bad_loss=1, good_packets=good_packets, bad_packets=bad_packets), random.Random(seed))
    runs = [(lost, len(list(run))) for lost, run in groupby(losses.is_next_lost() for _ in range(300_000))]
    for is_lost, expected in ((True, bad_packets), (False, good_packets)):
        lengths = [length for lost, length in runs[1:-1] if lost is is_lost]
        mean = sum(lengths) / len(lengths)
        assert abs(mean - expected) < 6 * sqrt(expected * (expected - 1) / len(lengths)) + 1e-9, f"seed {seed}"


def test_even_losses_remember_nothing() -> None:
    losses = Losses(Bursts.even(0.3), random.Random(7))
    lost = [losses.is_next_lost() for _ in range(100_000)]
    after_a_loss = [second for first, second in pairwise(lost) if first]
    assert abs(sum(lost) / len(lost) - 0.3) < 0.01
    assert abs(sum(after_a_loss) / len(after_a_loss) - 0.3) < 0.015


@pytest.mark.parametrize("wrong", [{"bad_loss": 1.5}, {"good_loss": -0.1}, {"good_packets": 0.5}, {"loss": 0.1}])
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        Bursts.model_validate({"good_packets": 10.0, "bad_packets": 2.0} | wrong)
