"""Each fault does what its name says, and is over when it says so."""

from __future__ import annotations

import random
from itertools import islice

import pytest

from alerts.audience import Audience
from netsim.virtual.real_items import drafts
from netsim.virtual.timed_faults import TIMED_FAULTS
from netsim.virtual.timed_world import Setting, TimedWorld
from tests.support.tcp_pair import link


def connected() -> TimedWorld:
    world = TimedWorld(Setting(link(rtt_ms=200), devices=2), 1)
    for device in world.devices:
        device.switch_on()
    world.timeline.run_until(20)
    return world


@pytest.mark.parametrize("name", sorted(TIMED_FAULTS))
def test_a_fault_ends_and_everything_comes_to_rest(name: str) -> None:
    world, fault = connected(), TIMED_FAULTS[name]
    waiting = drafts(Audience(everyone=True))
    for draft in islice(waiting, 2):
        world.publish(draft)
    world.timeline.run_until(25)
    end = fault.begin(world, world.devices[0], random.Random(1))
    for draft in islice(waiting, 3):
        world.publish(draft)
        world.timeline.run_until(world.timeline.now + 10)
    end()
    world.timeline.run_until(world.timeline.now + 10)
    world.come_to_rest()
    assert fault.summary.endswith(".")


def begin(world: TimedWorld, name: str, seed: int = 1) -> None:
    TIMED_FAULTS[name].begin(world, world.devices[0], random.Random(seed))


@pytest.mark.parametrize("name", ["cut", "half-open", "stall"])
def test_what_is_not_told_is_not_noticed_at_once(name: str) -> None:
    world = connected()
    begin(world, name)
    world.timeline.run_until(30)
    assert [device.connections for device in world.devices] == [1, 1]
    assert world.devices[0].is_connected


def test_a_reset_is_told_to_both_ends() -> None:
    world = connected()
    begin(world, "reset")
    assert not world.devices[0].is_connected
    assert len(world.hub.inside.ends) == 1


def test_a_clone_is_another_device_with_the_same_name() -> None:
    world = connected()
    begin(world, "device-cloned")
    world.timeline.run_until(40)
    assert [device.inside.name for device in world.devices] == ["d0", "d1", "d0"]
    assert len(world.hub.inside.ends) == 3


def test_a_store_that_is_put_back_has_forgotten_what_came_since() -> None:
    world = connected()
    end = TIMED_FAULTS["hub-restored"].begin(world, world.devices[0], random.Random(1))
    (draft,) = islice(drafts(Audience(everyone=True)), 1)
    world.publish(draft)
    world.timeline.run_until(30)
    end()
    world.timeline.run_until(60)
    assert [entry.key for entry in world.lost_by_restore] == [draft.key]
    assert world.hub.inside.store.entries == []
