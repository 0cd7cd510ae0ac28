"""A dictionary's transfer from anybody: the dictionary that was asked for, or refused, and never more memory than that."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import ZSTD_MAGIC, Dictionary
from alerts.wire.transfer import pack_transfer, unpack_transfer

SUMMARY = "the transfer of a dictionary"

BASE = Dictionary(0, ZSTD_MAGIC + b"what both have", (), (), ())
WANTED = Dictionary(1_767_225_600, ZSTD_MAGIC + b"what both have, and more", (), ("moh@x",), (3600,))


def seeds() -> Iterable[bytes]:
    """The right one, and others."""
    return [pack_transfer(WANTED, BASE), pack_transfer(WANTED, None), pack_transfer(BASE, BASE)]


def check(data: bytes) -> None:
    """The dictionary that was wanted, or RemoteProtocolError."""
    try:
        made = unpack_transfer(data, BASE, WANTED.address)
    except RemoteProtocolError:
        return
    assert made == WANTED, "an address stands for one dictionary"
