"""What the options mean, and what is said about those that mean nothing."""

from __future__ import annotations

import pytest

from alerts.errors import UserError
from netsim.virtual.fleet.scenario import (
    MIX,
    Cut,
    Tree,
    limits_of,
    read_alerts,
    read_cut,
    read_habits,
    read_links,
    read_shares,
    read_tree,
)
from server.settings import Limits


def test_a_tree_by_depth_and_fanout() -> None:
    tree = read_tree("2,3")
    assert (tree.levels, tree.nodes) == ([1, 3, 9], 13)
    assert [tree.parent(node) for node in range(1, 13)] == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3
    assert read_tree("none") == Tree()


@pytest.mark.parametrize("text", ["", "3", "2,x", "2,3,4", "2,0", "3,1000", "-1,2"])
def test_another_tree_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="--relays"):
        read_tree(text)


def test_shares_that_are_not_stated_share_the_rest() -> None:
    assert read_shares("--profile", ["3g=0.5", "edge", "gprs"]) == {"3g": 0.5, "edge": 0.25, "gprs": 0.25}
    assert read_shares("--profile", ["3g", "edge"]) == {"3g": 0.5, "edge": 0.5}
    assert read_shares("--profile", ["3g=0.3", "edge=0.1"]) == pytest.approx({"3g": 0.75, "edge": 0.25})


@pytest.mark.parametrize("texts", [["a=0"], ["a=x"], ["a=2"], ["a=0.7", "b=0.7"], ["a", "a"], ["a=1", "b"]])
def test_other_shares_are_refused(texts: list[str]) -> None:
    with pytest.raises(UserError, match="--profile"):
        read_shares("--profile", texts)


def test_links_and_habits_by_name() -> None:
    assert [(profile.name, share) for profile, share in read_links(["gprs"])] == [("gprs", 1.0)]
    assert {profile.name: share for profile, share in read_links([])} == MIX
    assert sum(MIX.values()) == pytest.approx(1)
    assert [(habit.name, habit.share) for habit in read_habits(["saver=0.4", "clinic"])] == [
        ("saver", 0.4),
        ("clinic", 0.6),
    ]
    with pytest.raises(UserError, match="did you mean clinic"):
        read_habits(["clinics"])
    with pytest.raises(UserError, match="gprz"):
        read_links(["gprz"])


def test_alerts_before_and_right_after_the_restart_unless_others_are_named() -> None:
    assert read_alerts([], 12.0, 0.0, 24.0) == (11 * 3600, 12 * 3600 + 1)
    assert read_alerts([], 12.0, 11.5, 1.0) == (11.75 * 3600, 12 * 3600 + 1)
    assert read_alerts([], None, 0.0, 24.0) == (12 * 3600,)
    assert read_alerts([9, 8.5], 12.0, 0.0, 24.0) == (8.5 * 3600, 9 * 3600)


def test_an_hour_outside_of_the_run_is_refused() -> None:
    with pytest.raises(UserError, match="hour 12"):
        read_alerts([], 12.0, 0.0, 6.0)
    with pytest.raises(UserError, match="at most 16"):
        read_alerts([1.0] * 17, None, 0.0, 6.0)


def test_each_hub_has_the_real_limits_and_room_for_its_devices() -> None:
    assert limits_of(Tree(), 100, None, None) == Limits()
    assert limits_of(Tree(), 1_000_000, None, None).device_connections_max == 1_000_000
    assert limits_of(Tree(2, 8), 1_000_000, None, None) == Limits()
    assert limits_of(Tree(), 1_000_000, 50.0, 7).device_connections_max == 7


def test_a_cut_by_hour_share_and_minutes() -> None:
    assert read_cut("9,0.2,30") == Cut(9 * 3600, 0.2, 1800)
    assert read_cut(None) is None


@pytest.mark.parametrize("text", ["", "9", "9,2,30", "9,0.5,0", "9,0.5,x", "-1,0.5,3"])
def test_another_cut_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="--cut"):
        read_cut(text)
