"""A WebSocket message from anybody: plain or compressed, a frame or refused; what was read is written and read again."""

from __future__ import annotations

from collections.abc import Iterable

from alerts.errors import RemoteProtocolError
from alerts.wire.codec import LEVEL_SHARED, Codec
from alerts.wire.frames import Unknown
from netsim.fuzz.targets import samples

SUMMARY = "a message of the session, as bytes"
_CODEC = Codec()


def seeds() -> Iterable[bytes]:
    """A message of every kind, most of them plain, the longer ones compressed."""
    return [_CODEC.encode(frame, level=LEVEL_SHARED) for frame in samples.frames()]


def check(data: bytes) -> None:
    """A frame or RemoteProtocolError."""
    try:
        frame = _CODEC.decode(data)
    except RemoteProtocolError:
        return
    if not isinstance(frame, Unknown):
        assert _CODEC.decode(_CODEC.encode(frame)) == frame, "what was read is written and read again"
