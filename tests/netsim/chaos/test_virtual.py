"""A virtual campaign has the JSON of a real one, and repeats exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.chaos.options import Options
from netsim.chaos.virtual import TRACE, run_one_virtual
from tests.netsim.chaos.test_outcome import outcome


def test_it_says_what_a_real_one_says_and_the_same_each_time(tmp_path: Path) -> None:
    options = Options("gprs", 5.0, 3, "virtual")
    found = run_one_virtual(options, tmp_path / "kept")
    assert set(outcome().as_json()) <= set(found)
    assert (found["ok"], found["via"], found["lost"], found["shown_twice"]) == (True, "virtual", 0, 0)
    assert found["published"] and found["faults"]
    assert (tmp_path / "kept" / TRACE).read_text()
    assert run_one_virtual(options, None) == found


def test_places_are_for_real_processes() -> None:
    with pytest.raises(UserError, match="--only"):
        run_one_virtual(Options("gprs", 1.0, 1, "virtual", only=(1,)), None)
