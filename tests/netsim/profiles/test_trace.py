"""A recorded link says what holds when, and begins anew at its end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.profiles.trace import Step, Track

TRACK = Track(file="x.csv", steps=(Step(0, 1000), Step(5, 0), Step(7.5, 2000, 0.1)), lasts_s=10)


@pytest.mark.parametrize(
    ("now_s", "rate_bit_s"), [(0, 1000), (4.99, 1000), (5, 0), (7.5, 2000), (9.99, 2000), (10, 1000), (26, 0)]
)
def test_it_replays_step_by_step_and_begins_anew(now_s: float, rate_bit_s: int) -> None:
    assert TRACK.at(now_s).rate_bit_s == rate_bit_s


@pytest.mark.parametrize(("now_s", "change_s"), [(0, 5), (5, 7.5), (6, 7.5), (7.5, 10), (9, 10), (10, 15), (29, 30)])
def test_it_says_when_the_next_step_begins(now_s: float, change_s: float) -> None:
    assert TRACK.next_change_s(now_s) == change_s


@given(st.floats(0, 1e6))
def test_the_next_step_is_always_later(now_s: float) -> None:
    change_s = TRACK.next_change_s(now_s)
    assert now_s < change_s <= now_s + 5.001


def test_means_are_over_time_and_loss_and_delay_over_what_passes() -> None:
    track = Track(
        file="x.csv",
        steps=(Step(0, 1000, 0.1, 50), Step(5, 0, 1.0, 900), Step(7.5, 2000, 0.3, 70)),
        lasts_s=10,
    )
    assert track.mean("rate_bit_s") == 1000
    assert track.mean("loss") == pytest.approx((0.1 * 5 + 0.3 * 2.5) / 7.5)
    assert track.mean("delay_ms") == pytest.approx((50 * 5 + 70 * 2.5) / 7.5)
    assert track.out_share == 0.25
    assert Track(file="x", steps=(Step(0),), lasts_s=1).mean("loss") is None
