"""The figures are those of the run."""

from __future__ import annotations

import json

import numpy as np
import pytest

from netsim.virtual.fleet.result import shares_over_time, summarise
from netsim.virtual.fleet.scenario import Tree
from server.settings import Limits
from tests.netsim.virtual.fleet.worlds import run


def test_of_a_restart() -> None:
    done = run(restart_s=60.0, alerts_s=(30.0, 61.0), limits=Limits(connects_per_second=10))
    result = summarise(done)
    assert (result.devices, result.relays, result.connected_before, result.connected_end) == (1000, 0, 1000, 1000)
    early, late = result.deliveries
    assert (early.reachable, early.have_it, late.have_it) == (1000, 1000, 1000)
    assert early.seconds["99"] == pytest.approx(0.25, abs=0.05)
    assert result.back is not None
    assert result.back["90"] is not None
    assert late.seconds["90"] == pytest.approx(result.back["90"] - 10.1, abs=3)
    assert result.before.asked == 0
    assert result.after is not None
    assert result.after.asked == done.seconds.asked.sum()
    assert result.after.admitted == 1000
    assert result.top.connections_of == 1000
    assert result.top.bytes == round(result.device_bytes_mean * 1000)
    assert sum(kind.up + kind.down for kind in result.bytes_by_kind.values()) == result.top.bytes
    assert json.loads(json.dumps(result.as_json()))["after"]["admitted"] == 1000


def test_what_never_comes_is_none() -> None:
    done = run(restart_s=60.0, alerts_s=(61.0,), down_s=200.0, limits=Limits(connects_per_second=1))
    result = summarise(done)
    assert result.deliveries[0].seconds == {"50": None, "90": None, "99": None}
    assert result.back == {"50": None, "90": None, "99": None}


def test_without_a_restart_all_is_before_it() -> None:
    result = summarise(run(devices=100, alerts_s=(500.0,)))  # and an alert after the end of the run
    assert result.after is None
    assert result.back is None
    assert (result.deliveries[0].reachable, result.deliveries[0].have_it) == (0, 0)


def test_of_relays_the_top_and_the_busiest_of_the_lowest() -> None:
    done = run(devices=300, tree=Tree(1, 3), restart_s=60.0, restarted="one", alerts_s=(30.0,))
    result = summarise(done)
    assert (result.top.connections_of, result.lowest.connections_of) == (3, 100)
    assert result.top.asked_peak == 1
    assert result.lowest.asked_peak > 10
    times = shares_over_time(done, 0)
    assert len(times) == 300
    assert (np.diff(times) >= 0).all()
