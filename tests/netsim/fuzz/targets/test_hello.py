"""The target `hello`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import hello
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*hello.seeds(), *damaged(hello.seeds(), 300, seed=4)):
        hello.check(data)


def test_another_error_is_let_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("alerts.wire.handshake._BASE64URL", None)
    with pytest.raises(AttributeError):
        hello.check(b"kgEC")
