"""What work takes shows in when alerts are stored."""

from __future__ import annotations

from itertools import islice

import pytest

from alerts.audience import Audience
from netsim.virtual.costs import Costs
from netsim.virtual.real_items import drafts
from netsim.virtual.timed_world import Setting, TimedWorld
from tests.support.tcp_pair import link


def stored_after_ms(costs: Costs) -> float:
    world = TimedWorld(Setting(link(), costs=costs), 1)
    world.devices[0].switch_on()
    world.timeline.run_until(5)
    (draft,) = islice(drafts(Audience(everyone=True)), 1)
    world.publish(draft)
    world.timeline.run_until(10)
    (key,) = world.published_at
    return (world.stored_at["d0", key] - world.published_at[key]) * 1000


def test_on_a_perfect_link_an_alert_takes_what_its_work_takes() -> None:
    costs = Costs(wake_ms=10, turn_ms=20, item_ms=40, commit_ms=80)
    assert stored_after_ms(costs) == pytest.approx(150, abs=0.01)


def test_a_machine_of_half_the_speed_takes_twice_as_long_for_a_connections_work() -> None:
    costs = Costs()
    assert stored_after_ms(costs.times(2)) == pytest.approx(2 * stored_after_ms(costs), abs=0.01)
    assert costs.times(2).hub_start_s == costs.hub_start_s
