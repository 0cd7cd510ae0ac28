"""What the bytes of a connection are for: connecting, alerts, saying what is stored, and so on, each way.

The stream is read as it passes: HTTP up to the 101, then WebSocket messages (RFC 6455 §5.2), each with one frame of the protocol.
What cannot be read is counted as "other"; nothing here can fail.
"""

from __future__ import annotations

from collections import Counter

from alerts.errors import RemoteProtocolError
from alerts.wire import frames
from alerts.wire.codec import Codec
from alerts.wire.lean_frames import LEAN

UP, DOWN = "up", "down"
CONNECTING, OTHER = "connecting", "other"
_HEAD_END, _SWITCHING = b"\r\n\r\n", b"HTTP/1.1 101 "
_BINARY = 2
_WAITING_BYTES_MAX = 4 * 1024 * 1024


class Kinds:
    """One connection, both ways."""

    def __init__(self) -> None:
        self._waiting = {UP: b"", DOWN: b""}
        self._has_switched = {UP: False, DOWN: False}
        self._codec = Codec()

    def take(self, way: str, chunk: bytes) -> Counter[str]:
        """More bytes of one way. "way kind" → bytes, of what is whole now; the rest waits."""
        found: Counter[str] = Counter()
        waiting = self._waiting[way] + chunk
        if not self._has_switched[way]:
            head, end, rest = waiting.partition(_HEAD_END)
            if not end:
                self._waiting[way] = waiting[-_WAITING_BYTES_MAX:]
                return found
            self._has_switched[way] = way == UP or head.startswith(_SWITCHING)
            found[f"{way} {CONNECTING}"] += len(head) + len(end)
            waiting = rest
        while frame := _first_frame(waiting):
            opcode, mask, start, end_at = frame
            kind = self._kind(way, _unmask(waiting[start:end_at], mask)) if opcode == _BINARY else "keep-alive"
            found[f"{way} {kind}"] += end_at
            waiting = waiting[end_at:]
        if len(waiting) > _WAITING_BYTES_MAX:  # no WebSocket: a captive portal's page, say
            found[f"{way} {OTHER}"] += len(waiting)
            waiting = b""
        self._waiting[way] = waiting
        return found

    def _kind(self, way: str, payload: bytes) -> str:
        if payload[:1] >= bytes((LEAN,)):  # a dictionary, and what the device has, are needed to read more of it
            return "alerts"
        try:
            frame = self._codec.decode(payload)
        except RemoteProtocolError:
            return OTHER
        match frame:
            case frames.Data() | frames.Ahead():
                return "alerts" if way == DOWN else "receipts"
            case frames.Stored():
                return "stored"
            case frames.Roll():
                return "roll-call"
            case _:
                return type(frame).__name__.lower()


def _first_frame(data: bytes) -> tuple[int, bytes, int, int] | None:
    """Opcode, mask, where the payload begins, and where it ends; None while the frame is not whole."""
    if len(data) < 2:
        return None
    start, length = 2, data[1] & 0x7F
    if length > 125:
        start = 4 if length == 126 else 10
        length = int.from_bytes(data[2:start], "big")
    mask = b""
    if data[1] & 0x80:
        mask, start = data[start : start + 4], start + 4
    return (data[0] & 0x0F, mask, start, start + length) if start + length <= len(data) else None


def _unmask(payload: bytes, mask: bytes) -> bytes:
    if not mask:
        return payload
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
