"""The command prints what was measured, for people and for machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from netsim.bench.ends import Subject
from netsim.commands import bench

ENDS = Path(__file__).parents[1] / "bench"


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = Subject([sys.executable, str(ENDS / "tiny_hub.py")], [sys.executable, str(ENDS / "tiny_field.py")])
    monkeypatch.setattr(bench, "TOCSIN", subject)
    monkeypatch.setenv("COLUMNS", "80")


def _run(*arguments: str) -> None:
    bench.bench(["resume", "--via", "proxy", *arguments], result_action="return_value")


def test_json_is_one_object_with_every_run(capsys: pytest.CaptureFixture[str]) -> None:
    _run("--rtt-ms", "0", "20", "--missed", "0", "2", "--json")
    report = json.loads(capsys.readouterr().out)
    assert report["via"] == "proxy"
    assert [(run["rtt_ms"], run["missed"]) for run in report["runs"]] == [(0, 0), (0, 2), (20, 0), (20, 2)]
    at_once, delayed = report["runs"][1], report["runs"][3]
    assert at_once["round_trips_to_first"] is at_once["round_trips_to_last"] is None
    assert delayed["round_trips_to_last"] >= delayed["round_trips_to_first"] > 1.99
    assert delayed["bytes_down"] == at_once["bytes_down"] > 100


def test_the_table_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    _run("--rtt-ms", "20", "--missed", "1")
    printed = capsys.readouterr().out
    assert "holds the connect for one round trip" in printed
    assert "bytes down" in printed
    assert "the goal of 2.1 is" in printed


def test_a_negative_delay_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        _run("--rtt-ms=-1")
    assert "rtt-ms" in capsys.readouterr().err
