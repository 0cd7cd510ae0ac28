"""The bytes of an exchange are those of the real messages."""

from __future__ import annotations

from alerts.wire.codec import Codec
from alerts.wire.frames import Ping, Pong, Stored, Welcome
from netsim.virtual.fleet.heads import NOW
from netsim.virtual.meeting import EPOCH, MASK_BYTES
from server.push.websocket import frame_of
from tests.netsim.virtual.fleet.worlds import MADE_ALERTS, sizes

CODEC = Codec()


def size_of(frame: Ping | Pong | Stored | Welcome) -> int:
    return len(frame_of(CODEC.encode(frame)))


def test_keepalives_and_greetings_are_as_long_as_their_frames() -> None:
    exchange = sizes().exchange
    assert exchange.ping == size_of(Ping(1)) + MASK_BYTES
    assert exchange.pong == size_of(Pong(1))
    greeting = exchange.catchups[0]
    assert (greeting.bytes_up, greeting.bytes_down, greeting.arrives) == (0, size_of(Welcome(NOW, EPOCH, 0)), ())
    assert exchange.stored == size_of(Stored(EPOCH, 2, 2, (), 0, NOW)) + MASK_BYTES


def test_each_missed_alert_arrives_once_and_in_order() -> None:
    for missed, catchup in enumerate(sizes().exchange.catchups):
        assert len(catchup.arrives) == missed
        assert list(catchup.arrives) == sorted(catchup.arrives)
        assert all(size <= catchup.bytes_down for _, size in catchup.arrives)


def test_a_batch_costs_round_trips_and_what_is_missed_costs_bytes() -> None:
    catchups = sizes().exchange.catchups
    assert [catchup.arrives[-1][0] for catchup in catchups[1:]] == [1, 1, 2]  # two frames of one item each under way
    downs = [catchup.bytes_down for catchup in catchups]
    assert downs == sorted(downs)
    assert len(sizes().exchange.live) == MADE_ALERTS
    assert all(size > 400 for size in sizes().exchange.live)
