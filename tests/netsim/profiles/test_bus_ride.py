"""The trace that comes with the package is what its generator writes, and it has the gaps that it is for."""

from __future__ import annotations

import random
from importlib.resources import files
from itertools import groupby

from netsim.profiles.bus_ride import LASTS_S, STEP_S, ride, write_csv
from netsim.profiles.csv_trace import parse_csv

FILE = files("netsim") / "profiles" / "traces" / "bus-ride.csv"


def test_the_file_is_what_the_generator_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == write_csv(), "python -m netsim.profiles.bus_ride >…/traces/bus-ride.csv"


def test_it_has_gaps_of_many_lengths_and_good_stretches() -> None:
    track = parse_csv(write_csv(), "x")
    runs = [
        (is_gap, STEP_S * len(list(steps))) for is_gap, steps in groupby(step.rate_bit_s == 0 for step in track.steps)
    ]
    gaps_s = [lasts_s for is_gap, lasts_s in runs if is_gap]
    assert track.lasts_s == LASTS_S
    assert len(gaps_s) > 10
    assert min(gaps_s) <= 4 and max(gaps_s) >= 60
    assert 0.1 < sum(gaps_s) / LASTS_S < 0.25
    assert max(lasts_s for is_gap, lasts_s in runs if not is_gap) > 120


def test_another_seed_is_another_ride() -> None:
    assert list(ride(random.Random(1))) != list(ride(random.Random(2)))
