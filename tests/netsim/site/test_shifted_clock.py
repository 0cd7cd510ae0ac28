"""A clock that is wrong by what was said, and the right one beside it."""

from __future__ import annotations

import time

from netsim.site.shifted_clock import ShiftedClock


def test_it_is_off_by_its_offset_and_follows_it() -> None:
    clock = ShiftedClock(-1_000_000.0)
    assert -1_000_001 < clock.wall() - clock.real() < -999_999
    clock.offset_s = 86_400
    assert 86_399 < clock.wall() - clock.real() < 86_401


def test_it_takes_over_the_time_of_its_process() -> None:
    right, clock = time.time, ShiftedClock(1e9)
    try:
        clock.take_over()
        assert time.time() > right() + 9e8
        assert clock.real() < right() + 10
    finally:
        time.time = right
