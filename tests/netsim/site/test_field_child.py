"""The device's process writes down what it does, and takes orders from its person."""

from __future__ import annotations

import pytest

from netsim.site.site import Site
from tests.netsim.site.publishing import publish, until_connected, until_has
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("site")


def test_alarms_and_acknowledgements_are_in_the_ledger(running: Site) -> None:
    device = running.devices[0]
    key = publish(running, "to-acknowledge", severity="Extreme")
    until_has(device, key)
    wait_until(lambda: any(alarm.key == key for alarm in device.ledger.alarms()), "it rang")
    device.acknowledge(100)
    wait_until(lambda: key in {one.key for one in device.ledger.acknowledgements()}, "it was acknowledged")
    states = "/v1/alerts/to-acknowledge/delivery?state=acknowledged"
    wait_until(lambda: running.hub.said("GET", states, 200)["counts"]["acknowledged"] >= 1, "ops see it")


def test_languages_roll_calls_and_a_wrong_clock_do_no_harm(running: Site) -> None:
    device = running.devices[1]
    until_connected(device)
    device.set_clock(-1.7e9)
    assert device.set_languages("fr") and device.ask_roll_call() and device.connect_now()
    until_has(device, publish(running, "after-all-that"))
