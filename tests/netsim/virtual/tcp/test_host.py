"""A machine's ends: what is known, what is refused, what a death leaves behind."""

from __future__ import annotations

from netsim.virtual.tcp.end import Ending
from netsim.virtual.tcp.segment import Segment
from tests.support.tcp_pair import TcpPair, link


def test_a_killed_process_resets_and_a_machine_without_power_is_silent() -> None:
    for kill, told in ((True, Ending.RESET), (False, None)):
        pair = TcpPair(link(rtt_ms=100))
        client, _ = pair.opened()
        (pair.hub.kill_process if kill else pair.hub.lose_power)()
        pair.timeline.run_until(pair.timeline.now + 60)
        assert (client.ending and client.ending[1]) is told
        assert pair.hub.ends == {}


def test_what_is_not_known_is_reset_but_no_reset_is_answered() -> None:
    pair = TcpPair(link())
    answers: list[Segment] = []
    pair.hub.take(Segment(99, 5, b"x", acknowledges=7), answers.append)
    pair.hub.take(Segment(99, is_rst=True), answers.append)
    assert [(segment.is_rst, segment.sequence) for segment in answers] == [(True, 7)]


def test_connections_are_counted_and_apart() -> None:
    pair = TcpPair(link(rtt_ms=10))
    first, second = pair.call(), pair.call()
    pair.timeline.run_until(1)
    first.end.send(b"one")
    second.end.send(b"two")
    pair.timeline.run_until(2)
    assert sorted(server.data for server in pair.servers) == [b"one", b"two"]
    assert pair.hub.connections == pair.device.connections == 2
