"""Links: bytes arrive in order and in pieces, a message counts when it is whole, a cut takes the rest."""

from __future__ import annotations

from netsim.virtual.network import HEADER_BYTES, Link, Pipe


def test_a_message_counts_when_its_last_byte_is_there() -> None:
    pipe = Pipe()
    pipe.send([b"abc", b"de"])
    assert pipe.arrive(HEADER_BYTES + 2) == []
    assert pipe.arrive(1) == [b"abc"]
    assert pipe.arrive(HEADER_BYTES + 1) == []
    assert pipe.arrive(1) == [b"de"]
    assert pipe.is_empty()


def test_many_bytes_bring_several_messages() -> None:
    pipe = Pipe()
    pipe.send([b"a", b"b", b"c"])
    assert pipe.arrive(2 * (HEADER_BYTES + 1) + 1) == [b"a", b"b"]
    assert pipe.arrive_one() == b"c"


def test_more_bytes_than_were_sent_are_no_credit_for_later() -> None:
    pipe = Pipe()
    pipe.send([b"a"])
    assert pipe.arrive(1000) == [b"a"]
    pipe.send([b"b"])
    assert pipe.arrive(1) == []


def test_a_cut_takes_what_is_on_its_way_both_ways() -> None:
    link = Link(1)
    link.down.send([b"down"])
    link.up.send([b"up"])
    link.down.arrive(3)
    link.cut()
    assert not link.is_up
    assert link.down.is_empty()
    assert link.up.is_empty()
    assert link.down.arrive(1000) == []
