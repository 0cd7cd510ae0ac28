"""docs/simulation.md and docs/bench.md name every virtual fault, and every field of a prediction."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from netsim.bench.predict import Compared, Machine, Report
from netsim.virtual.timed_faults import TIMED_FAULTS

DOCS = Path(__file__).resolve().parents[2] / "docs"
TIMED = (DOCS / "simulation.md").read_text(encoding="utf-8").partition("\n## With time")[2]
PREDICT = (DOCS / "bench.md").read_text(encoding="utf-8").partition("\n## predict\n")[2].partition("\n## ")[0]


def test_every_virtual_fault_is_named() -> None:
    assert [name for name in TIMED_FAULTS if f"`{name}`" not in TIMED] == []


def test_every_field_of_a_prediction_is_named() -> None:
    report = Report(Machine(1.0, 1.0, None), (Compared("edge", "live", 2.0, 40, 100.0, 100.0),))
    said = report.as_json()
    names = {*said, *said["compared"][0], *(field.name for field in fields(Machine))}
    assert [name for name in sorted(names) if f"`{name}" not in PREDICT] == []


def test_every_option_of_predict_is_named() -> None:
    for option in ("--profile", "--live", "--seed", "--jobs", "--json"):
        assert option in PREDICT
