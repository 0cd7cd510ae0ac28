"""The numbers of Linux, and that other numbers change what a connection does."""

from __future__ import annotations

from netsim.virtual.tcp.settings import TcpSettings
from tests.support.tcp_pair import TcpPair, link


def test_a_full_segment_fills_an_ethernet_frame() -> None:
    pair = TcpPair(link())
    _, server = pair.opened()
    server.end.send(b"x" * 5000)
    pair.timeline.run_until(pair.timeline.now + 5)
    assert max(segment.size_bytes for _, segment in pair.sent("down")) == 1500


def test_the_initial_window_is_what_is_set() -> None:
    for segments in (3, 10):
        pair = TcpPair(link(rtt_ms=1000), settings=TcpSettings(initial_window_segments=segments))
        _, server = pair.opened()
        server.end.send(b"x" * 100_000)
        pair.timeline.run_until(pair.timeline.now + 0.5)
        assert len(pair.sent("down")) == segments
