"""A changed port in both directions, with a checksum that is right."""

from __future__ import annotations

import random
import struct

import pytest

from netsim.packet.diversion import Diversion
from netsim.packet.ip import End, answering_reset, breaking_reset, checksum, tcp_segment
from tests.netsim.packet.test_ip import FIELD, HUB

ELSEWHERE = 40_123


def _is_whole(packet: bytes) -> bool:
    """Whether the TCP checksum is right (RFC 9293 §3.1): the sum over pseudo-header and segment is nothing."""
    start = (packet[0] & 0x0F) * 4
    segment = packet[start:]
    return checksum(packet[12:20] + struct.pack("!HH", 6, len(segment)) + segment) == b"\0\0"


@pytest.mark.parametrize("seed", range(50))
def test_what_dials_one_port_reaches_another_and_back(seed: int) -> None:
    chance = random.Random(seed)
    diversion = Diversion(HUB.port, chance.randrange(1, 65536))
    up = breaking_reset(FIELD, HUB, chance.getrandbits(32))
    there = diversion.towards_hub(up)
    segment = tcp_segment(there)
    assert segment is not None
    assert (segment.source, segment.target) == (FIELD, End(HUB.address, diversion.answering))
    assert _is_whole(up)
    assert _is_whole(there)

    back = diversion.towards_field(answering_reset(segment))
    answer = tcp_segment(back)
    assert answer is not None
    assert (answer.source, answer.target) == (HUB, FIELD)
    assert _is_whole(back)


def test_everything_else_passes_as_it_is() -> None:
    diversion = Diversion(HUB.port, ELSEWHERE)
    other = breaking_reset(FIELD, End(HUB.address, HUB.port + 1), 7)
    for packet in (other, other[:30], b"\x45" + other[1:9] + b"\x11" + other[10:]):
        assert diversion.towards_hub(packet) is packet
        assert diversion.towards_field(packet) is packet
    later_fragment = bytearray(breaking_reset(FIELD, HUB, 7))
    later_fragment[7] = 3
    assert diversion.towards_hub(bytes(later_fragment)) == bytes(later_fragment)
