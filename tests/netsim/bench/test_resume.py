"""The measurement itself, on a subject so small that what must come out is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from netsim.bench.ends import EndError, Subject
from netsim.bench.resume import Report, Run, _run, measure, report
from netsim.packet.flows import Flow, Mark
from netsim.packet.network import ProxyNetwork, Via, open_network

HERE = Path(__file__).parent
TINY = Subject([sys.executable, str(HERE / "tiny_hub.py")], [sys.executable, str(HERE / "tiny_field.py")])
RTT_MS = 100.0
ROUNDING = 0.001
NETWORKS = [pytest.param("tun", marks=pytest.mark.needs("namespaces")), "proxy"]
MESSAGE_BYTES = 2 + len("2 ") + 50  # a WebSocket header, a number of one digit, the text


@pytest.mark.parametrize("via", NETWORKS)
def test_a_resume_is_measured_from_the_syn(via: Via) -> None:
    with open_network(via) as network:
        run = measure(TINY, network, RTT_MS, 5)
    assert run.round_trips_to_first is not None
    assert run.round_trips_to_last is not None
    assert 2 - ROUNDING <= run.round_trips_to_first <= run.round_trips_to_last
    assert run.round_trips_to_first < 20, "wide, because this machine may be busy"
    assert 100 < run.bytes_up < 1000, "one HTTP upgrade"
    assert 5 * MESSAGE_BYTES + 100 < run.bytes_down < 5 * MESSAGE_BYTES + 500, "one 101 and five messages"


@pytest.mark.parametrize("via", NETWORKS)
def test_more_missed_costs_what_they_weigh(via: Via) -> None:
    heard: list[Run] = []
    made = report(TINY, lambda: open_network(via), rtts_ms=[0.0], missed=[1, 8], measured=heard.append)
    assert (made.via, list(made.runs)) == (via, heard)
    measured = {run.missed: run for run in heard}
    assert measured[8].bytes_down - measured[1].bytes_down == 7 * MESSAGE_BYTES
    assert measured[8].round_trips_to_first is measured[8].round_trips_to_last is None


@pytest.mark.needs("namespaces")
def test_a_hub_that_wastes_a_round_trip_is_seen() -> None:
    wasteful = Subject([*TINY.hub, "--nagle"], TINY.field)
    with open_network("tun") as network:
        run = measure(wasteful, network, RTT_MS, 1)
    assert run.round_trips_to_first is not None
    assert run.round_trips_to_first >= 3 - ROUNDING


def test_with_nothing_missed_the_answer_is_what_comes_first() -> None:
    with ProxyNetwork() as network:
        run = measure(TINY, network, RTT_MS, 0)
    assert run.round_trips_to_first is not None
    assert run.round_trips_to_first >= 2 - ROUNDING
    assert run.round_trips_to_last is None
    assert run.bytes_down > 100, "the 101"


def test_the_figures_follow_from_the_flows() -> None:
    early = Flow("a", "b", 10.0, [Mark(11.0, 200)], [Mark(12.0, 100), Mark(13.0, 150), Mark(14.0, 400)])
    late = Flow("a", "b", 10.5, [Mark(11.5, 30)], [])
    answer: dict[str, Any] = {"answered_at": 12.0, "stored_at": [12.1, 13.0]}
    assert _run(1000.0, 2, [early, late], answer) == Run(1000.0, 2, 2.1, 3.0, 230, 150, 2100.0, 3000.0)


def test_an_end_that_claims_too_much_is_caught() -> None:
    flow = Flow("a", "b", 10.0)
    with pytest.raises(EndError, match="0 connections"):
        _run(0.0, 0, [], {"answered_at": 1.0, "stored_at": []})
    with pytest.raises(EndError, match="1 alerts stored, expected 1 or more and 2"):
        _run(0.0, 2, [flow], {"answered_at": 1.0, "stored_at": [1.0]})


def test_the_report_names_the_worst_first_alert() -> None:
    def run(rtt_ms: float, missed: int, first: float | None) -> Run:
        return Run(rtt_ms, missed, first, None, 1, 1, 1.0, None)

    made = Report("tun", (run(0.0, 1, None), run(600.0, 0, 9.0), run(600.0, 1, 2.02), run(600.0, 20, 2.05)))
    assert made.first_alert_round_trips == 2.05
    assert Report("tun", ()).first_alert_round_trips is None
    assert made.as_json()["via"] == "tun"
    assert made.as_json()["runs"][0] == {
        "rtt_ms": 0.0,
        "missed": 1,
        "round_trips_to_first": None,
        "round_trips_to_last": None,
        "bytes_up": 1,
        "bytes_down": 1,
        "ms_to_first": 1.0,
        "ms_to_last": None,
    }
