"""A dictionary on its way from a hub to a device: one zstd frame, behind a dictionary that both have already.

What the two have in common (the general text that a hub's own begins with, or most of it where a hub has trained anew)
costs next to nothing so. The frame is an ordinary one (RFC 8878); the bytes of the dictionary that both have are its raw
prefix.
"""

from __future__ import annotations

import math

import zstandard

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import Dictionary, read_dictionary

LEVEL = 19
WINDOW_LOG = 21
"""Both dictionaries stand in one window."""

RANGE_BYTES = 8 * 1024
"""A device asks for so much at a time, so that an alert that comes meanwhile waits for no more than this."""

REQUEST_BYTES = 1100
"""Of each such request and the head of its answer: half of it HTTP, half IP, TCP and TLS around eleven packets."""

CONNECTION_BYTES = 1600
"""Of the connection that they are fetched on, which is made once: TCP, and TLS resumed."""

_PIECE_BYTES = 64
"""Of what travels, expanded at a time: at most two megabytes come out of so little."""


def cost_of(transfer: int) -> int:
    """Bytes on the wire of so many bytes of a transfer."""
    return transfer + math.ceil(transfer / RANGE_BYTES) * REQUEST_BYTES + CONNECTION_BYTES


def pack_transfer(dictionary: Dictionary, base: Dictionary | None) -> bytes:
    """The bytes that travel to a device that has `base`. Takes up to a second."""
    parameters = zstandard.ZstdCompressionParameters.from_level(
        LEVEL, window_log=WINDOW_LOG, write_content_size=True, write_checksum=False, write_dict_id=False
    )
    return zstandard.ZstdCompressor(dict_data=_raw(base), compression_params=parameters).compress(dictionary.data)


def unpack_transfer(data: bytes, base: Dictionary | None, address: bytes) -> Dictionary:
    """The dictionary with this address.

    Raises RemoteProtocolError: the bytes are damaged, expand beyond what a dictionary may have, or are another's.
    """
    try:
        expanded = zstandard.ZstdDecompressor(
            dict_data=_raw(base), max_window_size=limits.ZSTD_WINDOW_BYTES_MAX
        ).decompressobj(read_across_frames=False)
        text = _expand(expanded, data)
    except zstandard.ZstdError as error:
        raise RemoteProtocolError(f"a dictionary that zstd cannot expand: {error}") from None
    dictionary = read_dictionary(text)
    if dictionary.address != address:
        raise RemoteProtocolError(f"a dictionary {dictionary.address.hex()} in the place of {address.hex()}")
    return dictionary


def _expand(expanding: zstandard.ZstdDecompressionObj, data: bytes) -> bytes:
    """Bounded, whatever the frame says of itself: a piece of what travels yields a bounded piece of text."""
    pieces, size = [], 0
    for at in range(0, len(data), _PIECE_BYTES):
        pieces.append(expanding.decompress(data[at : at + _PIECE_BYTES]))
        size += len(pieces[-1])
        if size > limits.DICTIONARY_BYTES_MAX:
            raise RemoteProtocolError(
                f"a dictionary of more than the {limits.DICTIONARY_BYTES_MAX} bytes that are allowed"
            )
        if expanding.eof:
            break
    if not expanding.eof:
        raise RemoteProtocolError("a dictionary that is cut off")
    return b"".join(pieces)


def _raw(base: Dictionary | None) -> zstandard.ZstdCompressionDict | None:
    return None if base is None else zstandard.ZstdCompressionDict(base.data, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
