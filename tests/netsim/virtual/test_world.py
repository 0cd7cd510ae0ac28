"""A whole world: it rests, it heals, and what each operation is for happens in some seed."""

from __future__ import annotations

import random

from netsim.virtual.campaign import run_schedule
from netsim.virtual.schedule import draw
from netsim.virtual.world import World

HAPPENS = (
    "KILLED",
    "PUT BACK from",
    "PUT BACK as",
    "CLONED",
    "dies of item",
    "KILLED before it recorded that",
    "CLOCK_CHANGED",
    "REPLACED",
    "SILENT",
    "TOO_SLOW",
    "is dead",
    "noticed by nobody",
    "Refused(",
    "Ahead(",
    "Roll(",
    "Languages(",
    "lost: ",
    "not usable: ",
    "expired by its clock",
    "asks for a roll-call",
    "Ping(",
    "Pong(",
    "b'W|",
    "unconfirmed=True",
    "owes=True",
)


def test_an_empty_schedule_comes_to_rest() -> None:
    world = World(1)
    world.run([])
    assert {device.store.standing().cursor for device in world.devices} == {world.hub.store.head}


def test_everything_that_can_happen_happens_in_some_seed() -> None:
    text = "\n".join(run_schedule(seed, draw(seed), is_traced=True).trace for seed in range(150))
    assert [event for event in HAPPENS if event not in text] == []


def test_every_operation_can_come_first() -> None:
    for name in sorted(dir(World)):
        if name.startswith("do_"):
            world = World(2)
            getattr(world, name)(random.Random(7))
            world.check()
            world.come_to_rest()


def test_after_rest_nothing_more_is_to_be_said() -> None:
    world = World(3)
    world.run(draw(3))
    for device in world.devices:
        assert not world._flow_once(device)
