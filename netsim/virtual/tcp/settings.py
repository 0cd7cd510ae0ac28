"""The numbers of a TCP, as Linux has them unless an administrator says otherwise. Times in seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Congestion = Literal["cubic", "reno"]


@dataclass(frozen=True, slots=True)
class TcpSettings:
    """One machine's TCP. SACK and timestamps are on, keep-alive and Nagle's algorithm off, as hub and client have it."""

    congestion: Congestion = "cubic"
    segment_bytes_max: int = 1448
    """Payload of a full segment: 1500 bytes of Ethernet less 52 of headers with timestamps."""
    initial_window_segments: int = 10
    """RFC 6928."""
    syn_timeout_s: float = 1.0
    """RFC 6298 §2.1; doubles with each that is not answered."""
    syn_linear_timeouts: int = 4
    """So many before it begins to double (Linux from 6.5 on; 0 before)."""
    syn_retries: int = 6
    timeout_min_s: float = 0.2
    """Linux's least RTO; RFC 6298 §2.4 would have one second."""
    timeout_max_s: float = 120.0
    retries: int = 15
    """Timeouts in a row after which a connection is given up (tcp_retries2)."""
    delayed_ack_s: float = 0.04
    quick_acks: int = 16
    """ACKs that are not delayed at the beginning of a connection."""
    has_tail_loss_probe: bool = True
    """RFC 8985 §7: a lost end of a flight is found by a probe, not by a timeout."""
    has_slow_start_after_idle: bool = True
    """RFC 5681 §4.1."""
