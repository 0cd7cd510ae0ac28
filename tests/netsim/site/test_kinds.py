"""Bytes are sorted by what they are for, whatever the pieces in which they come."""

from __future__ import annotations

import random
from collections import Counter

from alerts.wire.codec import Codec
from alerts.wire.frames import Data, Stored
from netsim.site.kinds import DOWN, UP, Kinds

UPGRADE = b"GET /v1/connect HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"
REFUSED = b"HTTP/1.1 503 Service Unavailable\r\n\r\nsorry"
MASK = b"\x01\x02\x03\x04"


def _message(payload: bytes, *, mask: bytes = b"") -> bytes:
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload)) if mask else payload
    size = len(payload)
    long = b"" if size < 126 else size.to_bytes(2, "big")
    first = size if size < 126 else 126
    return bytes([0x82, first | (0x80 if mask else 0)]) + long + mask + masked


def test_each_message_is_of_its_kind() -> None:
    codec = Codec()
    alerts = _message(codec.encode(Data(7, 0, 1, ((1, random.Random(1).randbytes(300)),))))
    stored = _message(codec.encode(Stored(9, 12, 15, (14, 15))), mask=MASK)
    kinds = Kinds()
    found = kinds.take(UP, UPGRADE) + kinds.take(DOWN, SWITCHED)
    for way, stream in ((UP, stored), (DOWN, alerts)):
        for byte in stream:
            found += kinds.take(way, bytes([byte]))
    assert found == Counter(
        {
            "up connecting": len(UPGRADE),
            "down connecting": len(SWITCHED),
            "up stored": len(stored),
            "down alerts": len(alerts),
        }
    )


def test_what_is_no_protocol_of_ours_is_other() -> None:
    kinds = Kinds()
    kinds.take(DOWN, SWITCHED)
    noise = _message(b"\x7fnot a frame")
    assert kinds.take(DOWN, noise) == Counter({"down other": len(noise)})


def test_a_refusal_is_connecting() -> None:
    found = Kinds().take(DOWN, REFUSED)
    assert found["down connecting"] == len(REFUSED) - len(b"sorry")
