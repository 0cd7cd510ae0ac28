"""Leads TCP connections of one field end to another port of the hub's namespace, without either end knowing.

A server thus stands in another's place, as a captive portal does.

    from the field   to port 8400 ──> to port 40123
    from the hub     from port 40123 ──> from port 8400
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_TCP = 6
_FRAGMENT_OFFSET = 0x1FFF
_TCP_HEADER_MIN = 20
_SOURCE, _TARGET, _CHECKSUM = 0, 2, 16
"""Where these stand in a TCP header (RFC 9293 §3.1)."""


@dataclass(frozen=True, slots=True)
class Diversion:
    """From the port that is dialled to the port that answers."""

    dialled: int
    answering: int

    def towards_hub(self, packet: bytes) -> bytes:
        """A packet of the field end, as the hub's namespace is to see it."""
        return _with_port(packet, _TARGET, self.dialled, self.answering)

    def towards_field(self, packet: bytes) -> bytes:
        """A packet of the hub's namespace, as the field end is to see it."""
        return _with_port(packet, _SOURCE, self.answering, self.dialled)


def _with_port(packet: bytes, place: int, before: int, after: int) -> bytes:
    """The packet with another port at this place of its TCP header, if it is TCP and has the one before there."""
    start = (packet[0] & 0x0F) * 4
    fragment = int.from_bytes(packet[6:8], "big") & _FRAGMENT_OFFSET
    if packet[9] != _TCP or fragment or len(packet) < start + _TCP_HEADER_MIN:
        return packet
    if int.from_bytes(packet[start + place : start + place + 2], "big") != before:
        return packet
    changed = bytearray(packet)
    struct.pack_into("!H", changed, start + place, after)
    (checksum,) = struct.unpack_from("!H", packet, start + _CHECKSUM)
    total = (checksum ^ 0xFFFF) + (before ^ 0xFFFF) + after  # RFC 1624 §3
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    struct.pack_into("!H", changed, start + _CHECKSUM, total ^ 0xFFFF)
    return bytes(changed)
