"""Networks by name, and the pace on each."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.session.keepalive import Reach
from client.network import Paces, network_name
from tests.support.clocks import TestClock
from tests.support.device_store import open_store

HUB = "https://hub.example"


@pytest.mark.parametrize(
    ("own", "name"),
    [
        ("192.168.1.20", f"192.168.0.0 {HUB}"),
        ("10.44.3.2", f"10.44.0.0 {HUB}"),
        ("2001:db8:1:2::3", f"2001:db8:1:: {HUB}"),
        ("fe80::1%eth0", f"fe80:: {HUB}"),
        ("", f"unknown {HUB}"),
    ],
)
def test_a_network_is_known_by_ones_own_address_on_it(own: str, name: str) -> None:
    assert network_name(own, HUB) == name


def test_a_pace_outlives_connections_and_processes_but_not_a_change_of_network(tmp_path: Path) -> None:
    store = open_store(tmp_path, clocks=TestClock().clocks())
    paces = Paces()
    home = paces.on("home", store)
    home.answered(55)
    paces.save(store)
    assert paces.on("home", store) is home
    assert paces.on("bus", store).reach == Reach()
    assert Paces().on("home", store).reach == home.reach != Reach()


def test_what_killed_a_connection_elsewhere_says_nothing_here(tmp_path: Path) -> None:
    store = open_store(tmp_path, clocks=TestClock().clocks())
    paces = Paces()
    paces.on("home", store).died(55, 100)
    here = paces.on("bus", store)
    here.connected(101)
    assert here.reach == Reach()
