"""What counts as foretold, and the form in which it is said."""

from __future__ import annotations

import json

import pytest

from netsim.bench import followed, predict
from netsim.bench.ends import Subject
from netsim.bench.predict import Compared, Machine, Report
from netsim.bench.prediction import PERFECT, Workload
from tests.support.tcp_pair import link

SUBJECT = Subject([], [])


def compared(packet_ms: float, virtual_ms: float) -> Compared:
    return Compared("edge", "live", 2.0, 40, packet_ms, virtual_ms)


@pytest.mark.parametrize(("virtual_ms", "holds"), [(119.0, True), (121.0, False), (81.0, True), (79.0, False)])
def test_a_fifth_is_near_enough(virtual_ms: float, holds: bool) -> None:
    assert compared(100, virtual_ms).holds is holds
    report = Report(Machine(1.0, "reno"), (compared(100, 100), compared(100, virtual_ms)))
    assert report.holds is holds
    said = json.loads(json.dumps(report.as_json()))
    assert (said["costs_factor"], said["congestion"]) == (1.0, "reno")
    assert said["compared"][1]["holds"] is holds
    assert said["compared"][1]["off"] == pytest.approx(virtual_ms / 100 - 1)


def test_each_profile_is_compared_twice_by_medians(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followed, "possible_congestion", lambda: "reno")
    monkeypatch.setattr(followed, "live_ms", lambda *values: [301.0, 9000.0, 305.0] if values[1] != PERFECT else [4.0])
    monkeypatch.setattr(followed, "caught_up_ms", lambda *values: [2000.0])
    heard: list[Compared] = []
    report = predict.report(SUBJECT, [link(rtt_ms=600)], Workload(live=4), compared=heard.append)
    assert report.compared == tuple(heard)
    assert [(one.workload, one.packet_ms, one.measured) for one in heard] == [
        ("live", 305.0, 3),
        ("catch-up", 2000.0, 5),
    ]
    assert heard[0].holds
    assert 0.5 < report.machine.costs_factor < 1.5
