"""Generated pasts of sources and areas, to see how often the silence of none is taken for one. From a seed, hour by hour.

`python -m tests.support.quiet_world` prints the table that stands in docs/escalation.md (some minutes).
"""

from __future__ import annotations

import itertools
import random
import sys
from collections.abc import Callable, Iterable
from statistics import median

from server.ops.quiet import DAYS_KEPT, WINDOW_HOURS, Verdict, judge_gaps, judge_window

Source = Callable[[random.Random, int], set[int]]
Area = Callable[[random.Random, int], list[int]]
KEPT_HOURS = DAYS_KEPT * 24


# -- sources: the hours in which something came -----------------------------------------------------------------------


def by_chance(mean_hours: float) -> Source:
    """At any time, `mean_hours` apart on average (a Poisson process)."""
    return lambda chance, hours: {hour for hour in range(hours) if chance.random() < 1 / mean_hours}


def daily(missed: float) -> Source:
    """Each day at eight, some days not."""
    return lambda chance, hours: {hour for hour in range(8, hours, 24) if chance.random() >= missed}


def on_weekdays(chance: random.Random, hours: int) -> set[int]:
    """On five days of seven, in the morning."""
    return {day * 24 + 8 + chance.randrange(3) for day in range(hours // 24) if day % 7 < 5}


def in_bursts(chance: random.Random, hours: int) -> set[int]:
    """Some within hours, and then nothing for days."""
    found, at = set(), 0.0
    while at < hours:
        for _ in range(chance.randint(1, 9)):
            found.add(int(at))
            at += chance.expovariate(1 / 3)
        at += chance.expovariate(1 / 200)
    return found


def wildly(alpha: float) -> Source:
    """With gaps from a Pareto distribution: there is always a longer one to come."""

    def make(chance: random.Random, hours: int) -> set[int]:
        found, at = set(), 0.0
        while at < hours:
            found.add(int(at))
            at += 6 * chance.paretovariate(alpha)
        return found

    return make


SOURCES: dict[str, Source] = {
    "at any time, 6 hours apart on average": by_chance(6),
    "at any time, a day apart on average": by_chance(24),
    "at any time, 3 days apart on average": by_chance(72),
    "each day, one in fifty left out": daily(0.02),
    "each day, one in five left out": daily(0.2),
    "on weekdays only": on_weekdays,
    "in bursts, days apart": in_bursts,
    "always irregular (Pareto, 1)": wildly(1),
    "always irregular (Pareto, 2)": wildly(2),
}


# -- areas: how many devices were heard in each hour ------------------------------------------------------------------


def area(devices: int, day: float, night: float, *, weekend: float = 1.0, wobble: float = 0.0) -> Area:
    """Devices that are each heard in an hour with this chance, in the day (7 to 20) or at night; less at the weekend; and each
    day more or less by a factor of its own (log-normal)."""

    def make(chance: random.Random, hours: int) -> list[int]:
        heard, factor = [], 1.0
        for hour in range(hours):
            if hour % 24 == 0:
                factor = chance.lognormvariate(0, wobble) * (weekend if hour // 24 % 7 >= 5 else 1.0)
            share = min(1.0, (day if 7 <= hour % 24 < 20 else night) * factor)
            heard.append(sum(chance.random() < share for _ in range(devices)))
        return heard

    return make


AREAS: dict[str, Area] = {
    "10 devices, day and night": area(10, 0.7, 0.3),
    "40 devices, day and night": area(40, 0.7, 0.3),
    "40 devices, in the day": area(40, 0.7, 0.02),
    "40 devices, half of them at the weekend": area(40, 0.6, 0.2, weekend=0.5),
    "40 devices, each hour one in seven": area(40, 0.15, 0.15),
    "40 devices, days that differ much": area(40, 0.5, 0.2, wobble=0.4),
}


# -- how often nothing is taken for silence ---------------------------------------------------------------------------


def source_alarms(marks: Iterable[int], hours: int) -> int:
    """How often a source whose past is `marks` would have been called silent: it is asked at the end of each of its gaps."""
    order, alarms = sorted(marks), 0
    for at in range(1, len(order)):
        begun = max(0, order[at] - KEPT_HOURS)
        counts = {hour: 1 for hour in order[:at] if hour >= begun}
        if counts and judge_gaps(counts, range(begun, order[at]), order[at]).verdict is Verdict.SILENT:
            alarms += 1
    assert not order or order[-1] < hours, "a mark lies behind the end"
    return alarms


def area_alarms(heard: list[int]) -> int:
    """How often an area would have been called silent; one silence is one alarm however long it lasts."""
    alarms, was_silent = 0, False
    for now in range(WINDOW_HOURS, len(heard) + 1):
        begun = max(0, now - KEPT_HOURS - 24)
        counts = {hour: heard[hour] for back in range(WINDOW_HOURS) for hour in range(now - 1 - back, begun - 1, -24)}
        is_silent = judge_window(counts, range(begun, now), now).verdict is Verdict.SILENT
        alarms, was_silent = alarms + (is_silent and not was_silent), is_silent
    return alarms


def main() -> None:
    """Print the rates of false alarms, a year."""
    seed, years = 20270115, 20
    chance = random.Random(seed)
    hours = years * 365 * 24
    sys.stdout.write(f"seed {seed}, {years} years each; areas 3 years\n")
    for name, source in SOURCES.items():
        marks = {hour for hour in source(chance, hours) if hour < hours}
        order = sorted(marks)
        gap = median(later - earlier for earlier, later in itertools.pairwise(order))
        sys.stdout.write(f"| {name} | {source_alarms(marks, hours) / years:.2f} | (median gap {gap} h)\n")
    for name, make in AREAS.items():
        sys.stdout.write(f"| {name} | {area_alarms(make(chance, 3 * 365 * 24)) / 3:.2f} |\n")


if __name__ == "__main__":
    main()
