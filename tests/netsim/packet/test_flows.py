"""Every payload byte counts once, at the moment it first passed."""

from __future__ import annotations

import json
import random
from ipaddress import IPv4Address

import pytest

from netsim.packet.flows import MARKS_EXACT_MAX, Coverage, Flow, Mark, Tap, bytes_until, note
from netsim.packet.ip import End, Segment

FIELD = End(IPv4Address("192.0.2.1"), 40_000)
HUB = End(IPv4Address("192.0.2.2"), 8400)


def segment(source: End, target: End, sequence: int, payload_bytes: int, *flags: str) -> Segment:
    bits = {"fin": 0x01, "syn": 0x02, "rst": 0x04, "ack": 0x10}
    return Segment(source, target, sequence % 2**32, 0, payload_bytes, sum(bits[name] for name in flags))


def test_what_is_sent_twice_counts_once() -> None:
    coverage = Coverage(100)
    assert coverage.add(100, 10) == 10
    assert coverage.add(100, 10) == 0
    assert coverage.add(105, 10) == 5
    assert coverage.add(120, 5) == 5
    assert coverage.add(110, 20) == 10  # 115 to 120 and 125 to 130 were missing
    assert coverage.add(99, 1) == 0, "a keep-alive probe repeats a byte that was acknowledged"


def test_the_count_survives_any_order_repetition_and_wrap() -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    first = 2**32 - 3000
    spans = [(start, min(chance.randrange(1, 400), 8000 - start)) for start in range(0, 8000, 97)]
    covered = {at for start, length in spans for at in range(start, start + length)}
    chance.shuffle(spans)
    coverage = Coverage(first)
    total = sum(coverage.add((first + start) % 2**32, length) for start, length in spans + spans)
    assert total == len(covered), f"seed {seed}"


def test_a_connection_is_counted_each_way_from_its_first_syn() -> None:
    tap = Tap()
    tap.observe(segment(FIELD, HUB, 2**32 - 1, 0, "syn"), 1.0)
    tap.observe(segment(FIELD, HUB, 2**32 - 1, 0, "syn"), 2.0)  # sent again
    tap.observe(segment(HUB, FIELD, 500, 0, "syn", "ack"), 2.5)
    tap.observe(segment(FIELD, HUB, 0, 40, "ack"), 3.0)
    tap.observe(segment(HUB, FIELD, 501, 70, "ack"), 4.0)
    tap.observe(segment(HUB, FIELD, 501, 70, "ack"), 4.5)
    tap.observe(segment(HUB, FIELD, 571, 5, "ack", "fin"), 5.0)
    (flow,) = tap.flows
    assert flow == Flow(str(FIELD), str(HUB), 1.0, [Mark(3.0, 40)], [Mark(4.0, 70), Mark(5.0, 75)])


def test_a_new_syn_on_the_same_ports_is_a_new_connection() -> None:
    tap = Tap()
    for sequence, at in ((10, 1.0), (9000, 8.0)):
        tap.observe(segment(FIELD, HUB, sequence, 0, "syn"), at)
        tap.observe(segment(FIELD, HUB, sequence + 1, 3, "ack"), at + 1)
    assert [(flow.syn_at, flow.up) for flow in tap.flows] == [(1.0, [Mark(2.0, 3)]), (8.0, [Mark(9.0, 3)])]


def test_what_began_before_the_tap_is_passed_over() -> None:
    tap = Tap()
    tap.observe(segment(FIELD, HUB, 10, 3, "ack"), 1.0)
    assert tap.flows == []


def test_bytes_until_a_moment() -> None:
    marks = [Mark(1.0, 10), Mark(2.0, 30)]
    assert [bytes_until(marks, at) for at in (0.5, 1.0, 1.5, 9.0)] == [0, 10, 10, 30]


def test_a_long_connection_leaves_few_marks_and_none_of_its_bytes_is_forgotten() -> None:
    marks: list[Mark] = []
    count = MARKS_EXACT_MAX + 5000
    for number in range(count):
        note(marks, number * 0.01, 100)
    assert len(marks) == pytest.approx(MARKS_EXACT_MAX + 500, abs=60)
    assert bytes_until(marks, 1e9) == count * 100
    assert bytes_until(marks, 50.0) == 5001 * 100
    late = MARKS_EXACT_MAX * 0.01 + 20
    assert bytes_until(marks, late) == pytest.approx(late * 10_000, rel=0.001)


def test_a_flow_travels_as_json() -> None:
    flow = Flow(str(FIELD), str(HUB), 1.0, [Mark(3.0, 40)], [Mark(4.0, 70)])
    assert Flow.from_json(json.loads(json.dumps(flow.as_json()))) == flow
