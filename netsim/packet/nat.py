"""A translator of addresses that forgets who has been silent: the half-open connection of every mobile network.

It stands where the line meets the hub. Addresses need not be translated for that; what matters is what it has forgotten:

    from the hub      dropped, as nobody knows any more for whom it is
    from the field    dropped, or given another port, so that the hub answers with a reset: as the profile says

A SYN from the field begins anew. A connection that nobody has seen yet is taken up, so a NAT can be put into a running link.
"""

from __future__ import annotations

import math
from typing import Literal

from netsim.profiles.profile import Nat

Verdict = Literal["pass", "drop", "reset"]

_TCP, _UDP = 6, 17
_SYN, _RST, _ACK = 0x02, 0x04, 0x10


class NatTable:
    """When each flow was last heard of, by whichever side. Times are in seconds."""

    def __init__(self, nat: Nat) -> None:
        self._nat = nat
        self._heard_at: dict[bytes, float] = {}

    def from_field(self, packet: bytes, now: float) -> Verdict:
        """What becomes of a packet that the field end sent."""
        flow = _flow(packet, is_from_field=True)
        if flow is None:
            return "pass"
        if self._is_forgotten(flow, now) and not _begins(packet):
            return self._nat.forgets if not _is_reset(packet) else "drop"
        self._heard_at[flow] = now
        return "pass"

    def from_hub(self, packet: bytes, now: float) -> Verdict:
        """What becomes of a packet that the hub sent."""
        flow = _flow(packet, is_from_field=False)
        if flow is None:
            return "pass"
        if self._is_forgotten(flow, now):
            return "drop"
        self._heard_at[flow] = now
        return "pass"

    def _is_forgotten(self, flow: bytes, now: float) -> bool:
        """What is forgotten stays so, however often somebody still tries."""
        is_forgotten = now - self._heard_at.get(flow, now) > self._nat.idle_s
        if is_forgotten:
            self._heard_at[flow] = -math.inf
        return is_forgotten


def _flow(packet: bytes, *, is_from_field: bool) -> bytes | None:
    """Protocol, field's and hub's address, field's and hub's port; None for what has no ports."""
    if len(packet) < 20 or packet[9] not in (_TCP, _UDP):
        return None
    ports_at = (packet[0] & 0x0F) * 4
    source, target = packet[12:16], packet[16:20]
    source_port, target_port = packet[ports_at : ports_at + 2], packet[ports_at + 2 : ports_at + 4]
    if is_from_field:
        return packet[9:10] + source + target + source_port + target_port
    return packet[9:10] + target + source + target_port + source_port


def _tcp_flags(packet: bytes) -> int:
    at = (packet[0] & 0x0F) * 4 + 13
    return packet[at] if packet[9] == _TCP and len(packet) > at else 0


def _begins(packet: bytes) -> bool:
    """A SYN that opens, or any packet of a protocol that needs no opening."""
    return packet[9] != _TCP or _tcp_flags(packet) & (_SYN | _ACK) == _SYN


def _is_reset(packet: bytes) -> bool:
    return bool(_tcp_flags(packet) & _RST)
