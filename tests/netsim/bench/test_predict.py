"""What counts as foretold, and the form in which it is said."""

from __future__ import annotations

import json

import pytest

from alerts.errors import UserError
from netsim.bench import followed, predict
from netsim.bench.ends import Subject
from netsim.bench.predict import Compared, Machine, Report
from netsim.bench.prediction import PERFECT, Workload
from netsim.profiles.library import load_profile
from netsim.profiles.profile import Profile
from tests.support.tcp_pair import link

SUBJECT = Subject([], [])


def compared(packet_ms: float, virtual_ms: float) -> Compared:
    return Compared("edge", "live", 2.0, 40, packet_ms, virtual_ms)


@pytest.mark.parametrize(("virtual_ms", "holds"), [(119.0, True), (121.0, False), (81.0, True), (79.0, False)])
def test_a_fifth_is_near_enough(virtual_ms: float, holds: bool) -> None:
    assert compared(100, virtual_ms).holds is holds
    report = Report(Machine(1.0, 2.0, "reno"), (compared(100, 100), compared(100, virtual_ms)))
    assert report.holds is holds
    said = json.loads(json.dumps(report.as_json()))
    assert (said["live_factor"], said["catch_up_factor"], said["congestion"]) == (1.0, 2.0, "reno")
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
        ("catch-up", 2000.0, 1),
    ]
    assert heard[0].holds
    assert not report.failed


def test_a_profile_whose_ends_fail_keeps_none_of_the_others_from_being_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def live_ms(subject: Subject, profile: Profile, *values: object) -> list[float]:
        if profile.name == "worst":
            raise UserError("not done within 1800 s")
        return [4.0]

    monkeypatch.setattr(followed, "possible_congestion", lambda: None)
    monkeypatch.setattr(followed, "live_ms", live_ms)
    monkeypatch.setattr(followed, "caught_up_ms", lambda *values: [2000.0])
    report = predict.report(SUBJECT, [load_profile("worst"), load_profile("lan")], Workload(live=4), jobs=2)
    assert report.failed == {"worst": "not done within 1800 s"}
    assert {one.profile for one in report.compared} == {"lan"}
    assert not report.holds
    assert 0.5 < report.machine.live_factor < 1.5
    assert report.machine.catch_up_factor > 10, "2 s for what the model does in some 50 ms"
