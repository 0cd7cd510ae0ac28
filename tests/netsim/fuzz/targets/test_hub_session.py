"""The target `hub_session`."""

from __future__ import annotations

import pytest

from alerts.session.session import HubSession
from netsim.fuzz.targets import hub_session
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*hub_session.seeds(), *damaged(hub_session.seeds(), 200, seed=4)):
        hub_session.check(data)


def test_what_a_device_may_say_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The seeds go all the way, so the fuzzer begins from a session that lives."""
    taken: list[object] = []
    whole = HubSession.receive

    def receive(self: HubSession, message: bytes, *times: float) -> object:
        answer = whole(self, message, *times)  # type: ignore[arg-type]
        taken.append(message)
        return answer

    monkeypatch.setattr(HubSession, "receive", receive)
    for data in hub_session.seeds():
        hub_session.check(data)
    assert len(taken) == 22


def test_an_assertion_that_a_device_can_break_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.session.sender.Sender.restart", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        for data in hub_session.seeds():
            hub_session.check(data)
