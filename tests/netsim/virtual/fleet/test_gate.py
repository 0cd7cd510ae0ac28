"""The gate lets in as many as the real admission, and tells what that tells."""

from __future__ import annotations

import random

import numpy as np
import pytest

from client.backoff import TOLD_SECONDS_MAX
from netsim.virtual.fleet.gate import BOOKED_SHARE, Booking, Gate, told_when_busy, told_when_full
from server.push.admission import Admission
from server.settings import Limits

LIMITS = Limits(connects_per_second=20, device_connections_max=900)


def test_what_the_real_one_tells_lies_between_the_edges() -> None:
    rng = random.Random(1)
    for connections_max, edges in ((1, told_when_busy()), (0, told_when_full())):
        real = Admission(1.0, 0, connections_max, rng, 0.0)
        told = {real.admit(0, 0.0) for _ in range(3000)}
        assert told == set(range(edges[0], edges[1] + 1))
        gate = Gate(Limits(connects_per_second=0.01), np.random.default_rng(1))
        connected = 20_000 if connections_max == 0 else 0
        assert set(gate.tell(3000, connected, 0.0).tolist()) == told


@pytest.mark.parametrize("seed", range(8))
def test_lets_in_as_many_as_the_real_one_that_is_asked_one_by_one(seed: int) -> None:
    rng = random.Random(seed)
    gate = Gate(LIMITS, np.random.default_rng(seed))
    real = Admission(20, 20, 900, random.Random(0), 0.0)
    by_gate = by_real = 0
    for second in range(1, 200):
        count = rng.choice((0, 0, 3, 15, 25, 400))
        by_gate += gate.admit(count, by_gate, float(second - 1))
        for at in sorted(rng.uniform(second - 1, second) for _ in range(count)):
            by_real += real.admit(by_real, at) is None
        assert abs(by_gate - by_real) <= 20, (seed, second)
    assert by_real <= 900
    assert by_gate <= 900


def test_without_admission_all_come_in() -> None:
    assert Gate(LIMITS, np.random.default_rng(1), "off").admit(5000, 5000, 0.0) == 5000


def test_a_new_process_has_a_full_bucket_again() -> None:
    gate = Gate(LIMITS, np.random.default_rng(1))
    assert gate.admit(100, 0, 0.0) == 40  # a burst, and what the second brings
    assert gate.admit(100, 0, 0.0) == 0
    assert gate.admit(100, 0, 1.0) == 20
    gate.restart(2.0)
    assert gate.admit(100, 0, 1.0) == 20


def test_turns_follow_each_other_at_the_rate_and_none_is_given_twice() -> None:
    booking = Booking(10.0)
    first, second = booking.turns(900, 50.0, 1.0), booking.turns(900, 50.0, 1.0)
    both = np.concatenate([first, second])
    assert both.min() >= 1
    assert (np.diff(both) >= 0).all()
    assert np.bincount(both).max() <= 10
    assert both.max() == pytest.approx(1800 / (10 * BOOKED_SHARE), abs=3)


def test_no_turn_is_later_than_a_device_believes() -> None:
    booking = Booking(1.0)
    assert booking.turns(10_000, 0.0, 1.0).max() == TOLD_SECONDS_MAX
    assert booking.turns(1, 0.0, 1.0)[0] <= TOLD_SECONDS_MAX
