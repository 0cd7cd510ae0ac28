"""Reasons to end: each has words, and a close code that an endpoint may send."""

from __future__ import annotations

import pytest

from alerts.session.goodbye import FAREWELLS, Reason


@pytest.mark.parametrize("reason", Reason)
def test_each_reason_has_words_and_a_close_code_that_may_be_sent(reason: Reason) -> None:
    farewell = FAREWELLS[reason]
    assert farewell.words
    # RFC 6455 §7.4.1 and §7.4.2: 1005, 1006 and 1015 are never sent; 4000 to 4999 are private.
    assert farewell.close_code in {1000, 1001, 1002, 1008, 1011, 1013} or 4000 <= farewell.close_code < 5000
    assert farewell.retry_after is None or farewell.retry_after >= -1


def test_a_replaced_store_stays_away_for_ten_minutes_and_a_revoked_one_for_good() -> None:
    assert FAREWELLS[Reason.REPLACED].retry_after == 600
    assert FAREWELLS[Reason.REVOKED].retry_after == -1


def test_numbers_are_part_of_the_protocol() -> None:
    assert [(reason.name, int(reason)) for reason in Reason] == [
        *(("STOPPING", 0), ("REPLACED", 1), ("REVOKED", 2), ("CLOCK_CHANGED", 3), ("TOO_SLOW", 4)),
        *(("PROTOCOL_ERROR", 5), ("OVERLOADED", 6), ("SILENT", 7), ("DONE", 8), ("STORE_FAILED", 9)),
    ]
