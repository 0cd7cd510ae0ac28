"""The hub's time as this machine can reckon it."""

from __future__ import annotations

import pytest

from client.hub_time import HubTime, Reading
from tests.support.clocks import TestClock


def test_it_goes_on_with_the_monotonic_clock() -> None:
    assert Reading(1000, 50.5, "b").reckon(TestClock(61.4, "b").clocks()) == HubTime(1010, True)


@pytest.mark.parametrize(
    ("now", "boot", "was"), [(40.0, "b", "b"), (90.0, "c", "b"), (90.0, "", ""), (90.0, "b", ""), (90.0, "", "b")]
)
def test_otherwise_it_is_a_lower_bound(now: float, boot: str, was: str) -> None:
    assert Reading(1000, 50.0, was).reckon(TestClock(now, boot).clocks()) == HubTime(1000, False)
