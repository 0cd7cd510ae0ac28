"""TCP segments are read from packets, and nothing else is taken for one."""

from __future__ import annotations

import random
import struct
from ipaddress import IPv4Address

import pytest

from netsim.packet.ip import End, damaged, tcp_segment

FIELD = End(IPv4Address("192.0.2.1"), 40_000)
HUB = End(IPv4Address("192.0.2.2"), 8400)


def packet(
    payload: bytes,
    *,
    sequence: int = 7,
    flags: int = 0x10,
    ip_options: int = 0,
    tcp_options: int = 0,
    fragment: int = 0,
) -> bytes:
    """An IPv4 packet from the field end to the hub; options in words of four bytes."""
    tcp = struct.pack("!HHIIBBHHH", FIELD.port, HUB.port, sequence, 0, (5 + tcp_options) << 4, flags, 100, 0, 0)
    body = tcp + b"\x01" * 4 * tcp_options + payload
    head = struct.pack("!BBHHHBBH", 0x45 + ip_options, 0, 20 + 4 * ip_options + len(body), 1, fragment, 64, 6, 0)
    return head + FIELD.address.packed + HUB.address.packed + b"\x01" * 4 * ip_options + body


def test_a_segment_says_who_to_whom_and_how_much() -> None:
    segment = tcp_segment(packet(b"hello"))
    assert segment is not None
    assert (segment.source, segment.target, segment.sequence, segment.payload_bytes) == (FIELD, HUB, 7, 5)
    assert (segment.syn, segment.ack, segment.fin, segment.rst) == (False, True, False, False)
    assert str(segment.source) == "192.0.2.1:40000"


@pytest.mark.parametrize(("ip_options", "tcp_options"), [(0, 0), (10, 0), (0, 10), (3, 5)])
def test_options_are_no_payload(ip_options: int, tcp_options: int) -> None:
    segment = tcp_segment(packet(b"hello", ip_options=ip_options, tcp_options=tcp_options))
    assert segment is not None
    assert segment.payload_bytes == 5


def test_padding_behind_the_packet_is_no_payload() -> None:
    segment = tcp_segment(packet(b"hello") + bytes(9))
    assert segment is not None
    assert segment.payload_bytes == 5


def test_the_payload_of_a_syn_begins_one_number_later() -> None:
    segment = tcp_segment(packet(b"early", flags=0x02))
    assert segment is not None
    assert (segment.syn, segment.payload_sequence) == (True, 8)


def test_other_packets_are_no_segment() -> None:
    good = packet(b"hello")
    udp = good[:9] + bytes([17]) + good[10:]
    version_6 = bytes([0x65]) + good[1:]
    tiny_offset = good[:32] + b"\x10" + good[33:]
    for other in (b"", udp, version_6, packet(b"hello", fragment=1), good[:39], tiny_offset):
        assert tcp_segment(other) is None
    assert tcp_segment(packet(b"hello", fragment=0x2000)) is not None, "the first fragment has the header"


def test_no_bytes_break_the_reader() -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(2000):
        damaged = bytearray(packet(b"hello", tcp_options=2))
        for _ in range(chance.randrange(1, 5)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        segment = tcp_segment(bytes(damaged[: chance.randrange(len(damaged) + 1)]))
        assert segment is None or 0 <= segment.payload_bytes <= len(damaged), f"seed {seed}"


def _checksum(words: bytes) -> int:
    """RFC 1071 §1."""
    total: int = sum(struct.unpack(f"!{len(words) // 2}H", words))
    return (total & 0xFFFF) + (total >> 16)


@pytest.mark.parametrize("payload", [b"", b"hell", b"hello!"])
def test_damage_lies_behind_the_header_and_shows_in_the_checksum(payload: bytes) -> None:
    good = packet(payload)
    bad = damaged(good)
    assert (len(bad), bad[:20]) == (len(good), good[:20])
    assert _checksum(bad[20:]) != _checksum(good[20:])
