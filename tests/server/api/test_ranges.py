from __future__ import annotations

import pytest

from server.api.ranges import UnsatisfiableError, range_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-30", (70, 100)),
        ("bytes=-300", (0, 100)),
        ("bytes = 5 - 5", (5, 6)),
        ("bytes=0-1,5-6", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("bytes=9-2", None),
        ("bytes=a-b", None),
        ("bytes=0-9999999999999999999", None),
    ],
)
def test_one_range_of_bytes_is_taken_and_all_else_is_the_whole(
    header: str | None, expected: tuple[int, int] | None
) -> None:
    assert range_of(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=500-600", "bytes=-0"])
def test_what_begins_behind_the_end_is_told(header: str) -> None:
    with pytest.raises(UnsatisfiableError):
        range_of(header, 100)
