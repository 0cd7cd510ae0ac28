"""What a router has to know of a packet: the TCP segment in it (RFC 791, RFC 9293), and how to break a connection."""

from __future__ import annotations

import struct
from functools import lru_cache
from ipaddress import IPv4Address
from typing import NamedTuple

_TCP = 6
_FIN, _SYN, _RST, _ACK = 0x01, 0x02, 0x04, 0x10
_FRAGMENT_OFFSET = 0x1FFF
_IPV4_HEADER_MIN, _TCP_HEADER_MIN = 20, 20
_HOPS = 64
_ENDS_MAX = 4096

_read_ipv4 = struct.Struct("!xxHxxHxBxx4s4s").unpack_from
_read_tcp = struct.Struct("!HHIIBB").unpack_from


class End(NamedTuple):
    """One end of a connection."""

    address: IPv4Address
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


@lru_cache(maxsize=_ENDS_MAX)
def _end(address: bytes, port: int) -> End:
    return End(IPv4Address(address), port)


class Segment(NamedTuple):
    """A TCP segment: who to whom, where its payload stands in the sender's sequence, what the sender expects next."""

    source: End
    target: End
    sequence: int
    expected: int
    payload_bytes: int
    flags: int

    @property
    def syn(self) -> bool:
        """It opens a connection."""
        return bool(self.flags & _SYN)

    @property
    def ack(self) -> bool:
        """`expected` means something."""
        return bool(self.flags & _ACK)

    @property
    def fin(self) -> bool:
        """It ends the sender's stream."""
        return bool(self.flags & _FIN)

    @property
    def rst(self) -> bool:
        """It breaks the connection."""
        return bool(self.flags & _RST)

    @property
    def payload_sequence(self) -> int:
        """The sequence number of the first payload byte: a SYN takes one number before it (RFC 9293 §3.4)."""
        return (self.sequence + self.syn) % 2**32

    @property
    def next_sequence(self) -> int:
        """The sequence number of what the sender sends after it: a FIN takes one number too."""
        return (self.sequence + self.syn + self.payload_bytes + self.fin) % 2**32


def tcp_segment(packet: bytes) -> Segment | None:
    """The TCP segment in an IPv4 packet; None for anything else, for what is cut short, and for later fragments."""
    if len(packet) < _IPV4_HEADER_MIN or packet[0] >> 4 != 4 or packet[9] != _TCP:
        return None
    header_bytes = (packet[0] & 0x0F) * 4
    total_bytes, fragment, _, source, target = _read_ipv4(packet)
    if fragment & _FRAGMENT_OFFSET or not _fits(packet, header_bytes, total_bytes):
        return None
    source_port, target_port, sequence, expected, offset, flags = _read_tcp(packet, header_bytes)
    payload_bytes = total_bytes - header_bytes - (offset >> 4) * 4
    if payload_bytes < 0 or offset >> 4 < 5:
        return None
    return Segment(_end(source, source_port), _end(target, target_port), sequence, expected, payload_bytes, flags)


def _fits(packet: bytes, header_bytes: int, total_bytes: int) -> bool:
    return header_bytes >= _IPV4_HEADER_MIN and header_bytes + _TCP_HEADER_MIN <= total_bytes <= len(packet)


def damaged(packet: bytes) -> bytes:
    """The packet with one bit wrong behind its IP header, as far as it has one: its end's checksum will show it."""
    return packet[:-1] + bytes([packet[-1] ^ 0x10])


def answering_reset(segment: Segment) -> bytes:
    """The packet with which an end that knows no such connection answers a segment (RFC 9293 §3.10.7.1)."""
    if segment.ack:
        return _reset(segment.target, segment.source, segment.expected, 0, _RST)
    return _reset(segment.target, segment.source, 0, segment.next_sequence, _RST | _ACK)


def breaking_reset(source: End, target: End, sequence: int) -> bytes:
    """A packet that breaks a connection at `target`, if that expects this sequence number next (RFC 5961 §3)."""
    return _reset(source, target, sequence, 0, _RST)


def _reset(source: End, target: End, sequence: int, expected: int, flags: int) -> bytes:
    addresses = source.address.packed + target.address.packed
    ports = struct.pack("!HH", source.port, target.port)
    tcp = ports + struct.pack("!IIBBHHH", sequence, expected, 5 << 4, flags, 0, 0, 0)
    pseudo_header = addresses + struct.pack("!HH", _TCP, len(tcp))
    tcp = tcp[:16] + checksum(pseudo_header + tcp) + tcp[18:]
    head = struct.pack("!BBHHHBBH", 0x45, 0, _IPV4_HEADER_MIN + len(tcp), 0, 0, _HOPS, _TCP, 0)
    return head[:10] + checksum(head + addresses) + addresses + tcp


def checksum(words: bytes) -> bytes:
    """The Internet checksum (RFC 1071) of an even number of bytes."""
    total = sum(struct.unpack(f"!{len(words) // 2}H", words))
    total = (total & 0xFFFF) + (total >> 16)
    total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", total ^ 0xFFFF)
