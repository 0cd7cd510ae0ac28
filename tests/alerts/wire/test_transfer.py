"""A dictionary on its way: small behind what both have, the same afterwards, and bounded whatever comes."""

from __future__ import annotations

import random

import pytest
import zstandard

from alerts import limits
from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import Dictionary
from alerts.wire.transfer import pack_transfer, unpack_transfer

OWN = Dictionary(1, shipped().zstd[:8] + random.Random(1).randbytes(3000) + shipped().zstd[-60_000:], (), ("a",), (1,))


@pytest.mark.parametrize("base", [None, shipped()])
def test_what_was_packed_comes_out(base: Dictionary | None) -> None:
    assert unpack_transfer(pack_transfer(OWN, base), base, OWN.address) == OWN


def test_what_both_have_costs_little() -> None:
    assert len(pack_transfer(OWN, shipped())) < 4000 < len(pack_transfer(OWN, None))


def test_without_what_it_was_packed_behind_it_cannot_be_read() -> None:
    with pytest.raises(RemoteProtocolError):
        unpack_transfer(pack_transfer(OWN, shipped()), None, OWN.address)


def test_another_dictionary_is_refused() -> None:
    with pytest.raises(RemoteProtocolError, match="in the place of"):
        unpack_transfer(pack_transfer(OWN, None), None, shipped().address)


@pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: b"", lambda data: b"\x00" + data[1:]])
def test_damage_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(RemoteProtocolError):
        unpack_transfer(change(pack_transfer(OWN, None)), None, OWN.address)


def test_what_expands_without_end_is_stopped() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(50 * limits.DICTIONARY_BYTES_MAX))
    with pytest.raises(RemoteProtocolError, match="more than"):
        unpack_transfer(bomb, None, OWN.address)


def test_a_window_beyond_the_limit_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=25, write_content_size=False)
    frame = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = frame.compress(random.Random(1).randbytes(1 << 16)) + frame.flush()
    with pytest.raises(RemoteProtocolError, match="zstd cannot expand"):
        unpack_transfer(data, None, OWN.address)
