"""What two ends say to each other in memory is what the protocol says, and every alert arrives once."""

from __future__ import annotations

from alerts.wire.codec import Codec
from alerts.wire.frames import Ping, Pong, Welcome
from netsim.virtual.meeting import EPOCH, MASK_BYTES, Meeting
from server.push.websocket import frame_of
from tests.netsim.bench.wire.samples import sample_log

NOW = 1_500_000_000
SAMPLES = sample_log()[:6]


def _meeting() -> Meeting:
    meeting = Meeting(NOW, head=SAMPLES[0].entry.number - 1, languages=("*",))
    meeting.connect()
    return meeting


def test_with_nothing_missed_there_is_a_greeting() -> None:
    (greeting,) = _meeting().connect()
    assert not greeting.is_up
    assert greeting.frame_bytes == len(frame_of(Codec().encode(Welcome(NOW, EPOCH, 0))))


def test_what_was_missed_arrives_in_batches_that_grow() -> None:
    meeting = _meeting()
    meeting.append(one.entry for one in SAMPLES)
    flights = meeting.connect()
    assert [flight.is_up for flight in flights] == [False, True] * (len(flights) // 2)
    arrived = [sent.alerts for flight in flights for sent in flight.frames if not flight.is_up]
    assert sum(arrived) == len(SAMPLES)
    assert max(arrived) > 1
    assert not any(sent.alerts for flight in meeting.connect() for sent in flight.frames), "it has them all"


def test_a_device_that_is_there_is_sent_what_is_new() -> None:
    meeting = _meeting()
    meeting.append(one.entry for one in SAMPLES[:1])
    down, up = meeting.wake()
    assert [sent.alerts for sent in down.frames] == [1]
    assert up.is_up


def test_a_device_says_where_it_stands_in_its_languages() -> None:
    hello = _meeting().hello()
    assert hello.languages == ("*",)
    assert hello.at.epoch == EPOCH


def test_a_ping_is_answered() -> None:
    ping, pong = _meeting().ping()
    codec = Codec()
    assert ping.frame_bytes == len(frame_of(codec.encode(Ping(1)))) + MASK_BYTES
    assert pong.frame_bytes == len(frame_of(codec.encode(Pong(1))))
