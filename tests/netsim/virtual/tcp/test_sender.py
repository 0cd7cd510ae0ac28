"""What a sender makes of losses, in virtual time: slow start, fast retransmission, timeouts that back off, probes."""

from __future__ import annotations

import math
from collections import Counter

import pytest

from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Profile, Way
from netsim.virtual.tcp.end import Ending
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.tcp.settings import TcpSettings
from tests.support.tcp_pair import TcpPair, link

FULL = 1448


def test_slow_start_doubles_each_round_trip() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    began = pair.timeline.now
    server.end.send(b"x" * FULL * 150)
    pair.timeline.run_until(began + 5)
    rounds = Counter(round((at - began) / 0.1) for at, _ in pair.sent("down"))
    assert [rounds[number] for number in range(4)] == [10, 20, 40, 80]
    assert client.bytes == FULL * 150


@pytest.mark.parametrize("rate_bit_s", [9_600, 128_000, 2_000_000])
def test_throughput_is_the_rate_of_the_link(rate_bit_s: int) -> None:
    pair = TcpPair(link(rtt_ms=300, rate_bit_s=rate_bit_s, queue_bytes=max(rate_bit_s // 8, 6_000)))
    client, server = pair.opened()
    began = pair.timeline.now
    server.end.send(b"x" * (rate_bit_s // 8 * 35))
    pair.timeline.run_until(began + 30)
    assert client.bytes * 8 / 30 == pytest.approx(rate_bit_s * FULL / 1500, rel=0.08)


@pytest.mark.parametrize("congestion", ["reno", "cubic"])
@pytest.mark.parametrize("loss", [0.02, 0.05])
def test_loss_takes_throughput_as_mathis_found(congestion: str, loss: float) -> None:
    """Mathis et al. 1997: segment · √(3/2) / (RTT · √loss), each segment acknowledged."""
    up, lossy = Way(delay_ms=50), Bursts(good_loss=loss, bad_loss=loss, good_packets=1000, bad_packets=1)
    profile = Profile(name="t", title="t", up=up, down=Way(delay_ms=50, loss=lossy))
    pair = TcpPair(profile, seed=5, settings=TcpSettings(congestion=congestion))  # type: ignore[arg-type]
    client, server = pair.opened(30)
    server.end.send(b"x" * 4_000_000)
    pair.timeline.run_until(pair.timeline.now + 300)
    assert client.bytes == 4_000_000
    began, before = next((at, count) for at, count in client.arrivals if count > 1_500_000)  # slow start is over
    found = (client.bytes - before) / (client.arrivals[-1][0] - began)
    assert found == pytest.approx(FULL / 0.1 * math.sqrt(1.5 / loss), rel=0.35)


def lose_once(pair: TcpPair, *sequences: int) -> None:
    left = list(sequences)

    def drops(way: str, segment: Segment) -> bool:
        if way == "down" and segment.payload and segment.sequence in left:
            left.remove(segment.sequence)
            return True
        return False

    pair.drops = drops


def test_what_is_lost_in_the_middle_is_sent_again_after_a_round_trip_and_once() -> None:
    pair = TcpPair(link(rtt_ms=200))
    client, server = pair.opened()
    lose_once(pair, 1 + 2 * FULL)
    began = pair.timeline.now
    server.end.send(b"x" * FULL * 10)
    pair.timeline.run_until(began + 5)
    assert (server.end.sender.retransmissions, server.end.sender.timeouts) == (1, 0)
    assert client.arrivals[-1][0] == pytest.approx(began + 0.3, abs=0.005)
    assert client.bytes == FULL * 10
    assert server.end.sender.congestion.window < 10 * 2


def test_the_rest_waits_behind_what_is_missing() -> None:
    pair = TcpPair(link(rtt_ms=200))
    client, server = pair.opened()
    lose_once(pair, 1)
    began = pair.timeline.now
    server.end.send(b"a" * FULL)
    server.end.send(b"b" * 100)
    server.end.send(b"c" * 100)
    pair.timeline.run_until(began + 5)
    assert len(client.arrivals) == 1, "nothing before the missing, then all at once"
    assert client.arrivals[0][0] > began + 0.3
    assert client.data == b"a" * FULL + b"b" * 100 + b"c" * 100


def test_a_lost_last_segment_is_found_by_a_probe() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    lose_once(pair, 1 + 4 * FULL)
    began = pair.timeline.now
    server.end.send(b"x" * FULL * 5)
    pair.timeline.run_until(began + 5)
    assert server.end.sender.timeouts == 0
    # One is left: two round trips, and 200 ms for a delayed ACK, after the rest was acknowledged; or the RTO, which is sooner.
    assert client.arrivals[-1][0] - began == pytest.approx(0.35, abs=0.01)


def test_timeouts_back_off() -> None:
    pair = TcpPair(link(rtt_ms=100), settings=TcpSettings(has_tail_loss_probe=False))
    _, server = pair.opened()
    pair.path.cut()
    began = pair.timeline.now
    server.end.send(b"x")
    timeout = server.end.sender.round_trip.timeout_s
    pair.timeline.run_until(began + 40)
    times = [at - began for at, _ in pair.sent("down")]
    assert times[:6] == pytest.approx([timeout * (2**number - 1) for number in range(6)])


def test_a_timeout_sends_one_segment_and_begins_slowly() -> None:
    pair = TcpPair(link(rtt_ms=100), settings=TcpSettings(has_tail_loss_probe=False))
    client, server = pair.opened()
    pair.path.cut()
    began = pair.timeline.now
    server.end.send(b"x" * FULL * 10)
    pair.timeline.run_until(began + 0.01)
    pair.path.heal()
    pair.timeline.run_until(began + 10)
    assert client.bytes == FULL * 10
    rounds = Counter(round((at - began - 0.3) / 0.1) for at, _ in pair.sent("down") if at > began + 0.01)
    assert [rounds[number] for number in range(4)] == [1, 2, 4, 3]


def test_after_fifteen_timeouts_a_connection_is_given_up() -> None:
    pair = TcpPair(link(rtt_ms=100))
    _, server = pair.opened()
    pair.path.cut()
    began = pair.timeline.now
    server.end.send(b"x")
    pair.timeline.run_until(began + 2000)
    assert server.ending is not None
    assert server.ending[1] is Ending.TIMED_OUT
    assert 700 < server.ending[0] - began < 1100  # man tcp(7): some 924 s


def test_segments_that_overtake_each_other_are_not_taken_for_lost() -> None:
    up = Way(delay_ms=50)
    pair = TcpPair(
        Profile(name="t", title="t", up=up, down=Way(delay_ms=50, reorder=0.02, rate_bit_s=2_000_000)), seed=3
    )
    client, server = pair.opened()
    server.end.send(b"x" * FULL * 600)
    pair.timeline.run_until(pair.timeline.now + 20)
    assert client.bytes == FULL * 600
    assert server.end.sender.retransmissions <= 6
