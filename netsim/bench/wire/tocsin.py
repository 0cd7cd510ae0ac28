"""Tocsin's messages for alerts that stand in a hub's log, as a hub sends them to devices that are connected.

The only place of this benchmark that knows how Tocsin encodes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgpack
import zstandard

from alerts.session.log import Entry, Form
from alerts.session.position import Position
from alerts.session.sender import live_frame
from alerts.wire.codec import LEVEL_SHARED, Codec
from alerts.wire.frames import to_array
from server.push.variants import Variants

ALL_LANGUAGES = ("*",)
"""All that an alert says, as the other encodings carry it."""
HEARD = 1_800_000_000
"""The hub's time that a device states; as long on the wire as any of this century."""
TRAINED_BYTES_MAX = 112_640

_ENCODED_BY_DICTIONARY = b"\2"
_TRAINED_SHARE = 8
"""A dictionary has room for so small a share of what it is trained on; more would be learning by heart."""


def encoder(codec: Codec) -> Variants:
    """What makes the messages of a hub's sessions."""
    return Variants(codec)


def messages(
    entries: Iterable[Entry], dictionary: bytes | None = None, languages: Sequence[str] = ALL_LANGUAGES
) -> Iterator[bytes]:
    """One message for each entry, in their order, to a device that is connected and reads these languages."""
    variants = encoder(Codec())
    compressor = None if dictionary is None else _compressor(dictionary)
    for entry in entries:
        message = bytes(variants.live(entry, tuple(languages)))
        if compressor is not None:
            plain: bytes = msgpack.packb(to_array(live_frame(entry, variants.item(entry, Form.FULL, tuple(languages)))))
            message = min(message, _ENCODED_BY_DICTIONARY + compressor.compress(plain), key=len)
        yield message


def stored(entry: Entry) -> bytes:
    """What a device answers once it has committed the entry."""
    position = Position(entry.epoch, entry.number, entry.number, heard=HEARD)
    return Codec().encode(position.stored())


def train(entries: Iterable[Entry]) -> bytes | None:
    """A dictionary from earlier alerts; None: they are too few."""
    variants = encoder(Codec())
    frames = [
        msgpack.packb(to_array(live_frame(entry, variants.item(entry, Form.FULL, ALL_LANGUAGES)))) for entry in entries
    ]
    size = min(TRAINED_BYTES_MAX, sum(map(len, frames)) // _TRAINED_SHARE)
    try:
        return zstandard.train_dictionary(size, frames, level=LEVEL_SHARED).as_bytes()
    except (zstandard.ZstdError, ValueError):
        return None


def _compressor(dictionary: bytes) -> zstandard.ZstdCompressor:
    data = zstandard.ZstdCompressionDict(dictionary)
    return zstandard.ZstdCompressor(
        dict_data=data,
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            LEVEL_SHARED,
            dict_size=len(dictionary),
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            write_content_size=False,
            write_checksum=False,
            write_dict_id=False,
        ),
    )
