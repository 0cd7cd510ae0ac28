"""What a router has to know of a packet: the TCP segment in it (RFC 791, RFC 9293)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

_TCP = 6
_FIN, _SYN, _RST, _ACK = 0x01, 0x02, 0x04, 0x10
_FRAGMENT_OFFSET = 0x1FFF
_IPV4_HEADER_MIN, _TCP_HEADER_MIN = 20, 20


@dataclass(frozen=True, slots=True)
class End:
    """One end of a connection."""

    address: IPv4Address
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment: who to whom, where its payload stands in the sender's sequence, and the flags that matter."""

    source: End
    target: End
    sequence: int
    payload_bytes: int
    syn: bool
    ack: bool
    fin: bool
    rst: bool

    @property
    def payload_sequence(self) -> int:
        """The sequence number of the first payload byte: a SYN takes one number before it (RFC 9293 §3.4)."""
        return (self.sequence + self.syn) % 2**32


def tcp_segment(packet: bytes) -> Segment | None:
    """The TCP segment in an IPv4 packet; None for anything else, for what is cut short, and for later fragments."""
    if len(packet) < _IPV4_HEADER_MIN or packet[0] >> 4 != 4 or packet[9] != _TCP:
        return None
    header_bytes = (packet[0] & 0x0F) * 4
    total_bytes, _, fragment = struct.unpack_from("!HHH", packet, 2)
    if fragment & _FRAGMENT_OFFSET or not _fits(packet, header_bytes, total_bytes):
        return None
    source_port, target_port, sequence, _, offset, flags = struct.unpack_from("!HHIIBB", packet, header_bytes)
    payload_bytes = total_bytes - header_bytes - (offset >> 4) * 4
    if payload_bytes < 0 or offset >> 4 < 5:
        return None
    return Segment(
        source=End(IPv4Address(packet[12:16]), source_port),
        target=End(IPv4Address(packet[16:20]), target_port),
        sequence=sequence,
        payload_bytes=payload_bytes,
        syn=bool(flags & _SYN),
        ack=bool(flags & _ACK),
        fin=bool(flags & _FIN),
        rst=bool(flags & _RST),
    )


def damaged(packet: bytes) -> bytes:
    """The packet with one bit wrong behind its IP header, as far as it has one: its end's checksum will show it."""
    return packet[:-1] + bytes([packet[-1] ^ 0x10])


def _fits(packet: bytes, header_bytes: int, total_bytes: int) -> bool:
    return header_bytes >= _IPV4_HEADER_MIN and header_bytes + _TCP_HEADER_MIN <= total_bytes <= len(packet)
