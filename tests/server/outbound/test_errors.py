"""Reasons are words that go into tables and documents: they stay as they are."""

from __future__ import annotations

from server.outbound.errors import OutboundError, Reason


def test_reasons_are_plain_words() -> None:
    assert all(reason.replace("-", "").isalpha() and reason.islower() for reason in Reason)


def test_an_error_has_both() -> None:
    error = OutboundError(Reason.TOO_SLOW, "it took too long")
    assert (error.reason, str(error)) == ("too-slow", "it took too long")
