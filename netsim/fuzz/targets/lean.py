"""A lean message from anybody: a frame, or refused, whatever it refers to and however it lies about its sizes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.wire.blocks import BlockReader, BlockWriter
from alerts.wire.frames import Ahead, Data
from alerts.wire.lean_frames import LEAN, Earlier, read_lean, write_lean
from netsim.fuzz.targets import samples

SUMMARY = "a lean message, as bytes"
_READER = BlockReader(shipped().zstd)
_CURSOR = 3


@cache
def _writer() -> BlockWriter:
    return BlockWriter(shipped().zstd)


def _lookup(number: int) -> Earlier | None:
    """A device that has some of the samples, and lacks others."""
    items = samples.items()
    return Earlier(samples.EPOCH, number, items[number - 1]) if 0 < number <= len(items) else None


def seeds() -> Iterable[bytes]:
    """Live frames and others, alone and with references."""
    items = samples.items()
    frames: list[Data | Ahead] = [
        Data(samples.EPOCH, number - 1, number, ((number, items[number - 1]),), number)
        for number in range(2, len(items) + 1)
    ]
    frames += [
        Data(7, 1, 9, tuple(enumerate(items[1:4], 2)), 12, samples.EPOCH),
        Ahead(samples.EPOCH, ((5, items[4]), (2, items[1])), 9, None, 2),
    ]
    earlier = [one for number in (1, 2) if (one := _lookup(number))]
    for frame in frames:
        for to in (earlier[:0], earlier[:1], earlier):
            message = write_lean(frame, shipped(), _writer(), newest=samples.EPOCH, now=samples.NOW, earlier=to)
            if message is not None:
                yield message


def check(data: bytes) -> None:
    """A frame or RemoteProtocolError; what was read is written, whole, and read again."""
    if not data:
        return
    try:
        frame = _read(bytes((data[0] | LEAN,)) + data[1:])
    except RemoteProtocolError:
        return
    message = write_lean(frame, shipped(), _writer(), newest=samples.EPOCH, now=samples.NOW)
    assert message is None or _read(message) == frame, "what was read is written and read again"


def _read(message: bytes) -> Data | Ahead:
    return read_lean(
        *(message, shipped(), _READER), newest=samples.EPOCH, now=samples.NOW, cursor=_CURSOR, lookup=_lookup
    )
