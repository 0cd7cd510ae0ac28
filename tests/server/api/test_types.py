"""Times at the ends of what can be written."""

from __future__ import annotations

import pytest

from server.api.types import maybe_time_of, time_of


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1_795_464_480, "2026-11-23T20:08:00Z"),
        (253402300799, "9999-12-31T23:59:59Z"),
        (10**15, "9999-12-31T23:59:59Z"),
        (-62135596800, "0001-01-01T00:00:00Z"),
        (-(10**15), "0001-01-01T00:00:00Z"),
    ],
)
def test_every_time_can_be_written(seconds: int, text: str) -> None:
    assert time_of(seconds) == text == maybe_time_of(seconds)


def test_no_time_is_none() -> None:
    assert maybe_time_of(None) is None
