"""The hub's process: what its work takes, what a kill leaves, whom it closes."""

from __future__ import annotations

from itertools import islice, pairwise

import pytest

from alerts.audience import Audience
from netsim.virtual.costs import Costs
from netsim.virtual.real_items import drafts
from netsim.virtual.timed_world import Setting, TimedWorld
from tests.support.tcp_pair import link

EVERYONE = Audience(everyone=True)


def connected(devices: int = 1, **costs: float) -> TimedWorld:
    world = TimedWorld(Setting(link(rtt_ms=100), devices=devices, costs=Costs(**costs)), 1)
    for device in world.devices:
        device.switch_on()
    world.timeline.run_until(10)
    assert all(device.is_connected for device in world.devices)
    return world


def test_connections_are_woken_one_after_the_other() -> None:
    world = connected(devices=4, wake_ms=50)
    (draft,) = islice(drafts(EVERYONE), 1)
    world.publish(draft)
    world.timeline.run_until(20)
    times = sorted(world.stored_at.values())
    assert [round(later - earlier, 3) for earlier, later in pairwise(times)] == [0.05] * 3


def test_a_kill_before_the_commit_is_no_publish_and_the_publisher_tries_again() -> None:
    world = connected(publish_ms=500.0, hub_start_s=1.0)
    (draft,) = islice(drafts(EVERYONE), 1)
    world.publish(draft)
    world.timeline.run_until(10.2)
    world.hub.kill()
    assert world.hub.inside.store.entries == []
    world.timeline.run_until(40)
    assert [entry.key for entry in world.hub.inside.store.entries] == [draft.key]
    assert ("d0", draft.key) in world.stored_at


def test_what_was_committed_outlives_a_kill_and_comes_with_the_next_connection() -> None:
    world = connected()
    world.devices[0].path.cut()
    (draft,) = islice(drafts(EVERYONE), 1)
    world.publish(draft)
    world.timeline.run_until(10.5)
    world.hub.kill()
    assert not world.hub.is_up
    world.devices[0].path.heal()
    world.timeline.run_until(60)
    assert ("d0", draft.key) in world.stored_at
    assert world.devices[0].connections > 1


def test_a_hub_that_is_down_refuses_at_once() -> None:
    world = connected(hub_start_s=1000.0)
    world.hub.kill()
    device = world.devices[0]
    before = device.connections
    world.timeline.run_until(310)
    assert 5 < device.connections - before < 60, "the client's backoff, up to a minute"


def test_a_clock_that_was_set_sends_everybody_away_for_a_second() -> None:
    world = connected()
    world.hub.set_clock(86_400)
    world.timeline.run_until(20)
    device = world.devices[0]
    assert (device.connections, device.is_connected) == (2, True)
    assert device.inside.reckon() == pytest.approx(world.hub.inside.wall.now(), abs=2)


def test_a_connection_whose_device_died_in_silence_is_given_up_in_bounded_time() -> None:
    world = connected()
    world.devices[0].switch_off(with_power=False)
    world.timeline.run_until(1000)
    assert len(world.hub.inside.ends) == 1, "nobody told the hub"
    world.timeline.run_until(1300)
    assert world.hub.inside.ends == {}


def test_claims_are_durable_soon() -> None:
    world = connected()
    assert "d0" in world.hub.inside.store.claims
