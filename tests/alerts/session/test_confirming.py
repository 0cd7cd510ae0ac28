"""When a `Stored` leaves: with TCP's own acknowledgement, with something else, at once where the hub waits, never too late."""

from __future__ import annotations

import pytest

from alerts import limits
from alerts.session.commits import DeviceCommand, DeviceOutcome, KeepItems
from alerts.session.confirming import Confirming
from alerts.session.goodbye import Reason
from alerts.session.inbox import Standing
from alerts.session.position import Position
from alerts.session.session import DeviceSession
from alerts.wire.codec import Codec
from alerts.wire.frames import Ahead, Data, Frame, Goodbye, Ping, Pong, Resume, Roll, Stored, Welcome
from netsim.virtual.device_store import DeviceStore

CODEC = Codec()
EPOCH, NOW = 7, 1000
SLOW_S = 0.2
"""A commit on a cheap phone: TCP's acknowledgement has left by then."""
LEVEL = Position(EPOCH, 2, 2, heard=NOW)


class Device:
    """A session whose every commit takes so long, and what it has said."""

    def __init__(self, commit_s: float) -> None:
        self.commit_s, self.clock = commit_s, 0.0
        self.session = DeviceSession(
            *(Standing(EPOCH, 1, 1, heard=NOW, marks=((EPOCH, 1),)), 5, DeviceStore(), CODEC, 0),
            stored_wait_s=limits.STORED_SECONDS,
        )
        self.take(Welcome(NOW, EPOCH))

    def take(self, frame: Frame) -> list[Frame]:
        command = self.session.receive(CODEC.encode(frame), self.clock)
        while command is not None:
            self.clock += self.commit_s
            command = self.session.done(command, DeviceOutcome(self._position(command)), self.clock)
        return self.said()

    def _position(self, command: DeviceCommand) -> Position:
        position = self.session._down.position
        if isinstance(command, KeepItems):
            held = (*position.held, *(number for number, _ in command.items)) if command.upto is None else ()
            return Position(EPOCH, command.upto or position.cursor, command.as_of, held, heard=NOW)
        return Position(position.epoch, position.cursor, position.as_of, owes=True)

    def passes(self, seconds: float) -> list[Frame]:
        self.clock += seconds
        assert self.session.tick(self.clock)
        return self.said()

    def said(self) -> list[Frame]:
        return [CODEC.decode(message) for message in self.session.messages()]


def live(number: int, as_of: int | None = None) -> Data:
    return Data(EPOCH, number - 1, number, ((number, b"x"),), as_of or number)


def test_a_quick_commit_is_confirmed_with_tcps_acknowledgement() -> None:
    device = Device(0.005)
    assert device.take(live(2)) == []
    assert device.session.deadline() == pytest.approx(limits.RIDE_SECONDS)
    assert device.passes(limits.RIDE_SECONDS) == [Stored(EPOCH, 2, 2, heard=NOW)]
    assert device.passes(limits.STORED_SECONDS) == [], "once"


def test_a_slow_commit_waits_for_company_but_not_longer_than_the_bound() -> None:
    device = Device(SLOW_S)
    assert device.take(live(2)) == []
    assert device.session.deadline() == limits.STORED_SECONDS
    assert device.passes(limits.STORED_SECONDS - SLOW_S - 0.01) == []
    assert device.passes(0.01) == [Stored(EPOCH, 2, 2, heard=NOW)]


def test_a_second_frame_fills_the_window_and_one_word_stands_for_both() -> None:
    device = Device(SLOW_S)
    assert device.take(live(2)) == []
    assert device.take(live(3)) == [Stored(EPOCH, 3, 3, heard=NOW)]
    assert device.take(live(4)) == []


@pytest.mark.parametrize(
    "frame",
    [
        live(2, as_of=9),
        Data(EPOCH, 1, 3, ((2, b"x"), (3, b"y")), 3),
        Ahead(EPOCH, ((8, b"x"),), 9),
    ],
    ids=["more follows", "several items", "ahead"],
)
def test_in_a_catch_up_it_leaves_at_once(frame: Frame) -> None:
    assert [type(said) for said in Device(SLOW_S).take(frame)] == [Stored]


def test_whatever_leaves_takes_it_along() -> None:
    device = Device(SLOW_S)
    device.take(live(2))
    assert device.take(Ping(3)) == [Stored(EPOCH, 2, 2, heard=NOW), Pong(3)]
    device.take(live(3))
    device.session.goodbye(Reason.DONE)
    assert [type(frame) for frame in device.said()] == [Stored, Goodbye]


def test_none_leaves_once_a_roll_call_is_owed() -> None:
    device = Device(SLOW_S)
    device.take(live(2))
    said = device.take(Roll(EPOCH, 2, ((EPOCH, (2,)),)))
    assert said[0] == Stored(EPOCH, 2, 2, heard=NOW), "it was true when the list arrived"
    assert not any(isinstance(frame, Stored) for frame in [*said[1:], *device.passes(limits.STORED_SECONDS)])


def test_asking_for_a_roll_call_takes_it_along_first() -> None:
    device = Device(SLOW_S)
    device.take(live(2))
    device.session.ask_roll_call(device.clock)
    assert [type(frame) for frame in device.said()] == [Stored, Resume]
    assert device.passes(limits.STORED_SECONDS) == []


def test_without_a_wait_it_is_always_due() -> None:
    keep = KeepItems(EPOCH, ((2, b"x"),), 2, 2, EPOCH, False, NOW)
    assert Confirming(0.0).stored(keep, LEVEL, 10.0, 10.0)
