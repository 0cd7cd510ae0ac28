"""Campaigns in virtual time keep every promise; a planted bug breaks one; the same seed gives the same."""

from __future__ import annotations

import json
from importlib import import_module

import pytest

from alerts.errors import UserError
from netsim.profiles.library import load_profile
from netsim.virtual.costs import Costs
from netsim.virtual.timed_campaign import run_virtual
from netsim.virtual.timed_faults import TIMED_FAULTS

MINUTES = 6.0


@pytest.mark.parametrize("name", ["3g", "clinic-shared", "hf-radio", "worst"])
def test_no_promise_is_broken(name: str) -> None:
    for seed in range(3):
        result = run_virtual(load_profile(name), MINUTES, seed)
        assert result.violations == (), f"{name}, seed {seed}"
        counts = (result.lost, result.shown_twice, result.false_acknowledgements)
        assert (result.is_clean, counts) == (True, (0, 0, 0))
        assert result.published > 10
        assert result.delivered > 0.5 * result.addressed
        assert sum(result.faults.values()) > 3


def test_a_clone_is_sent_nothing_that_counts_on_what_its_original_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both stand as high, and one was given an alert that the other was spared: a lean message must not refer to it."""
    profile, minutes, seed = load_profile("bus-ride"), 10.0, 15
    assert run_virtual(profile, minutes, seed).violations == ()
    import_module("tests.planted.clone_taken_for_its_original").plant(monkeypatch)
    assert run_virtual(profile, minutes, seed).violations


def test_the_same_arguments_give_the_same_result() -> None:
    first, second = (run_virtual(load_profile("edge"), 3, 5, is_traced=True) for _ in range(2))
    assert first == second
    assert first.trace
    assert first.deliveries_ms != run_virtual(load_profile("edge"), 3, 6).deliveries_ms


def test_machines_get_the_fields_of_a_campaign() -> None:
    said = json.loads(json.dumps(run_virtual(load_profile("lan"), 2, 1, devices=1, faults=["cut"]).as_json()))
    fields = {"published", "delivered", "lost", "shown_twice", "false_acknowledgements", "faults", "seed"}
    assert fields < set(said)
    assert set(said["faults"]) <= {"cut"}
    assert said["delivery_ms"]["p50"] >= 1


@pytest.mark.parametrize("bug", ["canary", "cursor_past_what_is_due", "as_of_not_checked", "outbox_epoch_kept"])
def test_a_planted_bug_is_caught(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import_module(f"tests.planted.{bug}").plant(monkeypatch)
    profile = load_profile("lan")
    assert any(run_virtual(profile, MINUTES, seed).violations for seed in range(10))


def test_a_word_before_the_commit_is_caught_where_commits_are_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    import_module("tests.planted.stored_before_commit").plant(monkeypatch)
    costs = Costs(commit_ms=3000)
    found = [run_virtual(load_profile("lan"), MINUTES, seed, costs=costs) for seed in range(5)]
    assert any(result.false_acknowledgements for result in found)


def test_an_unknown_fault_is_told_with_all_that_there_are() -> None:
    with pytest.raises(UserError, match="'flood'") as caught:
        run_virtual(load_profile("lan"), 1, 1, faults=["flood"])
    assert all(name in caught.value.hint for name in TIMED_FAULTS)
