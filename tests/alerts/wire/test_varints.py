"""Integers in few bytes, and what is wrong is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RemoteProtocolError
from alerts.wire.varints import Bytes, pack_int, pack_time, pack_uint

SECONDS = st.integers(-(2**40), 2**40)


@given(st.integers(0, 2**53 - 1), st.integers(-(2**53), 2**53 - 1), SECONDS)
def test_numbers_come_back(uint: int, sint: int, seconds: int) -> None:
    source = Bytes(pack_uint(uint) + pack_int(sint) + pack_time(seconds))
    assert (source.uint(), source.sint(), source.time()) == (uint, sint, seconds)
    assert source.rest() == b""


@pytest.mark.parametrize(
    ("seconds", "size"), [(0, 1), (3600 * 6, 1), (-3600, 1), (60 * 45, 2), (3600 * 720, 2), (59, 2)]
)
def test_whole_hours_and_minutes_are_short(seconds: int, size: int) -> None:
    assert len(pack_time(seconds)) == size


def test_a_time_may_stand_in_a_table() -> None:
    assert Bytes(pack_time(1_000_000, 2)).time([1, 2, 1_000_000]) == 1_000_000
    assert len(pack_time(1_000_000, 2)) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut off"),
        (b"\x80", "cut off"),
        (b"\xff" * 12, "bits"),
        (bytes((3,)), "table"),
        (b"\xfe\xff\xff\xff\xff\xff\xff\x7f", "seconds"),
    ],
)
def test_what_is_no_number_is_named(data: bytes, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        Bytes(data).time()


def test_a_flag_is_nothing_else() -> None:
    assert [Bytes(bytes((value,))).flag() for value in (0, 1)] == [False, True]
    with pytest.raises(RemoteProtocolError, match="0 or 1"):
        Bytes(b"\x02").flag()
