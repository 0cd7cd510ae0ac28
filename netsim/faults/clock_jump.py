"""A wall clock that is set wrong: an empty battery (1970), a mistyped year (2031), a time zone taken for another.

The clock runs on from there. Monotonic clocks are untouched: nobody can set those.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netsim.faults.fault import Fault, Need

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site

YEARS = (1970, 2031)
STEPS_S = (-86_400.0, -3600.0, -60.0, 60.0, 3600.0, 86_400.0)
_JUST_AFTER_S = 3600.0
"""How long after the beginning of the year."""


class ClockJump(Fault):
    """What both sides have in common. `to_year`, or `by_s` seconds; neither: drawn."""

    def __init__(
        self, *, to_year: int | None = None, by_s: float | None = None, wall: Callable[[], float] = time.time
    ) -> None:
        self._to_year = to_year
        self._by_s = by_s
        self._wall = wall
        self._said = ""

    @property
    def words(self) -> str:
        """Where to."""
        return f"{self.summary}{self._said}"

    def offset_s(self, chance: random.Random) -> float:
        """How far the clock is off from now on."""
        year, step = self._to_year, self._by_s
        if year is None and step is None:
            year = chance.choice((None, *YEARS))
            step = chance.choice(STEPS_S)
        if year is not None:
            self._said = f": to {year}"
            return datetime(year, 1, 1, tzinfo=UTC).timestamp() + _JUST_AFTER_S - self._wall()
        assert step is not None, "drawn above"
        self._said = f": by {step:+g} s"
        return step


class HubClockJump(ClockJump):
    """The hub's clock."""

    name = "hub-clock-jump"
    summary = "the hub's wall clock is set wrong"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Set it."""
        site.hub.set_clock(self.offset_s(chance))

    def end(self, site: Site, target: SiteDevice) -> None:
        """Set it right."""
        site.hub.set_clock(0)


class DeviceClockJump(ClockJump):
    """The device's clock."""

    name = "device-clock-jump"
    summary = "the device's wall clock is set wrong"
    needs = frozenset({Need.DEVICE})

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Set it."""
        target.set_clock(self.offset_s(chance))

    def end(self, site: Site, target: SiteDevice) -> None:
        """Set it right."""
        target.set_clock(0)
