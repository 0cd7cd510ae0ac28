"""The target `canary`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import canary


def test_it_dies_of_its_word_only() -> None:
    for data in (*canary.seeds(), b"", b"bel", b"bull", b"Bell"):
        canary.check(data)
    with pytest.raises(canary.SleptError):
        canary.check(b"bell, and more")
