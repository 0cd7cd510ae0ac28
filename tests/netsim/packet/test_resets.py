"""A reset carries what its receiver expects, and whoever still speaks on a broken connection gets another."""

from __future__ import annotations

from netsim.packet.ip import Segment, answering_reset, tcp_segment
from netsim.packet.resets import CONNECTIONS_MAX, Resets
from tests.netsim.packet.test_ip import FIELD, HUB

SYN, FIN, RST, ACK = 0x02, 0x01, 0x04, 0x10


def up(sequence: int, expected: int, payload_bytes: int, flags: int = ACK) -> Segment:
    return Segment(FIELD, HUB, sequence, expected, payload_bytes, flags)


def down(sequence: int, expected: int, payload_bytes: int, flags: int = ACK) -> Segment:
    return Segment(HUB, FIELD, sequence, expected, payload_bytes, flags)


def carry(resets: Resets, segment: Segment) -> None:
    assert resets.sent(segment) is None
    resets.delivered(segment)


def connected() -> Resets:
    resets = Resets()
    carry(resets, up(100, 0, 0, SYN))
    carry(resets, down(900, 101, 0, SYN | ACK))
    carry(resets, up(101, 901, 0))
    return resets


def broken(resets: Resets) -> dict[str, int]:
    """Address of each end that gets a reset, and its sequence number."""
    sequences = {}
    for end, packet in resets.break_all():
        segment = tcp_segment(packet)
        assert segment is not None
        assert segment.rst
        assert segment.target == end
        sequences[str(end)] = segment.sequence
    return sequences


def test_each_end_gets_what_it_expects_acknowledged_or_not() -> None:
    resets = connected()
    carry(resets, up(101, 901, 50))
    carry(resets, up(151, 901, 7))
    carry(resets, down(901, 101, 30))  # it has not yet acknowledged the 57
    assert broken(resets) == {str(FIELD): 931, str(HUB): 158}


def test_what_is_lost_is_not_expected_to_be_over() -> None:
    resets = connected()
    assert resets.sent(up(101, 901, 50)) is None  # lost
    carry(resets, up(151, 901, 50))
    assert broken(resets) == {str(FIELD): 901, str(HUB): 101}


def test_numbers_wrap_and_an_end_counts() -> None:
    resets = Resets()
    carry(resets, up(2**32 - 2, 0, 0, SYN))
    carry(resets, down(7, 2**32 - 1, 0, SYN | ACK))
    carry(resets, up(2**32 - 1, 8, 3, ACK | FIN))
    assert broken(resets) == {str(FIELD): 8, str(HUB): 3}


def test_whoever_speaks_on_a_broken_connection_is_answered() -> None:
    resets = connected()
    resets.break_all()
    late = up(101, 940, 5)
    assert resets.sent(late) == answering_reset(late)
    assert resets.sent(down(901, 101, 5)) is not None


def test_a_new_connection_on_the_same_ports_is_whole() -> None:
    resets = connected()
    resets.break_all()
    carry(resets, up(5000, 0, 0, SYN))
    carry(resets, down(6000, 5001, 0, SYN | ACK))
    assert broken(resets)[str(HUB)] == 5001


def test_a_connection_that_began_before_is_known_as_soon_as_it_speaks() -> None:
    resets = Resets()
    carry(resets, down(70, 30, 10))
    assert broken(resets) == {str(HUB): 30}


def test_there_is_a_bound_on_what_is_remembered() -> None:
    resets = Resets()
    for port in range(CONNECTIONS_MAX + 10):
        opener = FIELD._replace(port=port)
        carry(resets, Segment(opener, HUB, 1, 1, 0, ACK))
        carry(resets, Segment(HUB, opener, 1, 1, 0, ACK))
    assert len(resets.break_all()) == 2 * CONNECTIONS_MAX
