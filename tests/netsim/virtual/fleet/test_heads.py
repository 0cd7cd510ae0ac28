"""The HTTP of an upgrade, as the real ends write it."""

from __future__ import annotations

import re
from pathlib import Path

from netsim.virtual.fleet.heads import measure_heads
from tests.netsim.virtual.fleet.worlds import sizes

BENCH = Path(__file__).resolve().parents[4] / "docs" / "bench.md"


def test_the_same_each_time() -> None:
    assert measure_heads() == sizes().heads


def test_a_resume_with_nothing_missed_costs_what_the_bench_measured_on_real_processes() -> None:
    row = re.search(r"^ +0 ms +0 .* (\d+) +(\d+)$", BENCH.read_text(encoding="utf-8"), re.MULTILINE)
    assert row is not None
    heads, greeting = sizes().heads, sizes().exchange.catchups[0]
    assert heads.request == int(row[1])
    assert heads.accepted + greeting.bytes_down == int(row[2])


def test_a_refusal_is_longer_than_an_admission() -> None:
    heads = sizes().heads
    assert heads.refused > heads.accepted  # it says why, and when to come back
