"""Pacing: small steps first, larger ones as they are confirmed in time, two frames under way."""

from __future__ import annotations

from alerts import limits
from alerts.session.pacing import FIRST_ITEMS_MAX, ITEM_BYTES, InFlight, Pacing
from alerts.session.spans import Spans


def data(upto: int, *numbers: int, sent_at: float = 0, size: int = 100) -> InFlight:
    return InFlight(upto, numbers, Spans(), size, sent_at)


def ahead(*numbers: int) -> InFlight:
    return InFlight(None, numbers, Spans(), 100, 0)


def test_two_frames_with_items_close_the_window_and_empty_ones_do_not() -> None:
    pacing = Pacing()
    for frame in (data(2), data(3, 3), data(4)):
        pacing.sent(frame)
    assert pacing.is_open()
    pacing.sent(ahead(9))
    assert not pacing.is_open()
    assert pacing.ahead_in_flight() == 1


def test_a_position_confirms_what_it_covers() -> None:
    pacing = Pacing()
    for frame in (data(3, 2, 3), ahead(8, 9), data(5)):
        pacing.sent(frame)
    assert pacing.confirmed(3, frozenset({8}), 1) == [data(3, 2, 3)]
    assert pacing.confirmed(8, frozenset({9}), 1) == [ahead(8, 9), data(5)]
    assert pacing.is_open()


def test_batches_double_when_they_are_confirmed_in_time_up_to_a_bound() -> None:
    pacing = Pacing()
    sizes = []
    for number in range(1, 10):
        pacing.sent(data(number, number))
        pacing.confirmed(number, frozenset(), 1)
        sizes.append(pacing.batch_items)
    assert sizes == [2, 4, 8, 16, 32, 64, 64, 64, 64]


def test_late_batches_are_halved_but_a_single_item_cannot_be_late() -> None:
    pacing = Pacing()
    late = limits.BATCH_SECONDS + 0.1
    pacing.sent(data(1, 1))
    pacing.confirmed(1, frozenset(), late)
    assert pacing.batch_items == 2
    pacing.sent(data(3, 2, 3))
    pacing.confirmed(3, frozenset(), late)
    assert pacing.batch_items == 1


def test_a_frame_without_items_says_nothing_about_the_link() -> None:
    pacing = Pacing()
    pacing.sent(data(5))
    pacing.confirmed(5, frozenset(), 0)
    assert pacing.batch_items == 1


def test_a_reader_that_confirms_nothing_is_given_up_later_the_more_was_sent() -> None:
    pacing = Pacing()
    assert pacing.stalled_at() is None
    pacing.sent(data(5))
    assert pacing.stalled_at() is None
    pacing.sent(data(6, 6, sent_at=100, size=limits.SLOWEST_BYTES_PER_SECOND * 7))
    assert pacing.stalled_at() == 100 + 3 * limits.ANSWER_SECONDS + 7
    pacing.forget()
    assert pacing.stalled_at() is None


def test_what_a_link_has_carried_in_time_is_where_its_next_connection_begins() -> None:
    pacing = Pacing()
    assert pacing.shown() == 0
    pacing.sent(data(4, 1, 2, 3, 4, size=3000))
    assert pacing.shown() == 0, "it is not confirmed yet"
    pacing.confirmed(4, frozenset(), 1)
    assert pacing.shown() == 3000
    assert Pacing(3000).batch_items == 3000 // ITEM_BYTES
    assert Pacing(10**6).batch_items == FIRST_ITEMS_MAX
    assert Pacing(1).batch_items == Pacing().batch_items == 1


def test_a_link_that_was_late_or_broke_has_shown_less() -> None:
    pacing = Pacing()
    pacing.sent(data(1, 1, size=4000))
    pacing.confirmed(1, frozenset(), 1)
    pacing.sent(data(2, 2, sent_at=1, size=9000))
    pacing.confirmed(2, frozenset(), 1 + limits.BATCH_SECONDS + 0.1)
    assert pacing.shown() == 2000
    pacing.sent(data(3, 3))
    assert pacing.shown() == 0, "whoever comes back from a break begins with one item"
