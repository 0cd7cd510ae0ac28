"""One attempt, one end: the moments at which they happen."""

from __future__ import annotations

import numpy as np
import pytest

from client.patience import PATIENCE_SECONDS_MIN
from netsim.virtual.fleet.contacts import SYN_OFFSETS_S, Contacts
from netsim.virtual.fleet.ledger import Seconds
from netsim.virtual.fleet.population import NEVER, OFF, TRYING, UP, WAITING
from netsim.virtual.fleet.simulation import Simulation
from server.settings import Limits
from tests.netsim.virtual.fleet.worlds import scenario, sizes

ONE = np.array([0])


@pytest.fixture
def contacts() -> Contacts:
    limits = Limits(connects_per_second=1000)
    found = Simulation(scenario(devices=10, limits=limits, backoff="none", alerts_s=(300.0,)), sizes())._contacts
    found.left(np.arange(10), np.zeros(10))
    found.hub_hears(np.arange(10))
    found.people.state[:] = WAITING
    found.people.act_at[:] = NEVER
    found.people.act_at[0] = 5.0
    return found


def attempt(contacts: Contacts, now: float) -> Seconds:
    seconds = Seconds.of(100)
    contacts.attempt(ONE, seconds, int(now), now)
    return seconds


def test_syns_are_sent_as_tcp_sends_them_for_as_long_as_the_client_waits() -> None:
    assert SYN_OFFSETS_S.tolist() == [0, 1, 3, 7, 15]
    assert PATIENCE_SECONDS_MIN < 31


def test_an_attempt_that_succeeds(contacts: Contacts) -> None:
    seconds = attempt(contacts, 5.0)
    people = contacts.people
    assert (people.state[0], people.up_at[0], people.act_at[0]) == (UP, pytest.approx(5.2), NEVER)
    assert contacts.hubs.held.tolist() == [1]
    assert (seconds.asked[5], seconds.admitted[5]) == (1, 1)


def test_an_outage_swallows_syns_until_it_is_over(contacts: Contacts) -> None:
    people = contacts.people
    people.out_until[0] = 9.0
    assert attempt(contacts, 5.0).asked.sum() == 0
    assert (people.state[0], people.act_at[0]) == (TRYING, 5 + 7)
    attempt(contacts, 12.0)
    assert people.state[0] == UP


def test_an_attempt_in_a_long_outage_ends_when_the_client_gives_up(contacts: Contacts) -> None:
    people = contacts.people
    people.out_until[0] = 1000.0
    attempt(contacts, 5.0)
    assert (people.state[0], people.act_at[0], people.failures[0]) == (WAITING, 5 + PATIENCE_SECONDS_MIN, 1)


def test_a_hub_that_does_not_listen_is_noticed_at_once(contacts: Contacts) -> None:
    contacts.hubs.stop(0)
    attempt(contacts, 5.0)
    assert (contacts.people.state[0], contacts.people.act_at[0]) == (WAITING, pytest.approx(5.1))


def test_what_is_on_its_way_when_a_connection_ends_does_not_arrive(contacts: Contacts) -> None:
    people = contacts.people
    people.has_at[0, :2] = [50.0, 60.0]
    people.cursor[:2] = 1
    contacts.left(np.array([0, 1]), np.array([55.0, 55.0]))
    assert people.has_at[0, :2].tolist() == [50.0, np.inf]
    assert people.cursor[:2].tolist() == [1, 0]


def test_a_device_that_is_switched_off_says_goodbye_if_it_can(contacts: Contacts) -> None:
    people = contacts.people
    attempt(contacts, 5.0)
    people.days.says_goodbye[:] = True
    people.toggle_at[0] = 80.0
    contacts.toggle(ONE)
    assert people.state[0] == OFF
    assert contacts.hubs.held.tolist() == [0]
    assert contacts.ledger.kinds["goodbye"].up == sizes().exchange.goodbye_up


def test_of_one_that_loses_power_the_hub_hears_nothing_until_it_comes_back(contacts: Contacts) -> None:
    people = contacts.people
    attempt(contacts, 5.0)
    people.days.says_goodbye[:] = False
    people.toggle_at[0] = 80.0
    contacts.toggle(ONE)
    assert contacts.hubs.held.tolist() == [1]
    assert 80 < people.silent_at[0] - 1100 <= 180
    people.toggle_at[0] = 90.0
    contacts.toggle(ONE)
    assert (people.state[0], people.act_at[0]) == (WAITING, 90.0)
    attempt(contacts, 90.0)
    assert contacts.hubs.held.tolist() == [1]
    assert people.silent_at[0] == NEVER
    contacts.hub_hears(ONE)
    assert contacts.hubs.held.tolist() == [0]
