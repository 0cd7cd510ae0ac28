"""Putting a stream together, and when to acknowledge."""

from __future__ import annotations

import random

from netsim.virtual.tcp.receiver import Receiver
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.tcp.settings import TcpSettings
from tests.support.tcp_pair import TcpPair, link


def data(sequence: int, payload: bytes, *, is_fin: bool = False) -> Segment:
    return Segment(1, sequence, payload, acknowledges=1, is_fin=is_fin)


def test_any_order_gives_the_stream() -> None:
    for seed in range(50):
        chance = random.Random(seed)
        stream = bytes(chance.randrange(256) for _ in range(300))
        segments = [data(1 + start, stream[start : start + 10]) for start in range(0, 300, 10)]
        segments += chance.sample(segments, 10)
        chance.shuffle(segments)
        receiver = Receiver(TcpSettings())
        assert b"".join(receiver.take(segment, 0.0) for segment in segments) == stream, f"seed {seed}"
        assert receiver.sacks() == ()
        assert receiver.next == 301


def test_what_is_early_is_said_the_newest_first() -> None:
    receiver = Receiver(TcpSettings())
    for start in (11, 31, 51, 21):
        receiver.take(data(start, b"x" * 10), 0.0)
    assert receiver.sacks() == ((11, 41), (51, 61))
    assert receiver.next == 1


def test_an_acknowledgement_is_delayed_once_the_beginning_is_over() -> None:
    receiver = Receiver(TcpSettings(quick_acks=1))
    receiver.take(data(1, b"x"), 5.0)
    assert receiver.ack_due_s == 5.0
    receiver.said(5.0, with_data=False)
    receiver.take(data(2, b"x"), 6.0)
    assert receiver.ack_due_s == 6.04
    receiver.take(data(3, b"x" * 1448), 6.01)
    assert receiver.ack_due_s == 6.01, "more than a full segment is not kept waiting"


def test_the_fin_comes_after_everything() -> None:
    receiver = Receiver(TcpSettings())
    receiver.take(data(4, b"", is_fin=True), 0.0)
    finished = [receiver.is_finished]
    assert receiver.take(data(1, b"abc"), 0.0) == b"abc"
    assert [*finished, receiver.is_finished] == [False, True]
    assert receiver.next == 5


def test_in_a_conversation_the_answer_takes_the_acknowledgement_along() -> None:
    pair = TcpPair(link(rtt_ms=100))
    client, server = pair.opened()
    for _ in range(5):
        client.end.send(b"question")
        pair.timeline.run_until(pair.timeline.now + 0.06)
        server.end.send(b"answer")
        pair.timeline.run_until(pair.timeline.now + 1)
    bare = [s for at, way, s in pair.seen if way == "down" and not s.payload and not s.is_syn and at > 10]
    assert len(bare) <= 1
