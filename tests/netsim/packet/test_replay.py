"""A recorded course holds step by step from where it began, and begins anew at its end."""

from __future__ import annotations

import pytest

from netsim.packet.replay import Replay
from netsim.profiles.trace import Step, Track

TRACK = Track(
    file="drive.csv",
    steps=(Step(0, 8000, 0.0, 100), Step(2, 0, 1.0, None), Step(3, 16_000, None, 200)),
    lasts_s=4,
)


def test_bits_pass_as_the_steps_allow() -> None:
    replay = Replay(TRACK, begins_at=100.0)
    assert replay.has_rate
    assert replay.sent_at(100.0, 8000) == 101.0
    assert replay.sent_at(101.5, 4000) == 102.0
    assert replay.sent_at(101.5, 12_000) == 103.5, "nothing passes from 102 to 103"
    assert replay.sent_at(102.5, 16_000) == 104.0
    assert replay.sent_at(103.0, 24_000) == 105.0, "it has begun anew"
    assert replay.sent_at(100.0, 32_000 * 10) == 140.0


def test_loss_and_delay_are_those_of_the_step() -> None:
    replay = Replay(TRACK, begins_at=100.0)
    assert [replay.loss(at) for at in (100.0, 102.0, 103.5, 106.5)] == [0.0, 1.0, 0.0, 1.0]
    assert [replay.delay_ms(at) for at in (101.0, 102.0, 103.5, 104.0)] == [100, None, 200, 100]


def test_a_step_without_a_rate_lets_all_pass_at_once() -> None:
    replay = Replay(Track(file="mixed.csv", steps=(Step(0, 8000), Step(1, None)), lasts_s=2), begins_at=0.0)
    assert replay.sent_at(0.5, 80_000) == 1.0


def test_a_track_may_say_nothing_of_the_rate() -> None:
    assert not Replay(Track(file="lossy.csv", steps=(Step(0, None, 0.5),), lasts_s=1), 0.0).has_rate


def test_a_track_on_which_nothing_ever_passes_is_a_mistake() -> None:
    with pytest.raises(AssertionError, match="nothing ever passes"):
        Replay(Track(file="dead.csv", steps=(Step(0, 0),), lasts_s=1), 0.0)
