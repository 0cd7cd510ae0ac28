"""Text to blocks and back: any decoder of whole frames reads them, behind whatever earlier text."""

from __future__ import annotations

import random

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.blocks import WINDOW_LOG, BlockReader, BlockWriter, Kind
from tests.support.lean import DICTIONARY

WRITER, READER = BlockWriter(DICTIONARY.zstd), BlockReader(DICTIONARY.zstd)
WORDS = b"Boil all water before drinking it. Do not use lot AX40213B. Call the district office. "


def _write(body: bytes, prefix: bytes = b"") -> tuple[Kind, bytes]:
    written = WRITER.write(body, prefix)
    assert written is not None
    return written


@given(st.binary(max_size=2000), st.binary(max_size=3000))
def test_a_body_comes_back_behind_any_text(body: bytes, prefix: bytes) -> None:
    assert READER.read(*_write(body, prefix), prefix) == body


@pytest.mark.parametrize("prefix", [b"", WORDS, WORDS * 300])
def test_words_become_one_block_without_header(prefix: bytes) -> None:
    body = b"Do not use lot AX40213C. Call the district office at once."
    kind, payload = _write(body, prefix)
    assert kind is Kind.BLOCK and len(payload) < len(body) - 20
    assert READER.read(kind, payload, prefix) == body


def test_earlier_text_makes_it_smaller() -> None:
    noise = random.Random(3).randbytes(300).hex().encode()
    assert len(_write(noise, noise)[1]) < 40 < 200 < len(_write(noise)[1])


def test_text_that_repeats_itself_may_stand_before() -> None:
    """Short repeats would be compressed even in a piece; they are then cut elsewhere, or the prefix is given up."""
    given_up = 0
    for period in range(1, 12):
        for count in (50, 400, 2000):
            prefix = (b"abcdefghijkl"[:period] * count)[:4000]
            written = WRITER.write(WORDS + prefix[:40], prefix)
            given_up += written is None
            assert written is None or READER.read(*written, prefix) == WORDS + prefix[:40]
    assert given_up < 33


def test_all_of_the_earlier_text_is_found() -> None:
    rng = random.Random(8)
    prefix = b"".join(rng.randbytes(15).hex().encode() for _ in range(100))
    for at in range(0, len(prefix) - 60, 90):
        assert len(_write(prefix[at : at + 60], prefix)[1]) < 24, at


def test_a_plain_decoder_reads_it() -> None:
    kind, payload = _write(WORDS + b"Come at once.", WORDS)
    assert kind is Kind.BLOCK
    frame = b"\x28\xb5\x2f\xfd" + bytes((0, (WINDOW_LOG - 10) << 3))
    frame += (len(WORDS) << 3).to_bytes(3, "little") + WORDS
    frame += (len(payload) << 3 | 5).to_bytes(3, "little") + payload
    dictionary = zstandard.ZstdCompressionDict(DICTIONARY.zstd)
    plain = zstandard.ZstdDecompressor(dict_data=dictionary).decompress(frame, max_output_size=10_000)
    assert plain == WORDS + WORDS + b"Come at once."


def test_what_does_not_shrink_travels_as_it_is() -> None:
    noise = random.Random(4).randbytes(200)
    assert _write(noise) == (Kind.PLAIN, noise)
    assert _write(b"") == (Kind.PLAIN, b"")


def test_a_large_body_of_several_blocks_comes_back() -> None:
    rng = random.Random(5)
    body = b"".join(rng.choice([WORDS, rng.randbytes(40)]) for _ in range(1500))[: limits.BODY_BYTES_MAX]
    kind, payload = _write(body, WORDS)
    assert READER.read(kind, payload, WORDS) == body


def test_more_than_a_body_may_be_is_refused() -> None:
    bomb = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(
            format=zstandard.FORMAT_ZSTD1_MAGICLESS, write_content_size=False, window_log=WINDOW_LOG
        )
    ).compress(bytes(limits.BODY_BYTES_MAX + 1))
    with pytest.raises(RemoteProtocolError, match="limits"):
        READER.read(Kind.BLOCKS, bomb[2:])
    with pytest.raises(RemoteProtocolError, match="at most"):
        READER.read(Kind.BLOCK, bytes(limits.BODY_BYTES_MAX + 1))


def test_damage_is_an_error_or_another_text_and_never_more() -> None:
    kind, payload = _write(WORDS * 3, WORDS)
    rng = random.Random(6)
    for _ in range(2000):
        damaged = bytearray(payload)
        damaged[rng.randrange(len(damaged))] ^= 1 << rng.randrange(8)
        try:
            READER.read(kind, bytes(damaged), WORDS)
        except RemoteProtocolError:
            continue
