"""Devices counted by how far an alert has come with them: in all, on each level of the tree of areas, and by the minute.

A device counts in each area that it is in and in all above these, in each once; one that is in no area counts under
`NOWHERE`. What was counted can be taken away again, so a change of one device costs one device's work.
"""

from __future__ import annotations

from functools import lru_cache

from alerts.audience import contains
from server.delivery import DeliveryState

ORDER = tuple(DeliveryState)
PLACE = {state: place for place, state in enumerate(ORDER)}
"""State → its place in a list of counts."""

NOWHERE = ""
"""The area of devices that are in none."""

Times = tuple[int | None, int | None, int | None]
"""When a device first saw, acknowledged and answered; hub time, seconds."""
NEVER: Times = (None, None, None)

MINUTE_S = 60


@lru_cache(maxsize=100_000)
def levels(areas: tuple[str, ...], bound: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The areas and all above them, each once, the highest first; of these only what lies in `bound`, where it is not empty."""
    found: dict[str, None] = {}
    for code in areas:
        parts = code.split("-")
        for end in range(1, len(parts) + 1):
            found["-".join(parts[:end])] = None
    if bound:
        return tuple(code for code in found if any(contains(area, code) for area in bound))
    return tuple(found) or (NOWHERE,)


class Tallies:
    """The counts of one alert. `bound`: only these areas are counted one by one, and those below them; empty: all."""

    def __init__(self, bound: tuple[str, ...] = ()) -> None:
        self.bound = bound
        self.counts = [0] * len(ORDER)
        self.areas: dict[str, list[int]] = {}
        self.minutes: dict[int, list[int]] = {}
        """Minute (since 1970) → how many devices saw, acknowledged and answered first in it."""
        self.changed: set[str] = set()
        """The areas whose counts have changed; whoever has told of them empties it."""

    def add(self, areas: tuple[str, ...], state: int, times: Times, by: int = 1) -> None:
        """Count a device (by 1), or take it away again (by -1). `state` is the state's place."""
        self.counts[state] += by
        for code in levels(areas, self.bound):
            counts = self.areas.get(code)
            if counts is None:
                counts = self.areas[code] = [0] * len(ORDER)
            counts[state] += by
            self.changed.add(code)
        if times == NEVER:
            return
        for place, at in enumerate(times):
            if at is not None:
                self.minutes.setdefault(at // MINUTE_S, [0, 0, 0])[place] += by


def named(counts: list[int]) -> dict[DeliveryState, int]:
    """Counts by state."""
    return dict(zip(ORDER, counts, strict=True))


def reached(counts: list[int]) -> int:
    """How many devices have the alert, or had it: delivered, or further."""
    return sum(counts[PLACE[state]] for state in REACHED)


REACHED = (DeliveryState.DELIVERED, DeliveryState.SEEN, DeliveryState.ACKNOWLEDGED, DeliveryState.ANSWERED)
