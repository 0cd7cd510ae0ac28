"""The command: what it refuses before anything starts, and what it prints."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from netsim.chaos.campaign import SETTLE_BAD_SECONDS_MAX
from netsim.chaos.options import Options
from netsim.chaos.single import schedule_of
from netsim.commands.chaos import chaos
from netsim.profiles.library import load_profile
from tests.netsim.chaos.test_outcome import outcome

DOCS = Path(__file__).resolve().parents[3] / "docs" / "chaos.md"
MAIN = "from netsim.cli import main; main()"


def _chaos(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", MAIN, "chaos", *words], capture_output=True, text=True, timeout=300, check=False
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--profile", "gprss"], "did you mean gprs?"),
        (["--profile", "gprs", "--faults", "cutt"], "no fault 'cutt'"),
        (["--profile", "gprs", "--only", "1,x"], "numbers with commas"),
        (["--profile", "gprs", "--profile", "lan", "--shrink", "2"], "--shrink is for one campaign"),
        (["--profile", "gprs", "--via", "virtual", "--shrink", "2"], "--shrink is for one campaign"),
    ],
)
def test_what_cannot_be_is_said_at_once(words: list[str], said: str) -> None:
    done = _chaos(*words)
    assert done.returncode == 2 and said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.xdist_group("campaign")
def test_two_side_by_side_give_a_list(tmp_path: Path) -> None:
    words = ["--profile", "lan", "--profile", "lte-rural", "--minutes", "0.05", "--seed", "1", "--faults", "none"]
    done = _chaos(*words, "--devices", "1", "--toxiproxy", "embedded", "--json", "--keep", str(tmp_path / "kept"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [one["profile"] for one in found] == ["lan", "lte-rural"]
    assert all(one["ok"] and one["published"] for one in found)
    assert [one["seed"] for one in found] == [1, 2]
    assert "[lan]" in done.stderr and "[lte-rural]" in done.stderr
    assert sorted(file.name for file in (tmp_path / "kept").iterdir()) == ["lan", "lte-rural"]


ALARMS_TWICE = """
from client.store.store import Store
set_raised, calls = Store.set_raised, []

def forget_the_first(store, keys):
    calls.append(keys)
    if len(calls) > 1:
        set_raised(store, keys)

Store.set_raised = forget_the_first
"""
"""A bug for every process of a campaign: the first alarms that ring are not recorded as raised, and ring again."""


@pytest.mark.xdist_group("campaign")
def test_a_schedule_that_fails_is_made_shorter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(ALARMS_TWICE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    options = Options("lan", 0.05, 18, "toxiproxy", "embedded", 1, "none")
    assert schedule_of(options, load_profile("lan")).indexes == (0, 1, 2)
    done = _chaos(*options.words[1:], "--shrink", "4", "--json", "--keep", str(tmp_path / "kept"))
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)
    assert list(found["wrong"]) == ["alarms_twice"]
    assert found["settled_s"] < SETTLE_BAD_SECONDS_MAX, "what has rung twice is not waited for"
    assert found["shrunk"] == found["repeat"] in [replace(options, only=(place,)).command for place in range(3)]
    assert "again with 1 places" in done.stderr


def test_every_option_and_every_field_of_the_json_is_documented() -> None:
    page = DOCS.read_text(encoding="utf-8")
    options = [f"`--{name}" for name in inspect.signature(chaos).parameters]
    fields = [f"`{name}`" for name in (*outcome().as_json(), "repeat", "shrunk")]
    assert [name for name in (*options, *fields) if name not in page] == []
