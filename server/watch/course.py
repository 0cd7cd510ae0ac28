"""How an alert came along over time: at the end of each of at most `POINTS_MAX` spans, how many devices were so far.

When a device saw, acknowledged and answered stands in its receipts. When it was delivered stands nowhere (the hub keeps one
row a device, not one a device and alert), so the hub notes from time to time how many had it, of all devices together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.watch.tallies import MINUTE_S, Tallies, reached

POINTS_MAX = 120
STEPS_S = (60, 300, 900, 3600, 4 * 3600, 12 * 3600, 86_400, 7 * 86_400, 28 * 86_400)

NOTED_EVERY_S = ((3600, 30), (86_400, 600))
NOTED_LATER_S = 3600
"""How far apart the notes of an alert are, in seconds: at least 30 in its first hour, 600 on its first day, then an hour."""


@dataclass(frozen=True, slots=True)
class Point:
    """How many devices were so far at a time. `delivered` None: it is not known."""

    at: int
    delivered: int | None
    seen: int
    acknowledged: int
    answered: int


@dataclass(frozen=True, slots=True)
class Course:
    """Points `step_s` apart; the last is at the end, which may be sooner."""

    step_s: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    """How many devices had an alert at a time."""

    at: int
    reached: int


def course(tallies: Tallies, begin: int, end: int, samples: Sequence[Sample]) -> Course:
    """From the publishing to the end (now, or when the alert was over). What was done before counts in the first point, what was
    done after in the last, so that the last says what the counts say."""
    end = max(end, begin + MINUTE_S)
    step_s = next((step for step in STEPS_S if (end - begin) / step <= POINTS_MAX), STEPS_S[-1])
    minutes, sums = sorted(tallies.minutes.items()), [0, 0, 0]
    points: list[Point] = []
    taken = told = 0
    at = begin
    while at < end:
        at = min(at + step_s, end)
        is_last = at == end
        while taken < len(minutes) and (is_last or minutes[taken][0] * MINUTE_S < at):
            sums = [total + more for total, more in zip(sums, minutes[taken][1], strict=True)]
            taken += 1
        while told < len(samples) and samples[told].at <= at:
            told += 1
        delivered = samples[told - 1].reached if told else 0 if samples else None
        points.append(Point(at, reached(tallies.counts) if is_last else delivered, *sums))
    return Course(step_s, tuple(points))


def is_due(samples_newest: Sample | None, begun_at: int, now: int, count: int) -> bool:
    """Whether how many have an alert should be noted again."""
    if samples_newest is None:
        return True
    age_s = now - begun_at
    apart_s = next((apart for until, apart in NOTED_EVERY_S if age_s < until), NOTED_LATER_S)
    return samples_newest.reached != count and now - samples_newest.at >= apart_s
