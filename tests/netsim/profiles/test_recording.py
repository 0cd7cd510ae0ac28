"""The `[trace]` table: both directions or one, CSV or Mahimahi, found beside the profile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from alerts.errors import UserError
from netsim.profiles.library import load_profile
from netsim.profiles.recording import read_trace
from netsim.profiles.trace import Step

CSV = "time_s,rate_bit_s\n0,9600\n60,0\n90\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ride.csv").write_text(CSV)
    (tmp_path / "lte.trace").write_text("1\n")
    return tmp_path


def test_one_file_is_for_both_directions(folder: Path) -> None:
    trace = read_trace({"both": "ride.csv"}, folder)
    assert trace.up == trace.down
    assert trace.up.at(70).rate_bit_s == 0


def test_each_direction_has_its_own_in_either_format(folder: Path) -> None:
    trace = read_trace({"up": "ride.csv", "down": "lte.trace"}, folder)
    assert (trace.up.at(0).rate_bit_s, trace.down.at(0).rate_bit_s) == (9600, 12_000_000)


def test_a_direction_without_a_file_stays_as_the_profile_says(folder: Path) -> None:
    trace = read_trace({"down": "ride.csv"}, folder)
    assert trace.up.steps == (Step(0.0),)
    assert trace.up.lasts_s == trace.down.lasts_s == 90


@pytest.mark.parametrize("table", [{}, {"both": "a", "up": "b"}, {"file": "a"}, {"both": 3}, "ride.csv"])
def test_any_other_table_is_refused(folder: Path, table: Any) -> None:
    with pytest.raises(UserError, match="trace: expected both = FILE, or up = FILE and down = FILE, found "):
        read_trace(table, folder)


def test_a_file_that_is_not_there_or_not_text_is_told(folder: Path) -> None:
    with pytest.raises(UserError, match=r"trace: cannot read none\.csv: No such file"):
        read_trace({"both": "none.csv"}, folder)
    (folder / "ride.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match=r"trace: ride\.csv is not text in UTF-8"):
        read_trace({"both": "ride.csv"}, folder)


def test_one_where_nothing_ever_passes_is_refused(folder: Path) -> None:
    (folder / "ride.csv").write_text("time_s,rate_bit_s\n0,0\n9,0\n")
    with pytest.raises(UserError, match=r"trace: ride\.csv: expected a rate above 0 in one step at least, found none"):
        read_trace({"up": "ride.csv"}, folder)


def test_a_profile_finds_it_beside_itself_and_tells_its_errors(folder: Path) -> None:
    file = folder / "ride.toml"
    file.write_text('title = "x"\n[up]\nqueue_bytes = 9000\n[trace]\nboth = "ride.csv"\n')
    profile = load_profile(file)
    assert profile.trace is not None
    assert profile.figures() == {"up.queue_bytes": 9000, "trace": "ride.csv"}
    (folder / "ride.csv").write_text("time_s,rate_bit_s\n0,fast\n")
    with pytest.raises(UserError, match=r"ride\.toml: ride\.csv, line 2: rate_bit_s: expected bits"):
        load_profile(file)
