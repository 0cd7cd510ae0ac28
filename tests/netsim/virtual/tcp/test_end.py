"""How a connection begins and ends, in round trips and seconds."""

from __future__ import annotations

import pytest

from netsim.virtual.tcp.end import Ending, State
from netsim.virtual.tcp.settings import TcpSettings
from tests.support.tcp_pair import NotingUser, TcpPair, link


def ending(user: NotingUser) -> tuple[float, Ending] | None:
    return (round(user.ending[0], 6), user.ending[1]) if user.ending else None


def test_a_handshake_is_one_round_trip_for_who_calls_and_half_more_for_who_answers() -> None:
    pair = TcpPair(link(rtt_ms=600))
    client, server = pair.opened()
    assert client.opened_at == pytest.approx(0.6)
    assert server.opened_at == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("linear", "times"), [(0, [0, 1, 3, 7, 15, 31, 63]), (4, [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67])]
)
def test_a_syn_is_sent_again(linear: int, times: list[int]) -> None:
    pair = TcpPair(link(rtt_ms=100), settings=TcpSettings(syn_linear_timeouts=linear))
    pair.path.cut()
    client = pair.call()
    pair.timeline.run_until(300)
    assert [at for at, _, segment in pair.seen if segment.is_syn] == pytest.approx(times)
    assert ending(client) == (round(times[-1] + 64, 6), Ending.TIMED_OUT)


def test_a_lost_answer_to_a_syn_and_a_lost_third_segment_are_made_good() -> None:
    for lost in (("down", True), ("up", False)):
        pair = TcpPair(link(rtt_ms=100))
        left = [lost]

        def drops(way: str, segment: object, left: list[tuple[str, bool]] = left) -> bool:
            hit = bool(left) and left[0] == (way, segment.is_syn)  # type: ignore[attr-defined]
            return bool(hit and left.pop())

        pair.drops = drops
        client = pair.call()
        pair.timeline.run_until(5)
        assert len(pair.dropped) == 1
        client.end.send(b"hello")
        pair.timeline.run_until(10)
        assert pair.servers[0].data == b"hello"


def test_who_does_not_listen_refuses() -> None:
    pair = TcpPair(link(rtt_ms=100))
    pair.hub.stop_listening()
    client = pair.call()
    pair.timeline.run_until(5)
    assert ending(client) == (round(0.1, 6), Ending.REFUSED)


def test_closing_delivers_what_was_written_and_then_the_end() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    server.end.send(b"x" * 50_000)
    server.end.close()
    pair.timeline.run_until(pair.timeline.now + 5)
    assert client.bytes == 50_000
    assert client.ending is not None
    assert client.ending[1] is Ending.FINISHED
    assert server.ending is None
    client.end.close()
    pair.timeline.run_until(pair.timeline.now + 5)
    assert pair.device.ends == pair.hub.ends == {}


def test_breaking_off_reaches_the_other_end_as_a_reset() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    began = pair.timeline.now
    client.end.abort()
    pair.timeline.run_until(began + 5)
    assert ending(server) == (round(began + 0.05, 6), Ending.RESET)
    assert client.end.state is State.OVER
    assert client.ending is None


def test_an_end_without_a_peer_learns_of_it_only_by_speaking() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    client.end.vanish()
    pair.timeline.run_until(pair.timeline.now + 86_400)
    assert server.ending is None, "TCP's keep-alive is off: half open for as long as nobody says anything"
    began = pair.timeline.now
    server.end.send(b"x")
    pair.timeline.run_until(began + 5)
    assert ending(server) == (round(began + 0.1, 6), Ending.RESET)


def test_after_two_lost_syns_a_connection_begins_with_one_segment() -> None:
    pair = TcpPair(link(rtt_ms=100))
    pair.drops = lambda way, segment: way == "up" and segment.is_syn and pair.timeline.now < 1.5
    client = pair.call()
    pair.timeline.run_until(10)
    assert client.opened_at == pytest.approx(2.1)
    client.end.send(b"x" * 5000)
    assert len(pair.sent("up")) == 1
