"""The command: the list, one with its sources, a check of one's own; for people and for machines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim import cli
from netsim.commands.profiles import check, list_, show
from netsim.profiles.library import load_profile, profile_names


def test_the_list_names_all_and_fits_80_columns(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    cli.app(["profiles"], result_action="return_value")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[2:-1]] == profile_names()
    assert all(len(line) <= 80 and "…" not in line for line in lines)


def test_the_list_for_machines(capsys: pytest.CaptureFixture[str]) -> None:
    list_(json=True)
    told = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert list(told) == profile_names()
    assert told["gprs"]["down"]["rate_bit_s"] == load_profile("gprs").down.rate_bit_s
    assert told["bus-ride"]["trace"] == "traces/bus-ride.csv"


@pytest.mark.parametrize("name", profile_names())
def test_one_is_shown_with_every_source(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show(name)
    out = capsys.readouterr().out
    profile = load_profile(name)
    assert profile.title in out
    for path, source in profile.sources.items():
        assert path in out.replace("\n", " ")
        assert all(text in out for text in (source.title, source.where, source.note))
    assert "no source" not in out


def test_one_for_machines_has_a_source_for_each_figure(capsys: pytest.CaptureFixture[str]) -> None:
    show("worst", json=True)
    told = json.loads(capsys.readouterr().out)
    assert set(told["sources"]) == set(load_profile("worst").figures())
    assert told["sources"]["nat.idle_s"]["note"].startswith("invented: ")


def test_ones_own_is_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "village.toml"
    file.write_text('title = "x"\n[up]\ndelay_ms = 40\n')
    check(str(file))
    assert capsys.readouterr().out == f"{file}: a valid profile, 1 figure.\nWithout a source: up.delay_ms\n"
    check(str(file), json=True)
    told = json.loads(capsys.readouterr().out)
    assert (told["name"], told["figures"], told["without_source"]) == ("village", 1, ["up.delay_ms"])
    show(str(file))
    assert "up.delay_ms\n    no source\n" in capsys.readouterr().out


def test_what_is_wrong_is_told_with_the_exit_code_of_a_wrong_file(tmp_path: Path) -> None:
    file = tmp_path / "village.toml"
    file.write_text('title = "x"\n[up]\ndelay = 40\n')
    with pytest.raises(UserError, match=r"up\.delay: there is no such key; did you mean delay_ms\?") as caught:
        cli.app(["profiles", "check", str(file)], result_action="return_value")
    assert caught.value.exit_code == 2


def test_show_wants_a_name_that_there_is() -> None:
    with pytest.raises(UserError, match="there is no profile 'hf'"):
        show("hf")
