"""A dictionary from anybody: one that is in its one form, or refused."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import ZSTD_MAGIC, Dictionary, read_dictionary

SUMMARY = "a dictionary, as bytes"


def seeds() -> Iterable[bytes]:
    """Small ones."""
    return [
        Dictionary(1_767_225_600, ZSTD_MAGIC + b"tables and text", (), (), ()).data,
        Dictionary(0, ZSTD_MAGIC, (b"\x93\x03\x91\xc4\x01\x00\x01",), ("moh@x", "met@y"), (3600, -60)).data,
    ]


def check(data: bytes) -> None:
    """A dictionary whose bytes these are, or RemoteProtocolError."""
    try:
        made = read_dictionary(data)
    except RemoteProtocolError:
        return
    assert made.data == data, "an address stands for one sequence of bytes"
