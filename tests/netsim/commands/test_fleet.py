"""The command: the same figures for the same seed, in words and for machines, and what is said when it cannot be."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.commands import fleet as command
from netsim.commands.fleet import fleet
from netsim.virtual.fleet.habits import HABITS
from netsim.virtual.fleet.ledger import KINDS
from netsim.virtual.fleet.scenario import MIX

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "fleet.md").read_text(encoding="utf-8")


def test_the_same_seed_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for seed in (3, 3, 4):
        fleet(devices=300, begin=11.9, hours=0.2, seed=seed, json=True)
        said.append(capsys.readouterr().out)
    assert said[0] == said[1] != said[2]
    found = json.loads(said[0])
    assert (found["devices"], found["relays"], found["seed"]) == (300, 0, 3)
    assert [set(one["seconds"]) for one in found["deliveries"]] == [{"50", "90", "99"}] * 2
    assert set(found["bytes_by_kind"]) == set(KINDS)


def test_in_words_and_as_a_picture(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    fleet(devices=300, relays="1,3", begin=11.9, hours=0.2, plot=tmp_path / "fleet.svg", restart="all")
    out = capsys.readouterr().out
    assert "300 devices at 3 relays" in out
    assert "Restart (all) at 12:00" in out
    assert "The busiest of the lowest: 100 devices" in out
    assert (tmp_path / "fleet.svg").read_text().startswith("<?xml")


def test_without_a_restart(capsys: pytest.CaptureFixture[str]) -> None:
    fleet(devices=100, begin=11.9, hours=0.1, restart="none", profile=("gprs=0.5", "edge"), habit=("clinic",))
    out = capsys.readouterr().out
    assert "all the time" in out
    assert "Restart" not in out


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="numpy") as raised:
        fleet(devices=10)
    assert "tocsin[netsim]" in raised.value.hint


def test_a_picture_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be written"):
        fleet(devices=10, begin=11.9, hours=0.15, plot=tmp_path / "no" / "fleet.svg", json=True)


def test_the_page_has_every_option_habit_profile_and_kind() -> None:
    for name in inspect.signature(fleet).parameters:
        assert f"`--{name.replace('_', '-')}" in PAGE, name
    for habit in HABITS:
        assert f"| {habit.name} | {habit.words} | {habit.share * 100:.0f} % |" in PAGE
    for name, share in MIX.items():
        assert re.search(rf"\b{name} {share * 100:.0f} %", PAGE), name
    for kind in KINDS:
        assert f"| {kind} |" in PAGE


def test_large_counts_fit_into_a_narrow_table() -> None:
    assert [command._count(value) for value in (0, 9_999_999, 253_236_367)] == ["0", "9,999,999", "253.2 M"]
