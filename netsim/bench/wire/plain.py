"""Encodings that anybody could choose: CAP's own XML, JSON, and what common compressors make of JSON and of our record."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator

import zstandard

from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from alerts.errors import UserError
from alerts.wire.records import pack_alert

ZSTD_LEVEL = 19
BROTLI_QUALITY = 11
DEFLATE_LEVEL = DEFLATE_MEMORY = 9
_RAW_WINDOW_BITS = -15
_SYNC_TAIL = b"\0\0\xff\xff"


def cap_xml(alerts: Iterable[Alert]) -> Iterator[bytes]:
    """CAP 1.2 as XML, on one line as far as the texts allow."""
    return map(to_xml, alerts)


def as_json(alert: Alert) -> bytes:
    """Compact JSON in UTF-8 with CAP's names; what is absent is left out."""
    return json.dumps(alert.to_json(), ensure_ascii=False, separators=(",", ":")).encode()


def permessage_deflate(messages: Iterable[bytes]) -> Iterator[bytes]:
    """WebSocket's own compression (RFC 7692) with one window for the connection, so that a message profits from earlier
    ones; at the best level, as a hub could afford that writes each message once."""
    compressor = zlib.compressobj(DEFLATE_LEVEL, zlib.DEFLATED, _RAW_WINDOW_BITS, DEFLATE_MEMORY)
    for message in messages:
        flushed = compressor.compress(message) + compressor.flush(zlib.Z_SYNC_FLUSH)
        assert flushed.endswith(_SYNC_TAIL), "a flush ends in an empty block"
        yield flushed.removesuffix(_SYNC_TAIL)


def brotli(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Each message by itself at the best quality, told that it is text. Raises UserError: the library is not installed."""
    try:
        import brotli as library
    except ImportError:
        raise UserError("this needs brotli, which is not installed", "pip install 'tocsin[netsim]'") from None
    for message in messages:
        yield library.compress(message, mode=library.MODE_TEXT, quality=BROTLI_QUALITY)


def from_brotli(message: bytes) -> object:
    """The JSON in such a message."""
    import brotli as library

    return json.loads(library.decompress(message))


def msgpack_zstd(alerts: Iterable[Alert]) -> Iterator[bytes]:
    """Our positional record in an ordinary zstd frame, each by itself, without a dictionary."""
    compressor = zstandard.ZstdCompressor(level=ZSTD_LEVEL)
    return (compressor.compress(pack_alert(alert)) for alert in alerts)
