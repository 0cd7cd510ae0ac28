"""What a reader must refuse, each with the class of the reason (docs/protocol.md, "What is refused")."""

from __future__ import annotations

import base64
from typing import Any

import msgpack
import zstandard

from alerts.limits import (
    BATCH_ITEMS_MAX,
    EPOCH_MAX,
    FRAME_EXPANDED_BYTES_MAX,
    HELLO_CHARS_MAX,
    NUMBER_MAX,
    WORDS_CHARS_MAX,
)
from alerts.wire.codec import PLAIN, ZSTD
from tests.vectors.cases import LONG, A, B
from tests.vectors.meanings import Json

# class of the reason -> the words of this implementation that belong to it
CLASSES = {
    "empty": "an empty message",
    "encoding": "a message of encoding",
    "size": "bytes; at most|characters; at most",
    "compression": "zstd cannot expand",
    "msgpack": "not msgpack|too many after|is stated than there is|is not used here|no map",
    "nesting": "deeper than",
    "missing": "expected [0-9]+ elements|is left out|at least two elements|is missing|has no value",
    "type": "expected (an array|a pair|text|bytes|true or false|integers|an integer|the record|its expiry|identities)"
    "|must be (an array|a string|an integer|true or false)",
    "range": "expected (an integer|numbers) from|more than 14 hours|outside the years|is larger than|not a finite number",
    "length": "expected at (most|least)|expected 6 bytes|identities; at most",
    "base64url": "not base64url",
    "unknown": "not known to this version|that is known here",
    "alert": "no valid alert",
}


def cases() -> list[Json]:
    """All of them; `of` says what the bytes claim to be."""
    made = [("message", name, why, message) for name, (why, message) in MESSAGES.items()]
    made += [("item", name, why, pack(array)) for name, (why, array) in ITEMS.items()]
    made += [("uplink", name, why, pack(array)) for name, (why, array) in UPLINK.items()]
    refused = [{"name": name, "of": of, "hex": raw.hex(), "refused": why} for of, name, why, raw in made]
    texts = [{"name": name, "of": "handshake", "text": text, "refused": why} for name, (why, text) in HELLOS.items()]
    return [*refused, *texts]


def pack(value: Any) -> bytes:
    """Any value as msgpack."""
    packed: bytes = msgpack.packb(value)
    return packed


def _plain(array: Any) -> bytes:
    return bytes((PLAIN,)) + pack(array)


def _zstd(plain: bytes, *, magic: bool = False, window_log: int = 17) -> bytes:
    form = zstandard.FORMAT_ZSTD1 if magic else zstandard.FORMAT_ZSTD1_MAGICLESS
    params = zstandard.ZstdCompressionParameters.from_level(
        3, format=form, window_log=window_log, write_content_size=False, write_checksum=False, write_dict_id=False
    )
    return zstandard.ZstdCompressor(compression_params=params).compress(plain)


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


_DATA = [3, A, 0, 3, [[number, raw] for number, raw in LONG.items], 3]
_SMALL = _zstd(pack(_DATA))
_HELLO = [1, A, 12, 12]
_RECORD = pack(["id-1", "s@example", 1_772_343_000, 180, 0, 0, 0])

MESSAGES: dict[str, tuple[str, bytes]] = {
    "no byte at all": ("empty", b""),
    "an encoding that was not agreed on": ("encoding", b"\x02" + pack([0, 1])),
    "text": ("encoding", b"[0,1]"),
    "nothing behind the encoding": ("msgpack", bytes((PLAIN,))),
    "msgpack that ends early": ("msgpack", _plain([0, 7])[:-1]),
    "bytes behind the frame": ("msgpack", _plain([0, 7]) + b"\x00"),
    "a map": ("msgpack", _plain([0, {"token": 7}])),
    "an extension type": ("msgpack", bytes((PLAIN,)) + b"\x92\x00\xd4\x01\x00"),
    "an array that claims four thousand million elements": ("msgpack", bytes((PLAIN,)) + b"\xdd\xff\xff\xff\xff\x00"),
    "text that is not UTF-8": ("msgpack", bytes((PLAIN,)) + b"\x94\x0e\x00\xc0\xa1\xff"),
    "arrays within arrays without end": ("nesting", _plain([99, _nested(9)])),
    "a number instead of a frame": ("type", _plain(7)),
    "an empty frame": ("type", _plain([])),
    "a kind that is text": ("type", _plain(["ping", 7])),
    "a kind below zero": ("type", _plain([-1])),
    "ping without its token": ("missing", _plain([0])),
    "ping, a token too large": ("range", _plain([0, 65_536])),
    "ping, a token that is a truth value": ("type", _plain([0, True])),
    "ping, a token with a fraction": ("type", _plain([0, 7.0])),
    "data without items": ("missing", _plain([3, A, 0, 3])),
    "data, an epoch too large": ("range", _plain([3, EPOCH_MAX + 1, 0, 3, []])),
    "data, a number too large": ("range", _plain([3, A, 0, NUMBER_MAX + 1, []])),
    "data, a number below zero": ("range", _plain([3, A, -1, 3, []])),
    "data, nil for a number": ("type", _plain([3, A, None, 3, []])),
    "data, items that are no array": ("type", _plain([3, A, 0, 3, b"items"])),
    "data, an item without bytes": ("type", _plain([3, A, 0, 3, [[1]]])),
    "data, an item as text": ("type", _plain([3, A, 0, 3, [[1, "one"]]])),
    "data, too many items": ("length", _plain([3, A, 0, 99, [[n, b""] for n in range(1, BATCH_ITEMS_MAX + 2)]])),
    "stored, a held number below zero": ("range", _plain([5, A, 3, 3, [5, -9]])),
    "stored, a held number that is text": ("type", _plain([5, A, 3, 3, ["5"]])),
    "roll, groups without numbers": ("type", _plain([7, A, 3, [[A]]])),
    "want, last as a number": ("type", _plain([8, [], 3, 1])),
    "languages, a tag too long": ("length", _plain([13, ["x" * 36]])),
    "languages, too many": ("length", _plain([13, ["sw"] * 9])),
    "goodbye, words too long": ("length", _plain([14, 0, None, "x" * (WORDS_CHARS_MAX + 1)])),
    "dictionary, an address too short": ("length", _plain([15, bytes(5), 9000, 41, 97])),
    "dictionary, an address as text": ("type", _plain([15, "010203", 9000, 41, 97])),
    "zstd, nothing": ("compression", bytes((ZSTD,))),
    "zstd, cut off": ("compression", bytes((ZSTD,)) + _SMALL[:-3]),
    "zstd with its magic number": ("compression", bytes((ZSTD,)) + _zstd(pack(_DATA), magic=True)),
    "zstd, a content size of 64 PiB": ("compression", bytes((ZSTD,)) + b"\xe0" + bytes(7) + b"\x01" + _SMALL[2:]),
    "zstd, a checksum": ("compression", bytes((ZSTD,)) + b"\x04" + _SMALL[1:] + bytes(4)),
    "zstd, a window of 16 MiB": ("compression", bytes((ZSTD,)) + b"\x00\x70\x19\x00\x00\x92\x00\x07"),
    "zstd that expands too far": ("compression", bytes((ZSTD,)) + _zstd(bytes(FRAME_EXPANDED_BYTES_MAX + 1))),
    "zstd around no frame": ("type", bytes((ZSTD,)) + _zstd(pack("a text"))),
}

ITEMS: dict[str, tuple[str, Any]] = {
    "a form of a later version": ("unknown", [9, b""]),
    "a form alone": ("missing", [2]),
    "no array": ("type", "alert"),
    "a withdrawal of numbers": ("type", [2, [1, 2]]),
    "a record that is no bytes": ("type", [1, "record", 60, 0]),
    "a record that is no msgpack": ("msgpack", [1, b"\xc1", 60, 0]),
    "a record without a sender": ("alert", [1, pack(["id-1", None, 1_772_343_000, 180, 0, 0, 0]), 60, 0]),
    "a record without a time of sending": ("missing", [1, pack(["id-1", "s@example"]), 60, 0]),
    "a record without an identifier that the hub did not make": (
        "missing",
        [1, pack([None, "s@example", 1_772_343_000, 180, 0, 0, 0]), 60, 0],
    ),
    "a record with a status of a later version": (
        "unknown",
        [1, pack(["id-1", "s@example", 1_772_343_000, 180, 9, 0, 0]), 60, 0],
    ),
    "an offset of twenty hours": ("range", [1, pack(["id-1", "s@example", 1_772_343_000, 1200, 0, 0, 0]), 60, 0]),
    "without its expiry": ("type", [1, _RECORD]),
    "an urgency that is text": ("type", [1, _RECORD, 60, "high"]),
}

UPLINK: dict[str, tuple[str, Any]] = {
    "a kind of a later version": ("unknown", [9, 1_772_343_100, "a reply"]),
    "no array": ("type", 1),
    "a receipt without its number": ("missing", [1, 1_772_343_100, 1, A]),
    "a receipt of an unknown state": ("unknown", [1, 1_772_343_100, 7, A, 12]),
    "a receipt for no number and no identity": ("missing", [1, 1_772_343_100, 2, 0, 0]),
    "a reason that is a number": ("type", [2, 1_772_343_100, A, 12, 4]),
    "identities that are numbers": ("type", [3, 1_772_343_100, [1]]),
    "an answer without its value": ("missing", [4, 1_772_343_100, A, 12]),
    "an answer for no number and no identity": ("missing", [4, 1_772_343_100, 0, 0, True]),
    "an answer that is nil": ("type", [4, 1_772_343_100, A, 12, None]),
    "an answer that is an array": ("type", [4, 1_772_343_100, A, 12, [1]]),
    "an answer that is no finite number": ("range", [4, 1_772_343_100, A, 12, float("inf")]),
    "an answer that is too large a number": ("range", [4, 1_772_343_100, A, 12, 2**53]),
    "an answer of no words": ("length", [4, 1_772_343_100, A, 12, " "]),
    "an answer of too many words": ("length", [4, 1_772_343_100, A, 12, "x" * 1001]),
}


def _text(value: Any) -> str:
    return base64.urlsafe_b64encode(pack(value)).rstrip(b"=").decode()


HELLOS: dict[str, tuple[str, str]] = {
    "nothing": ("msgpack", ""),
    "not base64url": ("base64url", "a value"),
    "padded": ("base64url", "kA=="),
    "base64, not base64url": ("base64url", "k/+/"),
    "base64url of half a byte": ("base64url", "k"),
    "no array": ("type", _text("here")),
    "an opening too large": ("range", _text([EPOCH_MAX + 1])),
    "a cursor below zero": ("range", _text([1, A, -5])),
    "an earlier position without its cursor": ("type", _text([*_HELLO[:3], 0, [], [], 12, [], 0, [B]])),
    "too many languages": ("length", _text([*_HELLO[:3], 0, ["sw"] * 9])),
    "too long": ("size", "A" * (HELLO_CHARS_MAX + 1)),
}
