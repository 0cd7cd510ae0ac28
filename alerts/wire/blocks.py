"""Text to blocks of zstd and back, with a dictionary and with earlier text before it.

What travels is the one compressed block of a frame (RFC 8878 §3.1.1.2) without its three header bytes: with one block its
size is what is left of the message. Before decoding, the reader puts in front what both ends know: a frame header, and the
earlier text as a raw block, which the new block may then refer to like to a dictionary. Raw blocks leave entropy tables
and repeat offsets as the dictionary set them, so any decoder of whole frames decodes this.

The writer must come to the same state. zstd does not compress a block below seven bytes, so the earlier text is written in
pieces of six, each flushed: it stands in the window and has changed nothing else. But only a block of more than eight is
searched, and what is more than 384 bytes behind the last search is never indexed; so there is one of nine now and then,
which is too short to be worth compressing, as its header shows. (Making a dictionary of the two instead costs tens of
milliseconds for each text, this a fraction of one, because the dictionary is digested once.)
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

import zstandard

from alerts import limits
from alerts.errors import RemoteProtocolError

WINDOW_LOG = 21
"""Dictionary, earlier text and new text stand in one window: 1 MiB and what is little beside it, so 2 MiB."""

_HEADER = bytes((0, (WINDOW_LOG - 10) << 3))
_BLOCK_HEADER_BYTES = 3
_RAW, _COMPRESSED = 0, 2
_PIECE_BYTES = 6
_SEARCHED_BYTES = 9
_UNSEARCHED_BYTES_MAX = 350
_SHIFTS = (0, 12, 24, 36)
"""How much sooner the searched pieces come in the next try, where one was compressed after all."""
LEVEL_BEST = 19


class Kind(IntEnum):
    """How a body travels."""

    PLAIN = 0
    """As it is: nothing makes it smaller."""
    BLOCK = 1
    """One compressed block, without its header."""
    BLOCKS = 2
    """Several blocks, with their headers."""


def _parameters(level: int, dict_size: int) -> zstandard.ZstdCompressionParameters:
    return zstandard.ZstdCompressionParameters.from_level(
        level,
        dict_size=dict_size,
        window_log=WINDOW_LOG,
        chain_log=20,
        hash_log=18,
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_checksum=False,
        write_dict_id=False,
    )


@lru_cache(maxsize=2)
def _digested(dictionary: bytes, level: int) -> zstandard.ZstdCompressionDict:
    """Takes a tenth of a second, so what was used last is kept: a few megabytes, which many threads may read."""
    data = zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_FULLDICT)
    data.precompute_compress(compression_params=_parameters(level, len(dictionary)))
    return data


class BlockWriter:
    """Compresses with one dictionary. For one thread."""

    def __init__(self, dictionary: bytes, level: int = LEVEL_BEST) -> None:
        parameters = _parameters(level, len(dictionary))
        self._compressor = zstandard.ZstdCompressor(
            dict_data=_digested(dictionary, level), compression_params=parameters
        )

    def write(self, body: bytes, prefix: bytes = b"") -> tuple[Kind, bytes] | None:
        """The body, as small as it gets behind this prefix; None: behind this prefix it cannot be written."""
        for shift in _SHIFTS:
            stream = self._compressor.compressobj()
            if _put_before(stream, prefix, _UNSEARCHED_BYTES_MAX - shift):
                break
        else:
            return None
        frame = stream.compress(body) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_FINISH)
        kind, payload = _lean(frame if prefix else frame[len(_HEADER) :])
        return (kind, payload) if len(payload) < len(body) else (Kind.PLAIN, body)


def _put_before(stream: zstandard.ZstdCompressionObj, prefix: bytes, searched_every: int) -> bool:
    """Have the prefix in the window and in the index, and nothing else changed. False: it was compressed somewhere."""
    at = unsearched = 0
    skipped = len(_HEADER)
    while at < len(prefix):
        size = _SEARCHED_BYTES if unsearched >= searched_every else _PIECE_BYTES
        block = stream.compress(prefix[at : at + size]) + stream.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK)
        if block[skipped] >> 1 & 3 == _COMPRESSED:
            return False
        unsearched = 0 if size == _SEARCHED_BYTES else unsearched + size
        at, skipped = at + size, 0
    return True


def _lean(blocks: bytes) -> tuple[Kind, bytes]:
    header = int.from_bytes(blocks[:_BLOCK_HEADER_BYTES], "little")
    is_last, kind, size = header & 1, header >> 1 & 3, header >> 3
    if is_last and kind == _COMPRESSED and size == len(blocks) - _BLOCK_HEADER_BYTES:
        return Kind.BLOCK, blocks[_BLOCK_HEADER_BYTES:]
    return Kind.BLOCKS, blocks


class BlockReader:
    """Expands with one dictionary. For one thread."""

    def __init__(self, dictionary: bytes) -> None:
        self._decompressor = zstandard.ZstdDecompressor(
            dict_data=zstandard.ZstdCompressionDict(dictionary, dict_type=zstandard.DICT_TYPE_FULLDICT),
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            max_window_size=1 << WINDOW_LOG,
        )

    def read(self, kind: Kind, payload: bytes, prefix: bytes = b"") -> bytes:
        """The body.

        Raises RemoteProtocolError: the blocks are damaged, or are more than a body may be.
        """
        if kind is Kind.PLAIN:
            return payload
        blocks = payload
        if kind is Kind.BLOCK:
            blocks = _block_header(_COMPRESSED, len(payload), is_last=True) + payload
        first = _block_header(_RAW, len(prefix), is_last=False) + prefix if prefix else b""
        try:
            text = self._decompressor.decompress(
                _HEADER + first + blocks,
                max_output_size=len(prefix) + limits.BODY_BYTES_MAX,
                allow_extra_data=False,
            )
        except zstandard.ZstdError as error:
            raise RemoteProtocolError(f"a body that zstd cannot expand within the limits: {error}") from None
        return text[len(prefix) :]


def _block_header(kind: int, size: int, *, is_last: bool) -> bytes:
    if size > limits.BODY_BYTES_MAX:
        raise RemoteProtocolError(f"a block of {size} bytes; at most {limits.BODY_BYTES_MAX} are allowed")
    return (size << 3 | kind << 1 | is_last).to_bytes(_BLOCK_HEADER_BYTES, "little")
