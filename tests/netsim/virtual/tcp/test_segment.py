"""What a segment is on the link."""

from __future__ import annotations

from netsim.virtual.tcp.segment import Segment


def test_sizes_on_the_link() -> None:
    assert Segment(1, is_syn=True).size_bytes == 60
    assert Segment(1, 1, acknowledges=1).size_bytes == 52
    assert Segment(1, 1, b"x" * 1448, acknowledges=1).size_bytes == 1500
    assert Segment(1, 1, acknowledges=1, sacks=((10, 20), (30, 40))).size_bytes == 72
    assert Segment(1, 1, is_rst=True).size_bytes == 40


def test_syn_and_fin_take_a_number_each() -> None:
    assert Segment(1, 0, is_syn=True).end == 1
    assert Segment(1, 1, b"abc", is_fin=True).end == 5
