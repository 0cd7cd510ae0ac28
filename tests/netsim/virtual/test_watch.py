"""What the watch remembers of a run, and that it hands the judge what it must."""

from __future__ import annotations

import random

import pytest

from alerts.session.inbox import Alarm, Row
from alerts.wire.items import Purpose, Urgency
from netsim.judge.invariants import ViolationError
from netsim.virtual.clock import START
from netsim.virtual.world import World


def world_at_rest() -> World:
    world = World(1)
    rng = random.Random(1)
    for _ in range(8):
        world.do_publish(rng)
    world.come_to_rest()
    return world


def a_row(key: str, number: int) -> Row:
    return Row(
        *(key, 1, number, Purpose.ALERT, Urgency.ORDINARY, int(START) + 10**9, b"F|x|0|0|0|en|"), alarm=Alarm.RAISED
    )


def test_what_was_never_addressed_is_seen() -> None:
    world = world_at_rest()
    world.devices[0].store.put(a_row("stranger", 999))
    with pytest.raises(ViolationError, match="invariant 7"):
        world.watch.check_device(world.hub, world.devices[0])


def test_what_is_missing_below_the_cursor_is_seen() -> None:
    world = world_at_rest()
    device = next(device for device in world.devices if device.store.rows)
    store = device.store
    row = next(row for row in store.rows.values() if world.hub.log.find(row.key))
    store.put(a_row(row.key, 999))
    del store.rows[row.key]
    with pytest.raises(ViolationError, match=r"invariant [34]"):
        world.watch.check_device(world.hub, device)


def test_what_the_hub_says_of_what_is_over_is_judged_too() -> None:
    world = world_at_rest()
    device = next(device for device in world.devices if device.store.rows)
    world.hub.wall.offset += 10**9
    world.watch.check_device(world.hub, device)
    row = next(row for row in device.store.rows.values() if world.hub.log.find(row.key))
    device.store.put(a_row(row.key, 999))
    del device.store.rows[row.key]
    with pytest.raises(ViolationError, match="invariant 4"):
        world.watch.check_device(world.hub, device)


def test_an_alarm_raised_again_is_seen_unless_the_process_died_before_it_recorded_that() -> None:
    world = world_at_rest()
    device = world.devices[0]
    world.watch.raised(device, ["x"], recorded=False)
    world.watch.raised(device, ["x"], recorded=True)
    with pytest.raises(ViolationError, match="invariant 2"):
        world.watch.raised(device, ["x"], recorded=True)


def test_a_shown_alert_that_is_not_in_force_is_seen_at_rest() -> None:
    world = world_at_rest()
    device = world.devices[0]
    device.store.put(a_row("old", 1))
    with pytest.raises(ViolationError, match="still shows old"):
        world.watch.check_rest(world.hub, device)
