"""Events happen in their order; a timer goes off when it was last set to, and once."""

from __future__ import annotations

from netsim.virtual.clock import VirtualClock
from netsim.virtual.timeline import Timeline, Timer


def test_events_happen_in_the_order_of_their_times_and_of_their_making() -> None:
    clock = VirtualClock()
    timeline, seen = Timeline(clock), []
    timeline.at(2.0, lambda: seen.append((timeline.now, "late")))
    timeline.at(1.0, lambda: seen.append((timeline.now, "first")))
    timeline.at(1.0, lambda: timeline.after(0.5, lambda: seen.append((timeline.now, "made meanwhile"))))
    timeline.run_until(1.9)
    assert seen == [(1.0, "first"), (1.5, "made meanwhile")]
    timeline.run_until(10)
    assert seen[2:] == [(2.0, "late")]
    assert timeline.now == 10
    assert round(clock.elapsed(), 6) == 10


def test_what_is_due_in_the_past_happens_at_once() -> None:
    timeline, seen = Timeline(VirtualClock()), []
    timeline.run_until(5)
    timeline.at(1.0, lambda: seen.append(timeline.now))
    timeline.run_until(5)
    assert seen == [5]


def test_a_timer_goes_off_once_when_it_was_last_set_to() -> None:
    timeline, seen = Timeline(VirtualClock()), []
    timer = Timer(timeline, lambda: seen.append(timeline.now))
    timer.set(1.0)
    timer.set(3.0)
    timeline.run_until(2.5)
    assert seen == []
    timer.set(2.75)
    timeline.run_until(10)
    assert seen == [2.75]
    timer.set(12.0)
    timer.set(None)
    timeline.run_until(20)
    assert seen == [2.75]
    timer.set(21.0)
    timeline.run_until(30)
    assert seen == [2.75, 21.0]
