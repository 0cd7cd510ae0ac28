"""When devices are switched on: a few kinds of owners, and draws of when each of many devices is switched on or off next.

These figures are assumed, not measured: change the shares with `--habit`. Hours are local time; the fleet has one time zone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]
Flags = npt.NDArray[np.bool_]

HOUR_S = 3600.0
DAY_S = 86_400.0
DAY_SHORTEST_S = 600.0


@dataclass(frozen=True, slots=True)
class Habit:
    """One kind of owner. On a day that has it on, it goes on and off around two hours; or it is always on, but for the mains.

    `says_goodbye`: it is switched off, not cut off, so that the hub hears of it.
    """

    name: str
    words: str
    share: float
    on_hour: float = 0.0
    off_hour: float = 24.0
    spread_h: float = 0.0
    days_on: float = 1.0
    cut_every_s: float = 0.0
    cut_lasts_s: float = 0.0
    says_goodbye: bool = True

    @property
    def is_always_on(self) -> bool:
        """Whether only the mains switches it off."""
        return self.cut_every_s > 0


HABITS = (
    Habit("worker", "a phone that is on by day, nearly every day", 0.55, 6.5, 21.0, 1.0, 0.9),
    Habit("saver", "a phone that is off four days a week", 0.20, 8.0, 18.0, 1.5, 3 / 7),
    Habit(
        *("clinic", "a computer on the mains, which fail once a day, for two hours", 0.20),
        cut_every_s=DAY_S,
        cut_lasts_s=2 * HOUR_S,
        says_goodbye=False,
    ),
    Habit(
        *("keeper", "a device at a cold store, on solar power that fails once a month, for half a day", 0.05),
        cut_every_s=30 * DAY_S,
        cut_lasts_s=12 * HOUR_S,
        says_goodbye=False,
    ),
)
ALWAYS_ON = Habit("always on", "never off", 1.0, cut_every_s=1e12, cut_lasts_s=1.0)


class Days:
    """The habits of a fleet. Methods take the habit's row for each device; times are seconds since the first midnight."""

    def __init__(self, habits: Sequence[Habit], chance: np.random.Generator) -> None:
        self._chance = chance
        self.says_goodbye: Flags = np.array([habit.says_goodbye for habit in habits])
        self._always = np.array([habit.is_always_on for habit in habits])
        columns = ("on_hour", "off_hour", "spread_h", "days_on", "cut_every_s", "cut_lasts_s")
        self._of: dict[str, Floats] = {
            name: np.array([getattr(habit, name) for habit in habits], dtype=float) for name in columns
        }

    def first(self, row: Integers) -> tuple[Flags, Floats]:
        """Who is on at the first midnight, and when each of them is switched for the first time."""
        of, count = self._of, len(row)
        cut_share = of["cut_lasts_s"] / np.maximum(of["cut_every_s"], 1.0)
        is_on = self._always[row] & (self._chance.random(count) >= cut_share[row])
        return is_on, np.where(is_on, self.until_off(row, np.zeros(count)), self.until_on(row, np.zeros(count)))

    def until_off(self, row: Integers, now: Floats) -> Floats:
        """When devices that were switched on at these times go off."""
        of = self._of
        cut = now + (of["cut_every_s"] - of["cut_lasts_s"])[row] * self._chance.standard_exponential(len(row))
        hour = of["off_hour"][row] + of["spread_h"][row] * self._chance.standard_normal(len(row))
        midnight = np.floor(now / DAY_S) * DAY_S
        evening = midnight + np.minimum(hour, 24.0) * HOUR_S
        return np.where(self._always[row], cut, np.maximum(evening, now + DAY_SHORTEST_S))

    def until_on(self, row: Integers, now: Floats) -> Floats:
        """When devices that were switched off at these times go on; what is off at midnight may go on that day."""
        of = self._of
        mended = now + of["cut_lasts_s"][row] * self._chance.standard_exponential(len(row))
        hour = of["on_hour"][row] + of["spread_h"][row] * self._chance.standard_normal(len(row))
        off_days = self._chance.geometric(of["days_on"][row]) - 1
        day = np.ceil(now / DAY_S) + off_days
        return np.where(self._always[row], mended, day * DAY_S + np.clip(hour, 0.0, 23.0) * HOUR_S)
