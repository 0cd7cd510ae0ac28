"""Clocks: one true time, and a hub's wall clock that can be set to any year."""

from __future__ import annotations

import pytest

from netsim.virtual.clock import START, YEAR, HubWall, VirtualClock


def test_time_moves_only_forward_and_only_when_told() -> None:
    clock = VirtualClock()
    clock.advance(1.5)
    assert (clock.true, clock.elapsed()) == (START + 1.5, 1.5)
    with pytest.raises(AssertionError):
        clock.advance(-1)


def test_a_wall_clock_set_wrong_leaves_the_monotonic_one_alone() -> None:
    clock = VirtualClock()
    wall = HubWall(clock)
    wall.offset = -30 * YEAR
    clock.advance(2)
    assert wall.now() == int(START) + 2 - 30 * YEAR
    assert wall.monotonic() == 2
