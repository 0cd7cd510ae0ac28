"""The virtual device: each commit is a step, and a kill between two of them loses the rest."""

from __future__ import annotations

import random

import pytest

from alerts import limits
from alerts.session.commits import DeviceCommand
from alerts.wire.codec import Codec
from alerts.wire.frames import Data, Frame, Roll, Rolled, Stored, Welcome
from netsim.judge.invariants import ViolationError
from netsim.virtual.clock import VirtualClock
from netsim.virtual.device import VirtualDevice
from netsim.virtual.device_store import DeviceStore
from netsim.virtual.items import ProcessDiedError
from netsim.virtual.network import Link
from netsim.virtual.trace import Trace

CODEC = Codec()


class Bench:
    """A device, and what it has said."""

    def __init__(self) -> None:
        self.commits: list[DeviceCommand] = []
        self.clock = VirtualClock()
        self.device = VirtualDevice(
            *("d0", 1, DeviceStore(), self.clock, random.Random(1), CODEC),
            *(Trace(is_on=False, time=lambda: 0), lambda: "u1", self._committed),
        )
        self.connect()

    def _committed(self, device: VirtualDevice, command: DeviceCommand, before: int) -> None:
        self.commits.append(command)

    def connect(self) -> None:
        self.link = Link(1)
        self.device.connect(self.link)

    def told(self, *frames: Frame) -> None:
        self.device.received.extend(CODEC.encode(frame) for frame in frames)

    def run(self) -> None:
        while self.device.step():
            pass

    def enrolled(self) -> Bench:
        self.told(Welcome(1000, 7), Roll(7, 1, ()))
        self.run()
        self.told(Rolled(7, 1, (), 1))
        self.run()
        self.said()
        return self

    def said(self) -> list[Frame]:
        return [CODEC.decode(message) for message in self.link.up.arrive(10_000)]


ITEM = b"F|a|0|0|2000|en|"


def test_nothing_is_said_before_its_commit() -> None:
    bench = Bench().enrolled()
    bench.told(Data(7, 1, 2, ((2, ITEM),), 2))
    steps = 0
    while "a" not in bench.device.store.rows:
        assert bench.device.step()
        assert not bench.said()
        steps += 1
    assert steps > 2
    bench.run()
    bench.clock.advance(limits.STORED_SECONDS)
    bench.device.tick()
    assert [type(frame) for frame in bench.said()] == [Stored]


def test_a_kill_between_two_commits_keeps_the_first_only() -> None:
    bench = Bench().enrolled()
    bench.told(Data(7, 1, 2, ((2, ITEM),), 2))
    bench.device.step()
    bench.device.step()
    assert bench.device.store.tries
    bench.device.start()
    assert bench.device.store.standing().cursor == 1
    assert not bench.device.step()


def test_a_deadly_item_kills_twice_and_is_quarantined_then_its_neighbours_are_not() -> None:
    bench = Bench().enrolled()
    for _ in range(2):
        bench.told(Data(7, 1, 3, ((2, ITEM), (3, b"D|b")), 3))
        with pytest.raises(ProcessDiedError):
            bench.run()
        bench.device.start()
        bench.connect()
        bench.told(Welcome(1000, 7))
    bench.told(Data(7, 1, 3, ((2, ITEM), (3, b"D|b")), 3))
    bench.run()
    assert set(bench.device.store.rows) == {"a"}
    assert set(bench.device.store.quarantined) == {(7, 3)}
    assert bench.device.store.standing().cursor == 3


def test_a_hub_that_breaks_the_protocol_breaks_a_promise() -> None:
    bench = Bench()
    bench.told(Roll(7, 1, ()))
    with pytest.raises(ViolationError, match="invariant 6"):
        bench.run()


def test_a_dead_link_is_noticed() -> None:
    bench = Bench().enrolled()
    for _ in range(3):
        bench.device._clock.advance(100)
        bench.device.tick()
    assert bench.device.link is None


def test_the_hub_s_time_goes_on_without_a_connection() -> None:
    bench = Bench().enrolled()
    bench.device._clock.advance(50)
    assert bench.device.reckon() == 1050
    bench.device.drop()
    bench.device._clock.advance(50)
    bench.device.start()
    assert bench.device.reckon() == 1100
