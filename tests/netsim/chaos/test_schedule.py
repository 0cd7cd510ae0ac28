"""A schedule comes from its seed alone, fits its length, and never has two faults on one target at once."""

from __future__ import annotations

from itertools import pairwise

from netsim.chaos.schedule import HUB, QUIET_SHARE, Schedule, draw

DEVICES = ("amina", "tomas", "moussa")
FAULTS = {"cut": False, "hub-kill": True, "stall": False}


def _drawn(seed: int, minutes: float = 10.0) -> Schedule:
    return draw(seed, length_s=minutes * 60, pace_a_minute=6.0, devices=DEVICES, faults=FAULTS)


def test_the_same_seed_draws_the_same_and_another_another() -> None:
    assert _drawn(1) == _drawn(1) != _drawn(2)


def test_everything_lies_within_the_time_and_the_end_is_quiet() -> None:
    for seed in range(20):
        schedule = _drawn(seed)
        assert all(0 <= act.at_s < schedule.length_s for _, act in schedule.acts), f"seed {seed}"
        end_s = schedule.length_s * (1 - QUIET_SHARE)
        assert all(spell.at_s + spell.lasts_s <= end_s + 1e-6 for _, spell in schedule.spells), f"seed {seed}"


def test_a_target_has_one_fault_at_a_time_and_the_hub_its_own() -> None:
    for seed in range(20):
        spells = [spell for _, spell in _drawn(seed).spells]
        for target in (*DEVICES, HUB):
            for before, after in pairwise(spell for spell in spells if spell.target == target):
                assert before.at_s + before.lasts_s <= after.at_s, f"seed {seed}"
        assert all((spell.target == HUB) == FAULTS[spell.name] for spell in spells), f"seed {seed}"


def test_the_pace_is_about_what_was_asked() -> None:
    costly = sum(act.kind in ("publish", "update", "cancel") for _, act in _drawn(7, minutes=200).acts)
    assert 0.8 < costly / (200 * 6.0) < 1.2


def test_something_is_published_however_short_it_is() -> None:
    assert all(_drawn(seed, minutes=0.05).acts[0][1].kind == "publish" for seed in range(5))


def test_places_stay_when_others_are_left_out() -> None:
    schedule = _drawn(3)
    some = schedule.indexes[::3]
    shorter = schedule.only(some)
    assert set(shorter.indexes) == set(some)
    assert all(one in schedule.acts for one in shorter.acts) and all(one in schedule.spells for one in shorter.spells)
    assert schedule.only(schedule.indexes) == schedule
