"""Packets leave at the rate, wait in one queue, and are dropped where it is full."""

from __future__ import annotations

import random

import pytest

from netsim.packet.bottleneck import Bottleneck, SteadyRate
from tests.support.seeds import new_seed


def test_packets_leave_one_after_the_other_at_the_rate() -> None:
    bottleneck = Bottleneck(SteadyRate(8000))  # 1000 bytes a second
    assert [bottleneck.admit(500, 10.0) for _ in range(3)] == [10.5, 11.0, 11.5]
    assert bottleneck.admit(500, 20.0) == 20.5, "an idle line does not save up what it could have carried"


def test_what_finds_the_queue_full_is_dropped() -> None:
    bottleneck = Bottleneck(SteadyRate(8000), queue_bytes=1500)
    assert [bottleneck.admit(500, 0.0) for _ in range(4)] == [0.5, 1.0, 1.5, None]
    assert bottleneck.admit(400, 0.49) is None, "the first is still under way"
    assert bottleneck.waiting_bytes(0.5) == 1000
    assert bottleneck.admit(501, 0.5) is None
    assert bottleneck.admit(500, 0.5) == 2.0


def test_an_idle_line_takes_a_packet_of_any_size() -> None:
    bottleneck = Bottleneck(SteadyRate(8000), queue_bytes=100)
    assert bottleneck.admit(1000, 0.0) == 1.0
    assert bottleneck.admit(1, 0.5) is None
    assert bottleneck.admit(1000, 1.0) == 2.0


def test_without_a_rate_nothing_waits() -> None:
    bottleneck = Bottleneck(queue_bytes=1)
    assert [bottleneck.admit(1500, 3.0) for _ in range(100)] == [3.0] * 100


def test_when_the_rate_goes_what_waited_still_leaves_first() -> None:
    bottleneck = Bottleneck(SteadyRate(8000))
    assert bottleneck.admit(2000, 0.0) == 2.0
    bottleneck.rate = None
    assert bottleneck.admit(10, 0.5) == 2.0
    assert bottleneck.admit(10, 2.5) == 2.5


def test_the_queue_holds_what_has_entered_and_not_left() -> None:
    seed = new_seed()
    chance = random.Random(seed)
    queue_bytes = 6000
    bottleneck = Bottleneck(SteadyRate(100_000), queue_bytes)
    inside: list[tuple[float, int]] = []
    now = 0.0
    dropped = 0
    for _ in range(5000):
        now += chance.expovariate(20)
        size_bytes = chance.randrange(40, 1501)
        inside = [(leaves, held) for leaves, held in inside if leaves > now]
        held_bytes = sum(held for _, held in inside)
        assert bottleneck.waiting_bytes(now) == held_bytes
        leaves = bottleneck.admit(size_bytes, now)
        assert (leaves is None) == (bool(inside) and held_bytes + size_bytes > queue_bytes)
        if leaves is None:
            dropped += 1
        else:
            assert leaves == pytest.approx(max([now, *(left for left, _ in inside)]) + size_bytes * 8 / 100_000)
            inside.append((leaves, size_bytes))
    assert 100 < dropped < 4900, "the load was to fill the queue now and then"
