"""`tocsin-netsim bench watch`: how a report is shown, and what is said where something is missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netsim.bench import watch as watching
from netsim.bench.watch import Report
from netsim.commands.watch import watch

REPORT = Report(12_000, 200, 900.0, 210.0, 480.0, (60.0, 120.0), 35.0, 5)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    found: dict[str, Any] = {}

    def report(folder: Path, **options: Any) -> Report:
        found.update(options)
        return REPORT

    monkeypatch.setattr(watching, "report", report)
    return found


def test_goals_are_told_as_reached_or_missed(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    watch(devices=10, clients=20)
    said = capsys.readouterr().out
    assert "at most: 480 ms; the goal of 1,000 ms is reached" in said
    assert "script: 120 ms; the goal of 100 ms is missed" in said and "at most 35 ms" in said
    assert asked == {"devices": 20, "clients": 20, "chromium": None}, "each client is a device"


def test_as_json(asked: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    watch(json=True)
    assert json.loads(capsys.readouterr().out) == {**REPORT.as_json(), "tasks_ms": [60.0, 120.0]}
