"""A line treats packets as its way says, decided by the time and the chance that it is given. All in virtual time."""

from __future__ import annotations

import math
import random
from itertools import groupby, pairwise

import pytest

from netsim.packet.outages import Outages
from netsim.packet.replay import Replay
from netsim.packet.shaping import HELD_SECONDS_MAX, Counts, Line, Passed
from netsim.profiles.bursts import Bursts
from netsim.profiles.outages import Outage
from netsim.profiles.profile import Way
from netsim.profiles.trace import Step, Track
from tests.support.seeds import new_seed

PACKET_BYTES = 1000


def line(way: Way, seed: int = 0) -> Line[int]:
    return Line(way, random.Random(seed))


def packets(passed: list[Passed[int]]) -> list[int]:
    return [each.packet for each in passed]


def carry(way: Way, seed: int, count: int, every_s: float = 0.001) -> tuple[list[tuple[float, Passed[int]]], Counts]:
    """Push so many numbered packets at even distances: what passed, when, and what the line counted."""
    shaped = line(way, seed)
    arrived: list[tuple[float, Passed[int]]] = []

    def deliver(until: float) -> None:
        while shaped.next_due is not None and shaped.next_due <= until:
            due = shaped.next_due
            arrived.extend((due, passed) for passed in shaped.pop_due(due))

    for number in range(count):
        deliver(number * every_s)
        shaped.push(number, PACKET_BYTES, number * every_s)
    deliver(math.inf)
    return arrived, shaped.counts


def numbers(arrived: list[tuple[float, Passed[int]]]) -> list[int]:
    return [passed.packet for _, passed in arrived]


def assert_share(hits: int, count: int, share: float) -> None:
    """A share of independent cases lies within six standard deviations of what was asked."""
    assert abs(hits - count * share) <= 6 * math.sqrt(count * share * (1 - share)), f"{hits} of {count} for {share}"


def test_a_packet_leaves_after_the_delay_and_not_before() -> None:
    slow = line(Way(delay_ms=300))
    slow.push(1, 10, 10.0)
    slow.push(2, 10, 10.1)
    assert slow.next_due == pytest.approx(10.3)
    assert slow.pop_due(10.29) == []
    assert slow.pop_due(10.31) == [Passed(1, False)]
    assert packets(slow.pop_due(10.5)) == [2]
    assert slow.next_due is None


def test_nothing_overtakes_when_the_line_becomes_faster() -> None:
    changing = line(Way(delay_ms=300))
    changing.push(1, 10, 10.0)
    changing.change(Way())
    changing.push(2, 10, 10.1)
    assert changing.pop_due(10.2) == []
    assert packets(changing.pop_due(10.3)) == [1, 2]


def test_bytes_leave_at_the_rate() -> None:
    arrived, _ = carry(Way(rate_bit_s=80_000, delay_ms=50), 0, 500)
    assert numbers(arrived) == list(range(500))
    for number, (due, _) in enumerate(arrived):
        assert due == pytest.approx((number + 1) * PACKET_BYTES * 8 / 80_000 + 0.05)


def test_the_queue_drops_at_its_threshold_and_not_before() -> None:
    way = Way(rate_bit_s=8000, queue_bytes=5 * PACKET_BYTES)
    arrived, counts = carry(way, 0, 5, every_s=0.0)
    assert (numbers(arrived), counts.overflowed) == ([0, 1, 2, 3, 4], 0)
    arrived, counts = carry(way, 0, 20, every_s=0.0)
    assert (numbers(arrived), counts.overflowed) == ([0, 1, 2, 3, 4], 15)
    arrived, counts = carry(way, 0, 100, every_s=0.5)  # twice what passes
    assert counts.overflowed == 100 - len(arrived)
    assert len(arrived) == pytest.approx(50 + 5, abs=1)
    assert all(due - number * 0.5 <= 5.0 + 1e-9 for due, (number, _) in arrived), "the queue is the longest wait"


def test_even_losses_have_the_share_that_was_asked() -> None:
    seed, count = new_seed(), 50_000
    for share in (0.01, 0.2, 0.7):
        arrived, counts = carry(Way(loss=Bursts.even(share)), seed, count)
        assert counts.lost == count - len(arrived)
        assert_share(counts.lost, count, share)


def test_losses_come_in_bursts_of_the_length_that_was_asked() -> None:
    seed, count = new_seed(), 200_000
    bursts = Bursts(bad_loss=1.0, good_packets=95, bad_packets=5)
    arrived, counts = carry(Way(loss=bursts), seed, count)
    passed = set(numbers(arrived))
    runs = [(lost, len(list(run))) for lost, run in groupby(number not in passed for number in range(count))]
    for is_lost, mean in ((True, 5), (False, 95)):
        lengths = [length for lost, length in runs[1:-1] if lost == is_lost]
        deviation = math.sqrt(mean * (mean - 1))  # of a geometric distribution
        assert abs(sum(lengths) / len(lengths) - mean) < 6 * deviation / math.sqrt(len(lengths))
    assert counts.lost / count == pytest.approx(bursts.mean_loss, rel=0.2)


def test_order_is_kept_however_the_delay_wanders() -> None:
    seed = new_seed()
    arrived, _ = carry(Way(delay_ms=200, delay_spread_ms=150), seed, 20_000)
    assert numbers(arrived) == list(range(20_000))
    waits = [due - number * 0.001 for due, (number, _) in arrived]
    assert max(waits) - min(waits) > 0.1, "the delay was to wander"


def test_packets_are_overtaken_as_often_as_was_asked() -> None:
    seed, count = new_seed(), 50_000
    arrived, counts = carry(Way(delay_ms=20, reorder=0.05), seed, count)
    order = numbers(arrived)
    assert sorted(order) == list(range(count)), "nothing is lost by it"
    newest, late = -1, 0
    for number in order:  # RFC 4737 §4: late is what comes after a packet that was sent later
        late += number < newest
        newest = max(newest, number)
    assert counts.held >= late
    assert_share(late, count, 0.05)


def test_a_packet_that_nobody_overtakes_is_not_held_for_long() -> None:
    held = line(Way(reorder=1.0))
    held.push(1, 10, 5.0)
    assert held.next_due == 5.0 + HELD_SECONDS_MAX
    assert held.pop_due(5.0) == []
    assert packets(held.pop_due(5.0 + HELD_SECONDS_MAX)) == [1]


def test_at_a_slow_rate_packets_are_overtaken_too() -> None:
    seed, count = new_seed(), 500
    arrived, counts = carry(Way(rate_bit_s=8000, reorder=0.2), seed, count)  # a packet a second
    order = numbers(arrived)
    assert sorted(order) == list(range(count))
    assert sum(later < earlier for earlier, later in pairwise(order)) > counts.held / 2


def test_packets_arrive_twice_as_often_as_was_asked() -> None:
    seed, count = new_seed(), 50_000
    arrived, counts = carry(Way(delay_ms=5, duplicate=0.1), seed, count)
    order = numbers(arrived)
    assert order == sorted(order), "the copy comes right behind"
    assert len(order) - count == counts.duplicated
    assert_share(counts.duplicated, count, 0.1)


def test_packets_are_damaged_as_often_as_was_asked() -> None:
    seed, count = new_seed(), 50_000
    arrived, counts = carry(Way(corrupt=0.03), seed, count)
    assert numbers(arrived) == list(range(count))
    assert sum(passed.is_corrupt for _, passed in arrived) == counts.corrupted
    assert_share(counts.corrupted, count, 0.03)


def test_nothing_passes_while_it_is_out_and_all_does_else() -> None:
    seed = new_seed()
    kinds = (Outage(every_s=10, lasts_s=2),)
    shaped: Line[int] = Line(Way(delay_ms=500), random.Random(seed), Outages(kinds, random.Random(seed), 0.0))
    told = Outages(kinds, random.Random(seed), 0.0)
    for number in range(10_000):
        shaped.push(number, PACKET_BYTES, number * 0.05)
    expected = [number for number in range(10_000) if not told.is_on(number * 0.05)]
    assert packets(shaped.pop_due(math.inf)) == expected
    assert shaped.counts.in_outage == 10_000 - len(expected) > 0


def test_a_recorded_course_stands_in_for_rate_loss_and_delay() -> None:
    track = Track(file="drive.csv", steps=(Step(0, 80_000, 0.0, 100), Step(5, 8_000, 1.0, 300)), lasts_s=10)
    shaped: Line[int] = Line(Way(delay_ms=7), random.Random(0), None, Replay(track, 0.0))
    shaped.push(1, PACKET_BYTES, 0.0)
    assert shaped.next_due == pytest.approx(0.2)
    shaped.push(2, PACKET_BYTES, 6.0)  # leaves at 7, when all is lost
    shaped.push(3, PACKET_BYTES, 9.5)  # 500 bytes until 10, the rest tenfold
    assert packets(shaped.pop_due(10.14)) == [1]
    assert packets(shaped.pop_due(10.16)) == [3]


def test_what_is_under_way_can_be_lost_at_once() -> None:
    shaped = line(Way(rate_bit_s=8000, queue_bytes=2 * PACKET_BYTES, delay_ms=50))
    for number in range(2):
        shaped.push(number, PACKET_BYTES, 0.0)
    shaped.clear()
    assert shaped.next_due is None
    shaped.push(9, PACKET_BYTES, 0.0)
    assert shaped.next_due == pytest.approx(1.05), "the queue is empty as well"


def test_every_packet_is_accounted_for_and_a_seed_repeats_all() -> None:
    seed = new_seed()
    way = Way(
        rate_bit_s=6_000_000,
        delay_ms=30,
        delay_spread_ms=10,
        loss=Bursts(good_loss=0.01, bad_loss=0.4, good_packets=50, bad_packets=4),
        queue_bytes=20_000,
        reorder=0.03,
        duplicate=0.02,
        corrupt=0.01,
    )
    arrived, counts = carry(way, seed, 20_000)
    assert (arrived, counts) == carry(way, seed, 20_000)
    assert arrived != carry(way, seed + 1, 20_000)[0]
    assert counts.entered == 20_000
    assert len(arrived) == 20_000 - counts.overflowed - counts.lost - counts.in_outage + counts.duplicated
    assert min(counts.overflowed, counts.lost, counts.duplicated, counts.corrupted, counts.held) > 0
    assert [due for due, _ in arrived] == sorted(due for due, _ in arrived)


def test_a_line_asks_nothing_of_a_packet_but_its_size() -> None:
    opaque: Line[object] = Line(Way(rate_bit_s=8), random.Random(0))
    packet = object()
    opaque.push(packet, 1, 0.0)
    (passed,) = opaque.pop_due(1.0)
    assert passed.packet is packet
