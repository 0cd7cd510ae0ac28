"""Devices go on and off as their habits say."""

from __future__ import annotations

import numpy as np
import pytest

from netsim.virtual.fleet.habits import DAY_S, HABITS, HOUR_S, Days

COUNT = 20_000


@pytest.fixture
def days() -> Days:
    return Days(HABITS, np.random.default_rng(2))


@pytest.mark.parametrize("row", range(len(HABITS)), ids=lambda row: HABITS[row].name)
def test_over_weeks_a_device_is_on_for_as_long_as_its_habit_says(days: Days, row: int) -> None:
    habit = HABITS[row]
    rows = np.full(COUNT, row)
    is_on, at = days.first(rows)
    end, on_s = 60 * DAY_S, np.where(is_on, np.minimum(at, 60 * DAY_S), 0.0)
    while (at < end).any():
        due = np.flatnonzero(at < end)
        goes_on = due[~is_on[due]]
        later = np.empty(COUNT)
        later[goes_on] = days.until_off(rows[goes_on], at[goes_on])
        on_s[goes_on] += np.minimum(later[goes_on], end) - at[goes_on]
        goes_off = due[is_on[due]]
        later[goes_off] = days.until_on(rows[goes_off], at[goes_off])
        assert (later[due] > at[due]).all()
        at[due] = later[due]
        is_on[due] = ~is_on[due]
    share = (on_s / end).mean()
    if habit.is_always_on:
        assert share == pytest.approx(1 - habit.cut_lasts_s / habit.cut_every_s, abs=0.01)
    else:
        assert share == pytest.approx(habit.days_on * (habit.off_hour - habit.on_hour) / 24, rel=0.05)


def test_phones_are_off_at_midnight_and_on_at_noon(days: Days) -> None:
    worker = np.zeros(COUNT, np.int64)
    is_on, at = days.first(worker)
    assert not is_on.any()
    assert (at < 12 * HOUR_S).mean() == pytest.approx(HABITS[0].days_on, abs=0.02)


def test_the_shares_are_a_whole() -> None:
    assert sum(habit.share for habit in HABITS) == pytest.approx(1)
