"""The target `stomp_session`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import stomp_session
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*stomp_session.seeds(), *damaged(stomp_session.seeds(), 300, seed=12)):
        stomp_session.check(data)


def test_another_error_is_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.bridges.stomp_session._BEATS", None)
    with pytest.raises(AttributeError):
        stomp_session.check(next(iter(stomp_session.seeds())))


def test_a_window_that_nobody_keeps_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.bridges.stomp_session.Subscription.room", 1)
    with pytest.raises(AssertionError, match="never more than the window"):
        stomp_session.check(
            b"CONNECT\naccept-version:1.2\n\n\0"
            b"SUBSCRIBE\nid:0\ndestination:/alerts\nack:client\n\n\0" + 5 * b"SEND\ndestination:/alerts\n\n\0"
        )
