from __future__ import annotations

import pytest

from tests.support.stores import HOUR, NOON, SetClock


def test_the_time_is_the_wall_clock_s_in_whole_seconds() -> None:
    clock = SetClock(NOON + 0.9)
    hub_clock = clock.hub_clock()
    assert hub_clock.now() == NOON
    clock.pass_seconds(0.2)
    assert hub_clock.now() == NOON + 1


@pytest.mark.parametrize("step_s", [HOUR, -HOUR, 2.5, -2.5])
def test_a_step_is_found_and_followed_only_when_accepted(step_s: float) -> None:
    clock = SetClock()
    hub_clock = clock.hub_clock()
    clock.wall += step_s
    assert hub_clock.tick() == pytest.approx(step_s)
    assert hub_clock.now() == NOON
    assert hub_clock.tick() == pytest.approx(step_s), "not accepted, so it is found again"
    hub_clock.accept(step_s)
    assert hub_clock.now() == int(NOON + step_s)
    assert hub_clock.tick() is None


def test_a_long_pause_between_ticks_is_no_step() -> None:
    clock = SetClock()
    hub_clock = clock.hub_clock()
    clock.pass_seconds(100 * HOUR)
    assert hub_clock.tick() is None
    assert hub_clock.now() == NOON + 100 * HOUR


def test_a_clock_that_is_adjusted_back_gently_never_makes_the_time_go_back() -> None:
    clock = SetClock()
    hub_clock = clock.hub_clock()
    clock.pass_seconds(10)
    seen = [hub_clock.now()]
    for _ in range(20):
        clock.pass_seconds(1)
        clock.wall -= 0.5
        assert hub_clock.tick() is None
        seen.append(hub_clock.now())
    assert seen == sorted(seen)
    assert seen[-1] == NOON + 20, "and it follows the wall clock"
