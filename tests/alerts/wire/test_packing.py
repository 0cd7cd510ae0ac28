"""msgpack in and out, and what a hostile writer cannot make it do."""

from __future__ import annotations

import tracemalloc

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RemoteProtocolError
from alerts.wire.packing import check_structure, pack, unpack

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


@given(VALUES)
def test_any_value_comes_back(value: object) -> None:
    assert unpack(pack(value), depth_max=100) == value


@pytest.mark.parametrize("length", [15, 16, 31, 32, 255, 256, 65535, 65536])
def test_every_width_of_length(length: int) -> None:
    for value in ("a" * length, b"a" * length, [1] * length, {str(n): n for n in range(length)}):
        assert unpack(pack(value)) == value


@given(st.binary(max_size=64))
def test_any_bytes_end_in_a_value_or_in_one_error(data: bytes) -> None:
    try:
        unpack(data)
    except RemoteProtocolError as error:
        assert str(error)


@given(VALUES, st.data())
def test_the_check_agrees_with_msgpack_on_damage(value: object, draw: st.DataObject) -> None:
    data = bytearray(pack(value))
    at = draw.draw(st.integers(0, len(data) - 1))
    data[at] ^= draw.draw(st.integers(1, 255))
    try:
        msgpack.unpackb(bytes(data), raw=False, strict_map_key=False)
    except Exception:  # noqa: BLE001 - whatever msgpack raises
        with pytest.raises(RemoteProtocolError):
            unpack(bytes(data), depth_max=100)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "ends after 0 bytes"),
        (b"\x01\x01", "1 bytes too many"),
        (b"\x92\x01", "more is stated than there is"),
        (b"\xdb\xff\xff\xff\xff", "more is stated"),
        (b"\xdd\xff\xff\xff\xff", "more is stated"),
        (b"\xdf\xff\xff\xff\xff", "more is stated"),
        (b"\xc1", "a type that is not used here"),
        (b"\xd4\x01\x01", "a type that is not used here"),
        (b"\x91" * 9 + b"\x90", "nested deeper than 8"),
        (b"\xa1\xff", "not msgpack"),
        (b"\x81\x90\x01", "not msgpack"),
    ],
)
def test_wrong_bytes_say_what_is_wrong(data: bytes, problem: str) -> None:
    with pytest.raises(RemoteProtocolError, match=problem):
        unpack(data)


def test_a_stated_length_reserves_no_memory() -> None:
    claims = b"\xdd\x00\x0f\xff\xff" * 200_000
    tracemalloc.start()
    try:
        with pytest.raises(RemoteProtocolError):
            check_structure(claims)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()
