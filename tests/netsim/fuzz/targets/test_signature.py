"""The target `signature`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import signature
from server.signing.verifying import Verdict, Verified
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_judged() -> None:
    for data in (*signature.seeds(), *damaged(signature.seeds(), 100, seed=4)):
        signature.check(data)


def test_a_verdict_without_a_look_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "verify", lambda *_: Verified(Verdict.VALID))
    with pytest.raises(AssertionError, match="only what was signed"):
        for data in signature.seeds():
            signature.check(data)
