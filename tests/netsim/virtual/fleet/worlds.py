"""Small fleets for the tests, and the sizes of messages, measured once."""

from __future__ import annotations

from functools import cache
from typing import Any

from netsim.profiles import Outage, Profile, Way
from netsim.virtual.fleet.habits import Habit
from netsim.virtual.fleet.scenario import Scenario
from netsim.virtual.fleet.simulation import Run, Simulation
from netsim.virtual.fleet.sizes import Sizes, measure_sizes

CLEAN = Profile(name="clean", title="A line", up=Way(delay_ms=50), down=Way(delay_ms=50))
ALWAYS = (Habit("always", "never off", 1.0, cut_every_s=1e12, cut_lasts_s=1.0),)
MADE_ALERTS = 3


@cache
def sizes() -> Sizes:
    """What everything costs on the wire."""
    return measure_sizes(MADE_ALERTS)


def profile_with(*outages: Outage, **parts: Any) -> Profile:
    """A clean line with outages, or with other parts."""
    return CLEAN.model_copy(update={"outages": outages, **parts})


def scenario(**parts: Any) -> Scenario:
    """Devices that are always on, on a clean line, at one hub, for six minutes."""
    return Scenario(
        **{"devices": 1000, "links": ((CLEAN, 1.0),), "relay_link": CLEAN, "habits": ALWAYS, "hours": 0.1, **parts}
    )


def run(**parts: Any) -> Run:
    """A run of such a fleet."""
    return Simulation(scenario(**parts), sizes()).run()
