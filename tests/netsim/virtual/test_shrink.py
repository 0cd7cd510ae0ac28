"""Shrinking: what is left still breaks the same promise, and is shorter."""

from __future__ import annotations

import pytest

from netsim.virtual.campaign import run_schedule, run_seed
from netsim.virtual.schedule import draw
from netsim.virtual.shrink import shrink
from tests.planted import canary


def test_what_is_left_breaks_the_same_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    canary.plant(monkeypatch)
    seed = next(seed for seed in range(20) if run_seed(seed).violation)
    short = shrink(seed, draw(seed))
    before, after = run_seed(seed).violation, run_schedule(seed, short).violation
    assert before is not None
    assert after is not None
    assert before[:11] == after[:11]
    assert len(short) < 15
    for index in range(len(short)):
        less = run_schedule(seed, short[:index] + short[index + 1 :]).violation
        assert less is None or less[:34] != after[:34], "one that could be left out is left out"


def test_what_holds_cannot_be_made_shorter() -> None:
    with pytest.raises(AssertionError, match="only what fails"):
        shrink(1, draw(1))
