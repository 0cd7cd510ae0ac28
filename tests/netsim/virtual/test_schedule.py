"""Schedules: drawn from the seed alone, and made of what a world can do."""

from __future__ import annotations

from netsim.virtual.schedule import CHANCES, OPERATIONS, draw
from netsim.virtual.world import World


def test_the_same_seed_draws_the_same() -> None:
    assert draw(5) == draw(5)
    assert draw(5) != draw(6)
    assert len(draw(5)) == OPERATIONS


def test_a_longer_schedule_has_more_of_everything() -> None:
    assert {name for name, _ in draw(1, 5000)} == set(CHANCES)


def test_a_world_can_do_exactly_what_is_scheduled() -> None:
    assert {name.removeprefix("do_") for name in dir(World) if name.startswith("do_")} == set(CHANCES)
