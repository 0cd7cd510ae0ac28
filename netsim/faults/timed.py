"""When a fault begins and ends: after a while, for a while, again and again.

    for at_s, begins in Every(60, lasts_s=5).moments():   # (60, True), (65, False), (120, True), …

Nothing here waits: who plays it has the clock.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class After:
    """Once, after so many seconds; without `lasts_s` it lasts until the end."""

    after_s: float
    lasts_s: float | None = None

    def moments(self) -> Iterator[tuple[float, bool]]:
        """(seconds from now, whether it begins) in their order."""
        yield self.after_s, True
        if self.lasts_s is not None:
            yield self.after_s + self.lasts_s, False


@dataclass(frozen=True, slots=True)
class Every:
    """Again every so many seconds, from beginning to beginning; `times` None: without end."""

    every_s: float
    lasts_s: float
    after_s: float | None = None
    """When it begins for the first time; None: after the first `every_s`."""
    times: int | None = None

    def moments(self) -> Iterator[tuple[float, bool]]:
        """(seconds from now, whether it begins) in their order."""
        first_s = self.every_s if self.after_s is None else self.after_s
        lasts_s = min(self.lasts_s, self.every_s)
        for count in itertools.count() if self.times is None else range(self.times):
            begins_s = first_s + count * self.every_s
            yield begins_s, True
            yield begins_s + lasts_s, False


def play(
    when: After | Every,
    begin: Callable[[], object],
    end: Callable[[], object],
    wait_until: Callable[[float], bool],
) -> None:
    """Begin and end as `when` says, and end at the end what has begun.

    `wait_until` waits until so many seconds after it was first called for, and returns False where it is to be over.
    """
    is_on = False
    try:
        for at_s, begins in when.moments():
            if not wait_until(at_s):
                return
            begin() if begins else end()
            is_on = begins
        if is_on:
            wait_until(float("inf"))
    finally:
        if is_on:
            end()
