"""What the virtual network says of a workload that the packet network measures: times from publish, or from SYN, to stored.

live        a device is connected; alerts are published one after the other     from the 201 to the commit
catch-up    a device was away; alerts wait for it                                from its SYN to the commit
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from alerts.audience import Audience
from netsim.profiles.profile import Profile
from netsim.virtual.costs import Costs
from netsim.virtual.real_items import drafts
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.timed_device import TimedDevice
from netsim.virtual.timed_world import Setting, TimedWorld

PERFECT = Profile(name="perfect", title="a link without delay, loss or limit")
"""What both networks are while a device joins."""

FULL_BYTES = 1500
CATCH_UPS, CATCH_UPS_MIN, CATCH_UP_ROUND_TRIPS_S = 20, 8, 15.0
OFTEN_S = 200.0
"""Outages that come more often than this are part of every few minutes on a link."""
RUNS = 5
"""Runs of the model for one that is measured."""

WAIT_S_MAX = 86_400.0
CLOSED_S = 30.0
"""After so long the hub has seen, on most links, that a device that ended is gone."""
_LOOK_S = 1.0


@dataclass(frozen=True, slots=True)
class Workload:
    """What is published: `live` alerts one every `every_s` seconds, and `missed` ones while the device is away, so many times
    (`catch_ups`; None: as many as the link allows in bounded time)."""

    live: int = 40
    missed: int = 20
    every_s: float = 2.0
    catch_ups: int | None = None

    def fit(self, profile: Profile) -> Workload:
        """What this link can show, in bounded time.

        Alerts come no faster than one and a half round trips, or four full packets. Where outages come every few minutes
        there are enough of them for three, so that no single one decides the median. A catch-up is short beside the memory
        of a delay that wanders, so it is done many times; on slow links fewer times.
        """
        slowest = min(way.rate_bit_s or 10**12 for way in (profile.up, profile.down))
        every_s = max(self.every_s, 1.5 * profile.round_trip_ms / 1000, 4 * FULL_BYTES * 8 / slowest)
        often = [outage.every_s for outage in profile.outages if outage.every_s <= OFTEN_S]
        live = max(self.live, math.ceil(3 * min(often) / every_s)) if often else self.live
        bounded = max(CATCH_UPS_MIN, int(CATCH_UP_ROUND_TRIPS_S / (profile.round_trip_ms / 1000 + 0.1)))
        catch_ups = self.catch_ups or min(CATCH_UPS, bounded)
        return replace(self, live=live, every_s=round(every_s, 1), catch_ups=catch_ups)


class Bench:
    """A hub and a device that has joined and is away, in virtual time."""

    def __init__(self, costs: Costs, tcp: TcpSettings, seed: int) -> None:
        self.world = TimedWorld(Setting(PERFECT, costs=costs, tcp=tcp), seed)
        self.device: TimedDevice = self.world.devices[0]
        self._drafts = drafts(Audience(everyone=True))
        self.device.switch_on()
        self._wait(self.world.is_at_rest)
        self.device.switch_off()
        self._pass(2.0)

    def _pass(self, seconds: float) -> None:
        self.world.timeline.run_until(self.world.timeline.now + seconds)

    def _wait(self, is_over: Callable[[], bool]) -> None:
        ends = self.world.timeline.now + WAIT_S_MAX
        while not is_over():
            assert self.world.timeline.now < ends, "no link keeps everything back for a day"
            self._pass(_LOOK_S)

    def publish(self, count: int, every_s: float) -> None:
        """So many of the samples in turn, one every so many seconds."""
        for draft in islice(self._drafts, count):
            self.world.publish(draft)
            self._pass(every_s)

    def live_ms(self, profile: Profile, workload: Workload, outage_seed: str) -> list[float]:
        """Milliseconds from each answer to its commit."""
        self.device.path.apply(profile, outage_seed)
        self.device.switch_on()
        self._wait(lambda: self.device.is_connected)
        self.publish(workload.live, workload.every_s)
        self._wait(lambda: len(self.world.stored_at) >= workload.live)
        return [(at - self.world.published_at[key]) * 1000 for (_, key), at in self.world.stored_at.items()]

    def caught_up_ms(self, profile: Profile, workload: Workload, outage_seed: str) -> list[float]:
        """Milliseconds from the first SYN to each commit. Then the device is away again."""
        before = len(self.world.stored_at)
        self.publish(workload.missed, 0.1)
        self._pass(2.0)
        self.device.path.apply(profile, outage_seed)
        began = self.world.timeline.now
        self.device.switch_on()
        self._wait(lambda: len(self.world.stored_at) >= before + workload.missed)
        self._wait(self.world.is_at_rest)
        self.device.switch_off()
        self._pass(CLOSED_S)
        return [(at - began) * 1000 for at in islice(self.world.stored_at.values(), before, None)]


def predict(
    profile: Profile, workload: Workload, costs: Costs, tcp: TcpSettings, live: Sequence[str], catch_up: Sequence[str]
) -> tuple[list[float], list[float]]:
    """Live times and catch-up times in milliseconds, of `RUNS` runs for each seed.

    A seed gives the outages, as it does in the packet network; whatever else is chance differs from run to run. Catch-ups
    come one after the other at one hub, as they do there: what it learned of the link, and what the device holds, make the
    next one shorter.
    """

    def times(seeds: Sequence[str], run: Callable[[Bench, str], list[float]]) -> list[float]:
        benches = [Bench(costs, tcp, number) for number in range(RUNS)]
        return [ms for bench in benches for seed in seeds for ms in run(bench, seed)]

    return (
        times(live, lambda bench, seed: bench.live_ms(profile, workload, seed)),
        times(catch_up, lambda bench, seed: bench.caught_up_ms(profile, workload, seed)),
    )
