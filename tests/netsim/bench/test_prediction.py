"""What the model foretells follows from the link: one way for a live alert, round trips for a catch-up."""

from __future__ import annotations

import statistics

import pytest

from netsim.bench.prediction import PERFECT, RUNS, Workload, predict
from netsim.profiles.library import load_profile, profile_names
from netsim.virtual.costs import Costs
from netsim.virtual.tcp.settings import TcpSettings
from tests.support.tcp_pair import link

WORKLOAD = Workload(live=6, missed=20, every_s=2.0)
FREE = Costs(*([0.0] * 8))


def test_a_live_alert_takes_one_way_and_the_first_missed_one_two_round_trips() -> None:
    live, caught_up = predict(link(rtt_ms=600), WORKLOAD, FREE, TcpSettings(), ("1",), ("1",))
    assert len(live) == 6 * RUNS
    assert len(caught_up) == 20 * RUNS
    assert statistics.median(live) == pytest.approx(300, abs=1)
    assert min(caught_up) == pytest.approx(1200, abs=1)
    assert 2000 < statistics.median(caught_up) < 3000, "batches of 1, 2, 4, …, two under way at once"


def test_each_run_has_chance_of_its_own() -> None:
    _, caught_up = predict(load_profile("3g"), WORKLOAD, FREE, TcpSettings(), (), ("1", "2", "3"))
    firsts = {round(min(caught_up[run * 20 : run * 20 + 20]), 3) for run in range(3 * RUNS)}
    assert len(firsts) == 3 * RUNS


def test_the_pace_is_one_that_the_link_carries() -> None:
    assert Workload().fit(PERFECT).every_s == 2.0
    for name in profile_names():
        profile = load_profile(name)
        assert Workload().fit(profile).every_s >= 1.5 * profile.round_trip_ms / 1000 - 0.1
    assert Workload().fit(link(rate_bit_s=2400)).every_s == 20.0
    assert Workload().fit(load_profile("edge")).live == Workload().live
    assert Workload(every_s=2).fit(load_profile("leo-obstructed")).live == 143, "three outages, one every 95 s"


def test_the_same_seeds_foretell_the_same() -> None:
    first, second = (predict(load_profile("edge"), WORKLOAD, Costs(), TcpSettings(), ("1",), ("1",)) for _ in range(2))
    assert first == second
