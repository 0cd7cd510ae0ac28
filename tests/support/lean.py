"""A small dictionary, and samples as items of a hub, for tests of lean frames."""

from __future__ import annotations

from functools import cache

from alerts.cap.from_xml import from_xml
from alerts.dictionary.making import item_of
from alerts.dictionary.shipped import shipped
from alerts.wire.blocks import BlockReader, BlockWriter
from alerts.wire.dictionary import Dictionary
from alerts.wire.frames import Ahead, Data
from alerts.wire.lean_frames import Earlier, read_lean, write_lean
from netsim.workload import load_samples

EPOCH = 0xBEEF
NOW = 1_780_000_000
DICTIONARY = shipped()


@cache
def items() -> tuple[bytes, ...]:
    """The samples, as items with the numbers 1, 2, … of one hub."""
    return tuple(item_of(from_xml(one.xml).alert, EPOCH, number) for number, one in enumerate(load_samples(), 1))


def earlier(number: int) -> Earlier | None:
    """The sample under this number."""
    return Earlier(EPOCH, number, items()[number - 1]) if 0 < number <= len(items()) else None


def live(number: int) -> Data:
    """The frame of a new sample."""
    return Data(EPOCH, number - 1, number, ((number, items()[number - 1]),), number)


@cache
def writer() -> BlockWriter:
    """Of the small dictionary."""
    return BlockWriter(DICTIONARY.zstd)


@cache
def reader() -> BlockReader:
    """Of the small dictionary."""
    return BlockReader(DICTIONARY.zstd)


def written(frame: Data | Ahead, *to: int, now: int = NOW, dictionary: Dictionary = DICTIONARY) -> bytes:
    """The lean message of a frame that refers to the samples with these numbers."""
    referred = [one for number in to if (one := earlier(number))]
    message = write_lean(frame, dictionary, writer(), newest=EPOCH, now=now, earlier=referred)
    assert message is not None
    return message


def read(message: bytes, *, cursor: int = 0, now: int = NOW, newest: int = EPOCH) -> Data | Ahead:
    """The frame in a lean message, for a reader that has all samples."""
    return read_lean(message, DICTIONARY, reader(), newest=newest, now=now, cursor=cursor, lookup=earlier)
