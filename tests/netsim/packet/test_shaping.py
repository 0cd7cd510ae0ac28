"""A line delays, loses and keeps order, decided by the time and the chance that it is given."""

from __future__ import annotations

import random

import pytest

from netsim.packet.shaping import Line, Shape


def line(shape: Shape, seed: int = 0) -> Line:
    return Line(shape, random.Random(seed))


def test_a_packet_leaves_after_the_delay_and_not_before() -> None:
    slow = line(Shape(one_way_delay_ms=300))
    slow.push(b"a", 10.0)
    slow.push(b"b", 10.1)
    assert slow.next_due == pytest.approx(10.3)
    assert slow.pop_due(10.29) == []
    assert slow.pop_due(10.31) == [b"a"]
    assert slow.pop_due(10.5) == [b"b"]
    assert slow.next_due is None


def test_nothing_overtakes_when_the_line_becomes_faster() -> None:
    changing = line(Shape(one_way_delay_ms=300))
    changing.push(b"a", 10.0)
    changing.shape = Shape()
    changing.push(b"b", 10.1)
    assert changing.pop_due(10.2) == []
    assert changing.pop_due(10.3) == [b"a", b"b"]


def test_the_same_seed_loses_the_same_packets() -> None:
    def passed(seed: int) -> list[bytes]:
        lossy = line(Shape(loss=0.3), seed)
        for number in range(1000):
            lossy.push(b"%d" % number, 0.0)
        return lossy.pop_due(0.0)

    assert passed(1) == passed(1) != passed(2)
    assert 600 < len(passed(1)) < 800


def test_a_round_trip_is_two_ways() -> None:
    assert Shape.of_round_trip(600) == Shape(one_way_delay_ms=300)
    assert Shape(**Shape(5, 0.1).as_json()) == Shape(5, 0.1)


@pytest.mark.parametrize("wrong", [{"one_way_delay_ms": -1}, {"loss": 1.5}])
def test_an_impossible_shape_is_a_mistake(wrong: dict[str, float]) -> None:
    with pytest.raises(AssertionError):
        Shape(**wrong)
