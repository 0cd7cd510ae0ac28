"""TCP segments are read from packets, and nothing else is taken for one."""

from __future__ import annotations

import random
import struct
from ipaddress import IPv4Address

import pytest

from netsim.packet.ip import End, Segment, answering_reset, breaking_reset, checksum, damaged, tcp_segment

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


@pytest.mark.parametrize("payload", [b"", b"hell", b"hello!"])
def test_damage_lies_behind_the_header_and_shows_in_the_checksum(payload: bytes) -> None:
    good = packet(payload)
    bad = damaged(good)
    assert (len(bad), bad[:20]) == (len(good), good[:20])
    assert checksum(bad[20:]) != checksum(good[20:])


def test_the_checksum_is_that_of_the_internet() -> None:
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == bytes.fromhex("220d")  # RFC 1071 §3


def _is_intact(made: bytes) -> bool:
    """What carries its own checksum sums up to nothing."""
    pseudo_header = made[12:20] + struct.pack("!HH", 6, len(made) - 20)
    return checksum(made[:20]) == checksum(pseudo_header + made[20:]) == b"\0\0"


def test_a_reset_answers_what_belongs_to_no_connection() -> None:
    asked = tcp_segment(packet(b"hello", sequence=2**32 - 3))
    assert asked is not None
    made = answering_reset(asked._replace(expected=77))
    assert _is_intact(made)
    answer = tcp_segment(made)
    assert answer == Segment(HUB, FIELD, 77, 0, 0, 0x04)
    opening = tcp_segment(packet(b"", sequence=2**32 - 1, flags=0x02))
    assert opening is not None
    refusal = tcp_segment(answering_reset(opening))
    assert refusal == Segment(HUB, FIELD, 0, 0, 0, 0x14), "it acknowledges the SYN"


def test_a_reset_breaks_a_connection_from_the_middle() -> None:
    made = breaking_reset(HUB, FIELD, 4000)
    assert _is_intact(made)
    assert tcp_segment(made) == Segment(HUB, FIELD, 4000, 0, 0, 0x04)
