"""Who there is when a run begins."""

from __future__ import annotations

import numpy as np
import pytest

from netsim.profiles import Outage
from netsim.virtual.fleet.habits import HABITS
from netsim.virtual.fleet.population import OFF, UP, WAITING, Population
from netsim.virtual.fleet.scenario import Tree
from tests.netsim.virtual.fleet.worlds import CLEAN, profile_with, scenario


def people(**parts: object) -> Population:
    return Population(scenario(**{"devices": 20_000, **parts}), np.random.default_rng(5))


def test_who_is_on_is_connected_unless_the_link_is_out() -> None:
    outage = Outage(every_s=1000, lasts_s=200, distribution="fixed")
    found = people(links=((CLEAN, 0.5), (profile_with(outage), 0.5)), habits=HABITS, begin_s=12 * 3600)
    is_out = found.out_until > 12 * 3600
    assert is_out.mean() == pytest.approx(0.5 * 0.2, abs=0.01)
    assert ((found.state == UP) == (~is_out & (found.state != OFF))).all()
    assert (found.state[is_out] != UP).all()
    assert ((found.state == UP) == found.is_held).all()
    assert (found.act_at[found.state == WAITING] < 12 * 3600 + 61).all()
    assert found.toggle_at.min() >= 12 * 3600


def test_a_run_that_begins_at_noon_finds_the_day_as_one_that_began_at_midnight() -> None:
    noon = people(habits=HABITS, begin_s=12 * 3600)
    expected = 0.55 * 0.9 + 0.2 * 3 / 7 + 0.2 * 22 / 24 + 0.05 * 0.98
    assert (noon.state != OFF).mean() == pytest.approx(expected, abs=0.015)


def test_relays_stand_behind_the_devices_each_at_its_parent() -> None:
    found = people(devices=90, tree=Tree(2, 3))
    assert found.count == 90 + 12
    assert np.bincount(found.hub).tolist() == [3, 3, 3, 3] + [10] * 9
    assert [found.node_of_relay(found.relay(node)) for node in range(1, 13)] == list(range(1, 13))
    assert (found.link[90:] == 1).all()
    assert (found.toggle_at[90:] > 1e9).all()


def test_rows_follow_the_shares() -> None:
    found = people(links=((CLEAN, 0.3), (CLEAN, 0.6)))
    assert np.bincount(found.link) / 20_000 == pytest.approx([1 / 3, 2 / 3], abs=0.02)


def test_due_is_who_has_anything_to_do() -> None:
    found = people(devices=100)
    assert not len(found.due_by(1e6))
    for row, name in enumerate(("toggle_at", "outage_at", "act_at", "silent_at")):
        getattr(found, name)[row] = 50.0
    assert found.due_by(51.0).tolist() == [0, 1, 2, 3]
    assert found.due_by(50.0).tolist() == []
