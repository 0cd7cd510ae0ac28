"""One whole campaign from its options, real processes and the embedded Toxiproxy."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.chaos.options import Options
from netsim.chaos.record import FILE, read_record
from netsim.chaos.single import run_one, schedule_of
from netsim.profiles.library import load_profile

SEED = int(os.environ.get("TOCSIN_CHAOS_SEED") or 4)


@pytest.mark.xdist_group("campaign")
def test_ten_seconds_on_an_edge_link_lose_nothing(tmp_path: Path) -> None:
    options = Options("edge", 10 / 60, SEED, "toxiproxy", "embedded", 2)
    outcome = run_one(options, tmp_path / "campaign", lambda _: None)
    assert outcome.is_clean, f"TOCSIN_CHAOS_SEED={SEED} {options.command}: {outcome.as_json()}"
    assert outcome.answered and outcome.verdict.delivered == outcome.verdict.addressed - len(
        outcome.verdict.found["excused"]
    )
    assert outcome.unreproduced
    record = read_record(tmp_path / "campaign" / FILE)
    assert record.meta["summary"] == outcome.as_json()
    assert record.samples and record.traffic and record.deliveries


def test_the_schedule_is_the_options_and_parts_of_it_can_be_asked_for() -> None:
    gprs = load_profile("gprs")
    whole = schedule_of(Options("gprs", 2.0, 1), gprs)
    assert whole == schedule_of(Options("gprs", 2.0, 1), gprs) != schedule_of(Options("gprs", 2.0, 2), gprs)
    places = whole.indexes[:3]
    assert set(schedule_of(Options("gprs", 2.0, 1, only=places), gprs).indexes) == set(places)
    with pytest.raises(UserError, match="no place 99999"):
        schedule_of(Options("gprs", 2.0, 1, only=(99999,)), gprs)


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    with pytest.raises(UserError, match="not empty"):
        run_one(Options("lan", 0.1, 1), tmp_path, lambda _: None)
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]
