"""How long to wait for a connection to stand."""

from __future__ import annotations

from client.patience import PATIENCE_SECONDS_MAX, PATIENCE_SECONDS_MIN, Patience


def test_whoever_is_not_answered_waits_longer_each_time_and_not_for_ever() -> None:
    patience = Patience()
    waits = []
    for _ in range(4):
        waits.append(patience.seconds)
        patience.unanswered()
    assert waits == [30, 60, 120, 120] and patience.seconds == PATIENCE_SECONDS_MAX


def test_a_slow_answer_leaves_room_for_one_that_is_slower_and_a_quick_one_ends_that() -> None:
    patience = Patience()
    patience.unanswered()
    patience.answered(44)
    assert patience.seconds == 88
    patience.answered(2)
    assert patience.seconds == PATIENCE_SECONDS_MIN
