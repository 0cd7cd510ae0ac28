"""What went wrong, in words, and how long to stay away then."""

from __future__ import annotations

import pytest

from alerts.session.goodbye import FAREWELLS, Reason
from alerts.wire.frames import Goodbye
from client.trouble import MEANINGS, End, Trouble, end_of


def test_every_trouble_has_a_meaning() -> None:
    assert set(MEANINGS) == set(Trouble)
    assert all(meaning.words for meaning in MEANINGS.values())


def test_only_a_revoked_device_stays_away() -> None:
    assert [trouble for trouble in Trouble if End(trouble).is_final] == [Trouble.REVOKED]


@pytest.mark.parametrize("reason", list(Reason))
def test_every_goodbye_means_something(reason: Reason) -> None:
    end = end_of(Goodbye(int(reason)))
    assert end.is_final == (reason is Reason.REVOKED)
    assert FAREWELLS[reason].words in end.words


def test_a_replaced_client_stays_away_for_ten_minutes() -> None:
    end = end_of(Goodbye(int(Reason.REPLACED)))
    assert (end.trouble, end.pause_s) == (Trouble.REPLACED, 600)


def test_the_hubs_time_to_come_back_counts() -> None:
    assert end_of(Goodbye(int(Reason.STOPPING), 42)).pause_s == 42
    assert end_of(Goodbye(int(Reason.TOO_SLOW))).pause_s is None


def test_a_reason_of_a_later_version_is_one_to_come_back_after() -> None:
    end = end_of(Goodbye(4711, 9, "later"))
    assert (end.trouble, end.pause_s, end.is_final) == (Trouble.HUB_LEFT, 9, False)
    assert "later" in end.words


def test_an_unknown_credential_is_not_a_revoked_one() -> None:
    """After a restore the hub may not know a device; nothing is given up for that."""
    end = End(Trouble.UNKNOWN_CREDENTIAL)
    assert not end.is_final
    assert end.pause_s == 600
