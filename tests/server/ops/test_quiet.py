"""The full table of rates in docs/escalation.md comes from `python -m tests.support.quiet_world`."""

from __future__ import annotations

import random

import pytest

from server.ops.quiet import GAPS_MIN, Verdict, judge_gaps, judge_window
from tests.support.quiet_world import AREAS, SOURCES, area_alarms, source_alarms

SEED = 20270115
NOW = 60 * 24
WATCHED = range(NOW)


def every(hours: int, upto: int = NOW) -> dict[int, int]:
    return dict.fromkeys(range(0, upto, hours), 1)


def test_a_regular_source_is_silent_once_its_gap_is_twice_the_longest() -> None:
    for running, expected in ((24, Verdict.USUAL), (48, Verdict.USUAL), (49, Verdict.SILENT)):
        counts = every(24, NOW - running)
        last = max(counts)
        assert judge_gaps(counts, range(last + running + 1), last + running + 1).verdict is expected


def test_a_source_is_not_judged_before_it_has_a_past() -> None:
    marks = dict.fromkeys(range(0, 2 * GAPS_MIN, 2), 1)
    assert judge_gaps(marks, WATCHED, NOW).verdict is Verdict.NOT_JUDGED
    assert judge_gaps(marks | {2 * GAPS_MIN: 1}, WATCHED, NOW).verdict is Verdict.SILENT
    assert judge_gaps({}, WATCHED, NOW) == judge_gaps({}, (), NOW)


def test_a_source_that_was_always_irregular_is_not_judged() -> None:
    counts = dict.fromkeys((*range(0, 40, 2), 200), 1)
    verdict = judge_gaps(counts, WATCHED, NOW)
    assert verdict.verdict is Verdict.NOT_JUDGED and "irregular" in verdict.words


def test_hours_that_the_hub_slept_through_are_nobodys_silence() -> None:
    counts = every(6, NOW - 200)
    assert judge_gaps(counts, WATCHED, NOW).verdict is Verdict.SILENT
    awake = [hour for hour in WATCHED if hour < NOW - 195]
    assert judge_gaps(counts, awake, NOW).verdict is Verdict.USUAL


def heard(devices: int) -> dict[int, int]:
    """So many by day, a quarter at night."""
    return {hour: devices if 7 <= hour % 24 < 20 else devices // 4 for hour in WATCHED}


def test_an_area_is_silent_below_a_third_of_its_lowest() -> None:
    noon = NOW - 12
    for now_heard, expected in ((5, Verdict.USUAL), (3, Verdict.SILENT), (0, Verdict.SILENT)):
        counts = heard(12) | {noon - 1: now_heard, noon - 2: now_heard, noon - 3: now_heard}
        assert judge_window(counts, range(noon), noon).verdict is expected


def test_an_area_of_few_devices_or_at_a_quiet_hour_is_not_judged() -> None:
    noon, midnight = NOW - 12, NOW
    assert judge_window(heard(3), range(noon), noon).verdict is Verdict.NOT_JUDGED
    assert judge_window(heard(12), range(midnight), midnight).verdict is Verdict.NOT_JUDGED


def test_an_area_is_not_judged_when_the_hub_has_just_come_back() -> None:
    noon = NOW - 12
    watched = [hour for hour in range(noon) if hour != noon - 2]
    assert judge_window({}, watched, noon).verdict is Verdict.NOT_JUDGED
    assert judge_window(heard(12), range(noon - 13 * 24, noon), noon).verdict is Verdict.NOT_JUDGED


@pytest.mark.parametrize("name", [name for name in SOURCES if "Pareto" not in name])
def test_a_source_that_goes_on_as_ever_is_seldom_called_silent(name: str) -> None:
    hours = 5 * 365 * 24
    marks = {hour for hour in SOURCES[name](random.Random(SEED), hours) if hour < hours}
    assert source_alarms(marks, hours) <= 2, f"seed {SEED}"


@pytest.mark.parametrize("name", ["40 devices, in the day", "40 devices, half of them at the weekend"])
def test_an_area_that_goes_on_as_ever_is_not_called_silent(name: str) -> None:
    assert area_alarms(AREAS[name](random.Random(SEED), 120 * 24)) == 0, f"seed {SEED}"
