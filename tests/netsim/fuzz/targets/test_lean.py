"""The target `lean`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from alerts.wire.lean_frames import write_lean
from netsim.fuzz.targets import lean
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*lean.seeds(), *damaged(lean.seeds(), 200, seed=4), b""):
        lean.check(data)


def test_a_frame_that_is_written_otherwise_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    good = list(lean.seeds())
    monkeypatch.setattr(
        lean, "write_lean", lambda frame, *rest, **more: write_lean(replace(frame, items=()), *rest, **more)
    )
    with pytest.raises(AssertionError, match="written and read again"):
        for data in good:
            lean.check(data)
