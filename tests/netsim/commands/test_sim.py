"""The command: what it prints, what it returns, and that a failure says how to repeat it."""

from __future__ import annotations

import json

import pytest

from netsim.commands.sim import sim
from tests.planted import canary


def test_counts_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    assert sim(seeds=4, jobs=1, json=True) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["seeds"], said["violations"], said["first_failing_seed"]) == (4, 0, None)
    assert said["virtual_hours"] >= 0


def test_says_it_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert sim(seeds=2, first_seed=100, jobs=2) == 0
    assert "2 seeds" in capsys.readouterr().out


def test_a_seed_that_holds_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert sim(seed=1) == 0
    out = capsys.readouterr().out
    assert "begins epoch" in out
    assert out.endswith("seed 1: no promise was broken\n")


def test_a_failure_names_the_seed_and_the_command_that_repeats_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary.plant(monkeypatch)
    assert sim(seeds=10, jobs=1, json=True) == 1
    told = capsys.readouterr()
    seed = json.loads(told.out)["first_failing_seed"]
    assert f"repeat with: tocsin-netsim sim --seed {seed}" in told.err
    assert sim(seed=seed) == 1
    told = capsys.readouterr()
    assert "VIOLATION" in told.out
    assert "operations left of" in told.out
    assert sim(seed=seed, json=True) == 1
    assert json.loads(capsys.readouterr().out)["violations"] == 1
    assert sim(seed=seed, full=True) == 1


def test_another_length_is_part_of_the_command(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary.plant(monkeypatch)
    assert sim(seeds=3, jobs=1, length=150) == 1
    assert "--length 150" in capsys.readouterr().err
