"""The target `device_session`."""

from __future__ import annotations

import pytest

from alerts.session.session import DeviceSession
from netsim.fuzz.targets import device_session
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*device_session.seeds(), *damaged(device_session.seeds(), 200, seed=4)):
        device_session.check(data)


def test_what_a_hub_may_say_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeds go all the way, so the fuzzer begins from a session that lives."""
    taken: list[object] = []
    whole = DeviceSession.receive

    def receive(self: DeviceSession, message: bytes, *times: float) -> object:
        answer = whole(self, message, *times)
        taken.append(message)
        return answer

    monkeypatch.setattr(DeviceSession, "receive", receive)
    for data in device_session.seeds():
        device_session.check(data)
    assert len(taken) == 23


def test_an_assertion_that_a_hub_can_break_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.session.inbox.finish_roll_call", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        for data in device_session.seeds():
            device_session.check(data)
