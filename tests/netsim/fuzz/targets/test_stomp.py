"""The target `stomp`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import stomp
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*stomp.seeds(), *damaged(stomp.seeds(), 300, seed=11)):
        stomp.check(data)


def test_another_error_is_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.bridges.stomp._ESCAPES", None)
    with pytest.raises(AttributeError):
        stomp.check(b"SEND\na:\\n\n\n\0")


def test_a_header_that_becomes_two_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.bridges.stomp._escape", lambda text: text)
    with pytest.raises(AssertionError, match="written and read again"):
        stomp.check(b"SEND\na:b\\nc\\cd\n\n\0")
