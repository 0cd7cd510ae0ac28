"""Parts of the intake; what becomes of alerts is in test_cap_feed_in.py."""

from __future__ import annotations

import pytest

from alerts import errors
from server.bridges.cap_feed_intake import REFUSED, SETTLED, outcome_of
from server.store.feed_records import LOOKED_AT_AGAIN, Outcome


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (errors.StoreFullError("full"), Outcome.FAILING),
        (errors.ExpiredAlertError("late"), Outcome.EXPIRED),
        (errors.UnknownAreaError(["X"]), Outcome.NOT_ADDRESSED),
        (errors.AlreadyReplacedError("a", "b", 1), Outcome.SUPERSEDED),
    ],
)
def test_a_refusal_is_an_outcome(error: Exception, outcome: Outcome) -> None:
    assert outcome_of(error) is outcome


def test_what_is_settled_is_not_looked_at_again() -> None:
    assert SETTLED.isdisjoint(LOOKED_AT_AGAIN)
    assert set(Outcome) == SETTLED | LOOKED_AT_AGAIN
    assert set(REFUSED.values()) <= LOOKED_AT_AGAIN
