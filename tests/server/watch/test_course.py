"""An alert over time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from server.delivery import DeliveryState
from server.watch.course import POINTS_MAX, Sample, course, is_due
from server.watch.tallies import PLACE, Tallies

SEEN = PLACE[DeliveryState.SEEN]


def tallies_of(*seen_at: int) -> Tallies:
    tallies = Tallies()
    for at in seen_at:
        tallies.add((), SEEN, (at, None, None))
    return tallies


def test_each_point_says_how_many_there_were_so_far() -> None:
    ran = course(tallies_of(30, 70, 130), 0, 180, ())
    assert [(point.at, point.seen) for point in ran.points] == [(60, 1), (120, 2), (180, 3)]
    assert [point.delivered for point in ran.points] == [None, None, 3]


def test_what_a_clock_puts_before_the_beginning_or_behind_the_end_is_not_lost() -> None:
    ran = course(tallies_of(-5000, 99_999), 0, 120, ())
    assert [point.seen for point in ran.points] == [1, 2]


def test_notes_say_how_many_had_it() -> None:
    ran = course(tallies_of(30, 31, 32, 33), 0, 180, (Sample(50, 1), Sample(100, 2)))
    assert [point.delivered for point in ran.points] == [1, 2, 4], "the last point is as it is now"


@given(st.integers(0, 400 * 86_400), st.lists(st.integers(-100, 400 * 86_400), max_size=30))
def test_points_are_few_and_only_rise(span: int, seen: list[int]) -> None:
    ran = course(tallies_of(*seen), 1000, 1000 + span, ())
    counts = [point.seen for point in ran.points]
    assert 1 <= len(counts) <= POINTS_MAX
    assert counts == sorted(counts) and counts[-1] == len(seen)
    assert ran.points[-1].at == 1000 + max(span, 60)


def test_notes_are_close_at_first_and_only_where_something_changed() -> None:
    assert is_due(None, 0, 0, 0)
    assert not is_due(Sample(10, 5), 0, 20, 6)
    assert is_due(Sample(10, 5), 0, 40, 6)
    assert not is_due(Sample(10, 5), 0, 4000, 5)
    assert not is_due(Sample(4000, 5), 0, 4100, 6)
    assert is_due(Sample(4000, 5), 0, 4600, 6)
    assert not is_due(Sample(90_000, 5), 0, 91_000, 6)
    assert is_due(Sample(90_000, 5), 0, 93_600, 6)
