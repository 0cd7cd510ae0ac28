"""Frames to bytes and back, within limits.

The first byte of a message says how the rest is encoded: 0 plain msgpack, 1 zstd without a dictionary, 128 and above lean
(alerts.wire.lean_frames, which `LeanCodec` reads). A zstd frame is lean: no magic number, no checksum, no content
size, no dictionary id (RFC 8878 §3.1.1); what these would say, the first byte and the limits settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgpack
import zstandard

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.wire.frames import Frame, from_array, to_array
from alerts.wire.packing import check_structure

PLAIN = 0
ZSTD = 1

LEAN_DESCRIPTOR = 0
"""Of a zstd frame header (RFC 8878 §3.1.1.1.1): a window, and nothing else that is stated."""

WORTH_COMPRESSING_BYTES = 64
"""Below this zstd never made a frame of ours smaller."""

LEVEL_ONCE = 3
"""For a frame that is made for one reader."""

LEVEL_SHARED = 19
"""For a frame that is made once and sent to many."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a reader stands, which lean frames count from.

    `newest` and `dictionary` (an address) are what the connection began with, `now` is the hub's time in seconds.
    """

    newest: int
    now: int
    cursor: int
    dictionary: bytes


def _compressor(level: int) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters.from_level(
            level,
            format=zstandard.FORMAT_ZSTD1_MAGICLESS,
            write_content_size=False,
            write_checksum=False,
            write_dict_id=False,
        )
    )


class Codec:
    """Encodes and decodes frames. One for each thread: a zstd context must not be used by two at once."""

    def __init__(self) -> None:
        self._compressors: dict[int, zstandard.ZstdCompressor] = {}
        self._decompressor = zstandard.ZstdDecompressor(
            format=zstandard.FORMAT_ZSTD1_MAGICLESS, max_window_size=limits.ZSTD_WINDOW_BYTES_MAX
        )

    def encode(self, frame: Frame, *, level: int = LEVEL_ONCE) -> bytes:
        """One frame as one message, compressed where that makes it smaller."""
        plain: bytes = msgpack.packb(to_array(frame))
        if len(plain) >= WORTH_COMPRESSING_BYTES:
            if level not in self._compressors:
                self._compressors[level] = _compressor(level)
            small = self._compressors[level].compress(plain)
            if len(small) < len(plain):
                return bytes((ZSTD,)) + small
        return bytes((PLAIN,)) + plain

    def decode(self, message: bytes, reading: Reading | None = None) -> Frame:
        """The frame in a message from the network. `reading`: a dictionary was agreed on.

        Raises RemoteProtocolError: the message is too large, expands too far, or is no frame.
        """
        if not message:
            raise RemoteProtocolError("an empty message")
        if len(message) > limits.FRAME_BYTES_MAX:
            raise RemoteProtocolError(
                f"a message of {len(message)} bytes; at most {limits.FRAME_BYTES_MAX} are allowed"
            )
        if message[0] == PLAIN:
            return from_array(unpack(message[1:]))
        if message[0] == ZSTD:
            return from_array(unpack(self._expand(message[1:])))
        return self._decode_agreed(message, reading)

    def _decode_agreed(self, message: bytes, reading: Reading | None) -> Frame:
        """What only those can read who agreed on something."""
        raise RemoteProtocolError(f"a message of encoding {message[0]}, which was not agreed on")

    def _expand(self, compressed: bytes) -> bytes:
        # A content size that is stated would be room that is made, whatever the limit: so nothing may be stated.
        if compressed[:1] != bytes((LEAN_DESCRIPTOR,)):
            raise RemoteProtocolError(
                f"a message that zstd cannot expand within the limits: its descriptor is "
                f"{compressed[:1].hex() or 'not there'}, expected {LEAN_DESCRIPTOR:02x}"
            )
        try:
            return self._decompressor.decompress(
                compressed, max_output_size=limits.FRAME_EXPANDED_BYTES_MAX, allow_extra_data=False
            )
        except zstandard.ZstdError as error:
            raise RemoteProtocolError(f"a message that zstd cannot expand within the limits: {error}") from error


def unpack(data: bytes) -> Any:
    """msgpack from the network to Python values: no maps, no extension types, bounded depth.

    Raises RemoteProtocolError: it is not msgpack, or not within the limits.
    """
    check_structure(data)
    try:
        return msgpack.unpackb(
            data,
            use_list=True,
            strict_map_key=True,
            max_map_len=0,
            max_ext_len=0,
            max_bin_len=limits.FRAME_EXPANDED_BYTES_MAX,
            max_str_len=limits.FRAME_EXPANDED_BYTES_MAX,
            max_array_len=limits.ROLL_ENTRIES_MAX,
        )
    except (ValueError, RecursionError, msgpack.exceptions.UnpackException) as error:
        raise RemoteProtocolError(f"a message that is not msgpack within the limits: {error!r}") from error
