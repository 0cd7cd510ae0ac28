"""RTT and RTO, as RFC 6298 and Linux have them."""

from __future__ import annotations

import pytest

from netsim.virtual.tcp.round_trip import RoundTrip
from netsim.virtual.tcp.settings import TcpSettings


def test_the_first_answer_makes_three_round_trips_of_patience() -> None:
    trip = RoundTrip(TcpSettings())
    assert trip.timeout_s == 1.0
    trip.sample(0.6, 1, 1)
    assert trip.timeout_s == pytest.approx(1.8)  # RFC 6298 §2.2: SRTT + 4 · SRTT/2


def test_on_a_calm_link_200_ms_are_left_above_the_round_trip() -> None:
    trip = RoundTrip(TcpSettings())
    for number in range(1, 60):
        trip.sample(0.6, number, number)
    assert trip.timeout_s == pytest.approx(0.8, abs=0.01)


def test_a_late_answer_makes_patient_at_once_and_calm_ones_slowly_less() -> None:
    trip = RoundTrip(TcpSettings())
    for number in range(1, 60):
        trip.sample(0.1, number, number)
    trip.sample(1.1, 60, 60)
    patient = trip.timeout_s
    assert patient > 1.0
    trip.sample(0.1, 61, 61)
    assert 0.6 * patient < trip.timeout_s <= patient * 1.2


def test_an_early_answer_does_not_make_patient() -> None:
    early, late = RoundTrip(TcpSettings()), RoundTrip(TcpSettings())
    for trip, last in ((early, 0.1), (late, 1.9)):
        for number in range(1, 60):
            trip.sample(1.0, number, number)
        trip.sample(last, 60, 60)
    assert early.timeout_s < late.timeout_s


def test_the_timeout_doubles_up_to_its_bound() -> None:
    trip = RoundTrip(TcpSettings())
    trip.sample(0.1, 1, 1)
    first = trip.timeout_s
    waits = []
    for _ in range(12):
        trip.backoff += 1
        waits.append(trip.timeout_s)
    assert waits[:3] == pytest.approx([2 * first, 4 * first, 8 * first])
    assert waits[-1] == 120.0
    trip.sample(0.1, 2, 2)
    assert trip.timeout_s < 1
