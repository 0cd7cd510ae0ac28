"""A dictionary is its bytes, and its address is what they hash to."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import ADDRESS_BYTES, ZSTD_MAGIC, Dictionary, read_dictionary
from alerts.wire.packing import pack

ZSTD = ZSTD_MAGIC + b"tables and text"
ONE = Dictionary(1_767_225_600, ZSTD, (b"skeleton", b"other"), ("moh@x",), (3600, 7200))


def test_it_comes_back_from_its_bytes_under_its_address() -> None:
    assert read_dictionary(ONE.data) == ONE
    assert read_dictionary(ONE.data).address == ONE.address == hashlib.sha256(ONE.data).digest()[:ADDRESS_BYTES]


def test_tables_are_looked_up_both_ways() -> None:
    assert (ONE.skeleton_at(b"other"), ONE.sender_at("moh@x"), ONE.time_at(7200)) == (1, 0, 1)
    assert (ONE.skeleton_at(b"none"), ONE.sender_at("none"), ONE.time_at(1)) == (None, None, None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pack([2, 1, ZSTD, [], [], []]), "version"),
        (pack([1, 1, ZSTD, [], []]), "version"),
        (pack(1), "version"),
        (pack([1, -1, ZSTD, [], [], []]), "made"),
        (pack([1, 1, b"raw", [], [], []]), "zstd"),
        (pack([1, 1, ZSTD, ["text"], [], []]), "skeletons"),
        (pack([1, 1, ZSTD, [], [1], []]), "senders"),
        (pack([1, 1, ZSTD, [], [], [True]]), "times"),
        (pack([1, 1, ZSTD, [b""] * (limits.DICTIONARY_TABLE_MAX + 1), [], []]), "at most"),
        (pack([1, 1, ZSTD, [], [], [], "more"]), "one form"),
        (bytes(limits.DICTIONARY_BYTES_MAX + 1), "at most"),
        (b"\xc1", "not used"),
    ],
)
def test_what_is_none_is_refused_by_name(data: Any, words: str) -> None:
    with pytest.raises(RemoteProtocolError, match=words):
        read_dictionary(data)
