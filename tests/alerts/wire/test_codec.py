"""Frames as messages: compressed where it pays, bounded whatever comes."""

from __future__ import annotations

import random
import tracemalloc

import pytest
import zstandard
from hypothesis import example, given
from hypothesis import strategies as st

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.codec import LEVEL_ONCE, LEVEL_SHARED, PLAIN, ZSTD, Codec, unpack
from alerts.wire.frames import Data, Frame, Goodbye, Ping
from alerts.wire.packing import pack

MAGIC = b"\x28\xb5\x2f\xfd"


def _wordy(count: int) -> Data:
    return Data(7, 0, count, tuple((n, b"treat all water before drinking") for n in range(1, count + 1)))


@pytest.mark.parametrize("level", [LEVEL_ONCE, LEVEL_SHARED])
@pytest.mark.parametrize("frame", [Ping(1), _wordy(2), _wordy(64), Goodbye(1, 600, "x" * 500)], ids=repr)
def test_a_frame_comes_back_from_its_message(frame: Frame, level: int) -> None:
    assert Codec().decode(Codec().encode(frame, level=level)) == frame


def test_what_does_not_shrink_stays_plain() -> None:
    noise = random.Random(1).randbytes(400)
    for frame in (Ping(1), Data(7, 0, 1, ((1, noise),))):
        assert Codec().encode(frame)[0] == PLAIN
    message = Codec().encode(_wordy(64))
    assert message[0] == ZSTD
    assert len(message) < 300


def test_a_compressed_frame_has_nothing_that_the_reader_knows_already() -> None:
    message = Codec().encode(_wordy(9))
    assert message[1] == 0, "no content size, checksum, dictionary id; not a single segment"
    assert zstandard.ZstdDecompressor().decompress(MAGIC + message[1:], max_output_size=9999) == pack(
        [3, 7, 0, 9, [[n, raw] for n, raw in _wordy(9).items]]
    )


def test_a_message_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(RemoteProtocolError, match="at most 2097152 are allowed"):
        Codec().decode(bytes(limits.FRAME_BYTES_MAX + 1))


def test_a_bomb_costs_no_more_than_the_limit() -> None:
    block = bytes((0x02 | 0xF8, 0xFF, 0x0F, 0))  # type RLE, 128 KiB - 1 of one byte
    bomb = bytes((ZSTD, 0x00, 0x50)) + block * 300_000
    tracemalloc.start()
    try:
        with pytest.raises(RemoteProtocolError, match="cannot expand within the limits"):
            Codec().decode(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3 * limits.FRAME_EXPANDED_BYTES_MAX
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("stated_bytes", [2**20, 2**28, 2**35, 2**62])
def test_a_content_size_that_is_only_claimed_costs_nothing(stated_bytes: int) -> None:
    """zstd makes room for the size that a frame states, whatever limit it is given."""
    message = Codec().encode(_wordy(9))
    with pytest.raises(RemoteProtocolError, match="its descriptor is e0, expected 00"):
        Codec().decode(bytes((ZSTD, 0xE0)) + stated_bytes.to_bytes(8, "little") + message[3:])


def test_lengths_that_are_only_claimed_cost_nothing() -> None:
    tracemalloc.start()
    try:
        for claim in (b"\xdc\x4e\x20" * 1000, b"\xdd\xff\xff\xff\xff", b"\xc6\xff\xff\xff\xff"):
            with pytest.raises(RemoteProtocolError):
                unpack(claim)
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_nesting_has_an_end() -> None:
    assert unpack(b"\x91" * 7 + b"\x90") == [[[[[[[[]]]]]]]]
    with pytest.raises(RemoteProtocolError, match="deeper than 8"):
        unpack(b"\x91" * 9 + b"\x90")
    with pytest.raises(RemoteProtocolError):
        unpack(b"\x91" * 100_000 + b"\x90")


def test_a_list_as_long_as_allowed_is_read_and_a_longer_one_is_not() -> None:
    assert len(unpack(pack([1] * limits.ROLL_ENTRIES_MAX))) == limits.ROLL_ENTRIES_MAX
    with pytest.raises(RemoteProtocolError):
        unpack(pack([1] * (limits.ROLL_ENTRIES_MAX + 1)))


@given(st.binary(max_size=60))
def test_whatever_comes_is_a_frame_or_is_refused(message: bytes) -> None:
    try:
        assert isinstance(Codec().decode(message), Frame)
    except RemoteProtocolError as refused:
        assert str(refused)


@example(1, 0xE0)
@given(st.integers(0, 200), st.integers(0, 255))
def test_a_damaged_message_is_a_frame_or_is_refused(at: int, byte: int) -> None:
    message = bytearray(Codec().encode(_wordy(9)))
    message[at % len(message)] = byte
    try:
        assert isinstance(Codec().decode(bytes(message)), Frame)
    except RemoteProtocolError as refused:
        assert str(refused)
