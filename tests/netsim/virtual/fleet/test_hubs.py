"""What a hub's processor allows, and the order in which it writes."""

from __future__ import annotations

import numpy as np
import pytest

from alerts.limits import KEEPALIVE_SECONDS
from client.backoff import TOLD_SECONDS_MAX
from netsim.virtual.fleet.hubs import Hubs
from netsim.virtual.fleet.scenario import Costs, Tree
from server.settings import Limits
from tests.netsim.virtual.fleet.worlds import scenario

COSTS = Costs(upgrade_s=0.01, refusal_s=0.002, ping_s=0.001, alert_s=0.01, goodbye_s=0.005)


def hubs(**parts: object) -> Hubs:
    limits = Limits(connects_per_second=20)
    return Hubs(scenario(**{"costs": COSTS, "cores": 1.0, "limits": limits, **parts}), np.random.default_rng(1))


def test_who_may_come_in_is_served_first_and_the_rest_is_refused_while_there_is_time() -> None:
    some = hubs()
    assert some.answer(0, 1000, 0.0) == (40, 300)
    assert some.answer(0, 1000, 0.0) == (0, 0)  # nothing is left of this second
    assert some.answer(0, 1000, 1.0) == (20, 400)
    assert some.asked_max == [1000]
    assert some.needed_max[0] == pytest.approx(40 * 0.01 + 960 * 0.002)


def test_keepalives_and_a_round_of_alerts_come_first_but_never_take_all() -> None:
    some = hubs(admission="off")
    some.held[0] = int(0.5 / 0.001 * KEEPALIVE_SECONDS)
    assert some.answer(0, 1000, 0.0) == (50, 0)
    assert some.send_round(0, 300, 1.0).tolist() == pytest.approx((1 + np.arange(300) * 0.01).tolist())
    assert some.answer(0, 1000, 2.0) == (25, 0)
    assert some.send_round(0, 1, 2.0).tolist() == [4.0]  # after the round that is under way
    some.end_second()
    some.held[0] = 0
    some.end_second()
    assert some.keepalive_cores(int(some.held_max[0])) == pytest.approx(0.5)


def test_a_stop_forgets_and_a_start_fills_the_bucket() -> None:
    some = hubs()
    some.held[0] = 5
    some.answer(0, 1000, 0.0)
    some.stop(0)
    assert some.is_up == [False]
    assert some.held[0] == 0
    some.start(0, 5.0)
    assert some.is_up == [True]
    assert some.answer(0, 1000, 5.0)[0] == 40


def test_goodbyes_are_told_one_after_the_other_and_booked_ones_are_turns() -> None:
    some = hubs()
    assert some.goodbye_round(0, 3, 7.0).tolist() == pytest.approx([7.0, 7.005, 7.01])
    turns = some.booked_goodbyes(100_000, 5)
    assert turns[0] == 5
    assert turns[180] == 5 + 10  # 18 a second of the 20 that may come in
    assert turns.max() == TOLD_SECONDS_MAX


def test_one_core_for_each_20_000_devices() -> None:
    assert hubs(devices=1_000_000, cores=None).cores == [50.0]
    assert hubs(devices=1_000_000, cores=None, tree=Tree(2, 8)).cores == [1.0] * 73
