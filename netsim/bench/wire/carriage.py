"""What carries a message costs too: WebSocket frames, TLS records, TCP segments with their acknowledgements.

    hub     ── frame ─▶ record ─▶ segment │ segment │ segment ─────▶  device
    hub     ◀───────────────── ACK of every second segment ────────   device
    hub     ◀───── segment with what it answers, and the last ACK ──  device
    hub     ── ACK, as nothing is sent that it could ride on ─────▶   device

Nothing is lost here, and each write is answered before the next: an alert comes by itself, on a link that is quiet else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

SEGMENT_PAYLOAD_MAX = 1448
"""An Ethernet's 1500 bytes without the headers."""
SEGMENT_HEADERS = 20 + 20 + 12
"""IPv4 and TCP, and the timestamps that both ends send with every segment (RFC 7323)."""
HANDSHAKE = 3 * SEGMENT_HEADERS + 2 * 8
"""SYN, SYN and ACK, ACK; the first two state a segment size, a window scale and SACK beside their timestamps."""
RECORD_OVERHEAD = 5 + 1 + 16
"""TLS 1.3 (RFC 8446 §5.2): a header, the content type, the tag."""
RECORD_PAYLOAD_MAX = 16_384
MASK_BYTES = 4


@dataclass(frozen=True, slots=True)
class Write:
    """So many bytes that one end hands to its connection at once."""

    is_up: bool
    size: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Bytes on the link: what was written, and what TLS and TCP/IP add to it."""

    written: int
    tls: int
    tcp_ip: int

    @property
    def segments(self) -> int:
        """How many there are."""
        return self.tcp_ip // SEGMENT_HEADERS

    @property
    def total(self) -> int:
        """All of it."""
        return self.written + self.tls + self.tcp_ip


def frame_bytes(message_bytes: int, *, is_masked: bool = False) -> int:
    """A message as one WebSocket frame (RFC 6455 §5.2); a client's is masked."""
    length_bytes = 0 if message_bytes < 126 else 2 if message_bytes <= 0xFFFF else 8
    return 2 + length_bytes + (MASK_BYTES if is_masked else 0) + message_bytes


def cost_of(writes: Sequence[Write], *, has_tls: bool = True) -> Cost:
    """What these writes take, one after the other; the last one is answered by an ACK alone."""
    runs = [(is_up, list(run)) for is_up, run in groupby(writes, key=lambda write: write.is_up)]
    tls = segments = 0
    for at, (_, run) in enumerate(runs):
        tls_of_run = sum(_records(write.size) * RECORD_OVERHEAD for write in run) if has_tls else 0
        sent = sum(_segments(write.size, has_tls=has_tls) for write in run)
        tls += tls_of_run
        segments += sent + _acks_alone(sent, is_answered=at < len(runs) - 1)
    return Cost(sum(write.size for write in writes), tls, segments * SEGMENT_HEADERS)


def _records(size: int) -> int:
    return -(-size // RECORD_PAYLOAD_MAX)


def _segments(size: int, *, has_tls: bool) -> int:
    return -(-(size + (_records(size) * RECORD_OVERHEAD if has_tls else 0)) // SEGMENT_PAYLOAD_MAX)


def _acks_alone(segments: int, *, is_answered: bool) -> int:
    """Every second segment is acknowledged at once (RFC 9293 §3.8.6.3), the last one with the answer if there is one."""
    return segments // 2 if is_answered else -(-segments // 2)


def delivered(sent: int, answer: int | None = None, *, has_tls: bool = True) -> Cost:
    """One alert to a device: so many bytes down, and so many up as its answer; both with their frames."""
    writes = [Write(False, sent), *([] if answer is None else [Write(True, answer)])]
    return cost_of(writes, has_tls=has_tls)
