"""The target `frame`."""

from __future__ import annotations

import pytest

from netsim.fuzz.targets import frame
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*frame.seeds(), *damaged(frame.seeds(), 300, seed=4)):
        frame.check(data)


def test_a_frame_that_comes_back_changed_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    good = list(frame.seeds())
    monkeypatch.setattr("alerts.wire.codec.to_array", lambda one: [0, 1])
    with pytest.raises(AssertionError, match="written and read again"):
        for data in good:
            frame.check(data)
