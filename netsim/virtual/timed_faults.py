"""What can befall a timed world, by the names of the fault menu of real sites: each begins, and gives what ends it.

Faults of what a model has no part for (a full disk, a captive portal, a certificate) are not here.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from alerts.audience import Reader
from netsim.virtual.clock import YEAR
from netsim.virtual.path import BOTH, Direction
from netsim.virtual.timed_device import TimedDevice
from netsim.virtual.timed_world import TimedWorld

HOMES = (("KE-1-01",), ("KE-2-07",), ("KE-1-01", "KE-2-07"), ("UG-1",))
OFFSETS_S = (3600, -3600, 86_400, -86_400, YEAR, -YEAR, 8 * YEAR, -53 * YEAR)
"""1970 and 2031 among them: a run begins in November 2023."""
DEVICES_MAX = 12
PUT_BACK_AFTER_S_MAX = 2.0

End = Callable[[], None]
Begin = Callable[[TimedWorld, TimedDevice, random.Random], End]


def _nothing() -> None:
    """What is over at once needs no end."""


def cut(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """The link is broken both ways; nobody is told."""
    device.path.cut()
    return device.path.heal


def half_open(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """The connection that there is dies in silence; a new one would work."""
    if device.connection is not None:
        device.path.kill_connection(device.connection)
    return _nothing


def reset(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """Both ends are told that the connection is gone."""
    if device.connection is not None:
        device.path.reset(device.connection)
    return _nothing


def stall(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """What is sent waits, in one direction or both, and then comes all at once."""
    device.path.stall(chance.choice((BOTH, frozenset({Direction.UP}), frozenset({Direction.DOWN}))))
    return device.path.heal


def hub_kill(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """Kill -9, and a start soon."""
    world.hub.kill(chance.uniform(0, 5))
    return _nothing


def device_kill(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """Kill -9 or no power, and a start soon."""
    device.kill(with_power=chance.random() < 0.5, starts_after_s=chance.uniform(0, 30))
    return _nothing


def hub_clock_jump(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """Somebody sets the hub's clock to another time, and later back."""
    world.hub.set_clock(chance.choice(OFFSETS_S))
    return lambda: world.hub.set_clock(0)


def hub_restored(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """The hub's store is put back at the end to what it was at the beginning."""
    copy = world.hub.inside.store.copy()
    return lambda: world.put_back_hub(copy, chance.uniform(0, PUT_BACK_AFTER_S_MAX))


def device_restored(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """A device's store is put back at the end to what it was at the beginning."""
    copy, life = device.inside.store.copy(), device.inside.life

    def put_back() -> None:
        if device.inside.life == life:
            device.switch_off()
            device.inside = world.renew(device, copy)
            device.switch_on(chance.uniform(0, PUT_BACK_AFTER_S_MAX))

    return put_back


def device_cloned(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """A second phone has a copy of the store."""
    if len(world.devices) < DEVICES_MAX:
        clone = world.add_device(world.renew(device, device.inside.store.copy()))
        world.devices.append(clone)
        clone.switch_on(chance.uniform(0, PUT_BACK_AFTER_S_MAX))
    return _nothing


def device_moved(world: TimedWorld, device: TimedDevice, chance: random.Random) -> End:
    """Ops move a device to another district while its link is cut."""
    if not world.hub.is_up:
        return _nothing
    device.path.cut()
    world.move(Reader(device.inside.name, chance.choice(HOMES)))
    return device.path.heal


@dataclass(frozen=True, slots=True)
class TimedFault:
    """One kind. `is_of_hub`: it is the same whichever device is named."""

    begin: Begin
    is_of_hub: bool = False

    @property
    def summary(self) -> str:
        """In one sentence."""
        return (self.begin.__doc__ or "").strip()


TIMED_FAULTS: Mapping[str, TimedFault] = {
    "cut": TimedFault(cut),
    "half-open": TimedFault(half_open),
    "reset": TimedFault(reset),
    "stall": TimedFault(stall),
    "hub-kill": TimedFault(hub_kill, is_of_hub=True),
    "device-kill": TimedFault(device_kill),
    "hub-clock-jump": TimedFault(hub_clock_jump, is_of_hub=True),
    "hub-restored": TimedFault(hub_restored, is_of_hub=True),
    "device-restored": TimedFault(device_restored),
    "device-cloned": TimedFault(device_cloned),
    "device-moved": TimedFault(device_moved),
}
