"""Counting devices by state, area and minute, and taking them away again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.delivery import DeliveryState
from server.watch.tallies import NEVER, NOWHERE, ORDER, PLACE, Tallies, levels, named, reached

DELIVERED, SEEN = PLACE[DeliveryState.DELIVERED], PLACE[DeliveryState.SEEN]


def test_a_device_is_in_its_areas_and_in_all_above_them_once() -> None:
    assert levels(("KE-047-0312", "KE-047-0313", "UG")) == ("KE", "KE-047", "KE-047-0312", "KE-047-0313", "UG")


def test_a_device_in_no_area_counts_nowhere() -> None:
    assert levels(()) == (NOWHERE,)


def test_who_is_bound_counts_nothing_beside_or_above_the_own_areas() -> None:
    assert levels(("KE-047-0312", "UG-1"), ("KE-047",)) == ("KE-047", "KE-047-0312")
    assert levels(("KE-0471",), ("KE-047",)) == ()


def test_counts_in_all_by_area_and_by_minute() -> None:
    tallies = Tallies()
    tallies.add(("KE-1", "KE-2"), SEEN, (125, None, None))
    tallies.add(("KE-1",), DELIVERED, NEVER)
    assert (tallies.counts[SEEN], tallies.counts[DELIVERED]) == (1, 1)
    assert sum(tallies.areas["KE"]) == 2
    assert sum(tallies.areas["KE-2"]) == 1
    assert tallies.minutes == {2: [1, 0, 0]}
    assert tallies.changed == {"KE", "KE-1", "KE-2"}


device = st.tuples(
    st.lists(st.sampled_from(["KE", "KE-1", "KE-1-2", "KE-2", "UG"]), max_size=3).map(tuple),
    st.integers(0, len(ORDER) - 1),
    st.tuples(*[st.none() | st.integers(0, 500)] * 3),
)


@given(st.lists(device, max_size=20), st.lists(device, max_size=20))
def test_what_is_taken_away_was_never_counted(stays: list, goes: list) -> None:  # type: ignore[type-arg]
    tallies, other = Tallies(), Tallies()
    for one in [*stays, *goes]:
        tallies.add(*one)
    for one in goes:
        areas, state, times = one
        tallies.add(areas, state, times, -1)
    for one in stays:
        other.add(*one)
    assert tallies.counts == other.counts
    assert {code: counts for code, counts in tallies.areas.items() if any(counts)} == other.areas
    assert {minute: acts for minute, acts in tallies.minutes.items() if any(acts)} == other.minutes


def test_whoever_went_further_was_reached_too() -> None:
    assert reached([1] * len(ORDER)) == 4
    assert named([1] * len(ORDER))[DeliveryState.WITHDRAWN] == 1
