"""What travels between two ends: a TCP segment and the room that it takes on the link."""

from __future__ import annotations

from dataclasses import dataclass

HEADER_BYTES = 40
"""IPv4 and TCP without options."""

SYN_OPTIONS_BYTES = 20
"""Segment size, SACK, timestamps, window scale, padded."""

TIMESTAMP_BYTES = 12
SACK_BYTES, SACK_SPAN_BYTES = 4, 8

Span = tuple[int, int]
"""From a sequence number up to, and without, another."""


@dataclass(frozen=True, slots=True)
class Segment:
    """`connection` stands for the two addresses and ports. Sequence number 0 is the SYN's; the first byte is number 1."""

    connection: int
    sequence: int = 0
    payload: bytes = b""
    acknowledges: int | None = None
    """The number of the next byte that is expected; None in the first SYN only."""
    sacks: tuple[Span, ...] = ()
    is_syn: bool = False
    is_fin: bool = False
    is_rst: bool = False
    sent_at: float = 0.0
    """The timestamp option (RFC 7323): when it was sent, by its sender's clock."""
    echo: float | None = None
    """The timestamp of the segment that this one answers."""

    @property
    def end(self) -> int:
        """The number after its last byte; SYN and FIN count as one each."""
        return self.sequence + len(self.payload) + self.is_syn + self.is_fin

    @property
    def size_bytes(self) -> int:
        """With its headers, as an IP packet."""
        if self.is_rst:
            return HEADER_BYTES
        if self.is_syn:
            return HEADER_BYTES + SYN_OPTIONS_BYTES
        sacks = SACK_BYTES + SACK_SPAN_BYTES * len(self.sacks) if self.sacks else 0
        return HEADER_BYTES + TIMESTAMP_BYTES + sacks + len(self.payload)
