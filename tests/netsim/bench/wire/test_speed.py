"""Times come from the messages of the corpus; how long they are is the machine's affair."""

from __future__ import annotations

from dataclasses import asdict

from alerts.dictionary.shipped import shipped
from netsim.bench.wire.speed import measure_speed
from tests.netsim.bench.wire.samples import sample_log


def test_everything_is_timed() -> None:
    speed = measure_speed(sample_log(), shipped())
    assert all(value > 0 for value in asdict(speed).values()), speed
