"""What a run came to: how soon who had an alert, what the hubs saw before and after the restart, and what it cost in bytes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netsim.virtual.fleet.ledger import Kind
from netsim.virtual.fleet.simulation import Run

PERCENT = (50, 90, 99)
BACK_AFTER_S = 1
"""From here on the hubs' counts are those of after the restart."""

Times = dict[str, float | None]
"""`"50"`, `"90"`, `"99"` → seconds; None: not within the run."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One alert. `seconds` are counted from its publication, and the percent are of the reachable."""

    published_hour: float
    reachable: int
    seconds: Times
    have_it: int
    """Devices that have it at the end of the run, reachable then or not."""


@dataclass(frozen=True, slots=True)
class Upgrades:
    """Upgrade requests of a time: the most in one second, and all. `asked` counts SYNs, answered or not."""

    asked_peak: int
    admitted_peak: int
    refused_peak: int
    asked: int
    admitted: int
    refused: int


@dataclass(frozen=True, slots=True)
class Node:
    """The load of one hub or relay in the whole run; `cores_needed` in the second that asked for most."""

    connections_of: int
    cores: float
    asked_peak: int
    admitted_peak: int
    cores_needed: float
    keepalive_cores: float
    bytes: int


@dataclass(frozen=True, slots=True)
class Result:
    """All figures of a run. Without a restart everything is before it."""

    devices: int
    relays: int
    hours: float
    seed: int
    deliveries: tuple[Delivery, ...]
    connected_before: int
    connected_peak: int
    connected_end: int
    back: Times | None
    """Seconds after the restart until so many percent of the connections are there again."""
    before: Upgrades
    after: Upgrades | None
    bytes_by_kind: dict[str, Kind]
    relay_bytes_by_kind: dict[str, Kind]
    device_bytes_mean: float
    device_bytes_p99: float
    device_bytes_max: float
    top: Node
    lowest: Node
    """Of the hubs that devices connect to, the one that was asked most in a second."""

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return asdict(self)


def summarise(run: Run) -> Result:
    """The figures of a run."""
    scenario, people, seconds = run.scenario, run.people, run.seconds
    begin = None if scenario.restart_s is None else int(scenario.restart_s - scenario.begin_s)
    restart = begin if begin is not None and 0 < begin < len(seconds.asked) else None
    own_bytes = people.bytes[: people.devices]
    connected = seconds.connected
    lowest = range(scenario.tree.nodes - scenario.tree.levels[-1], scenario.tree.nodes)
    return Result(
        devices=scenario.devices,
        relays=people.relays,
        hours=scenario.hours,
        seed=scenario.seed,
        deliveries=tuple(_delivery(run, number) for number in range(len(run.published_s))),
        connected_before=int(connected[restart - 1] if restart else connected[-1]),
        connected_peak=int(connected.max()),
        connected_end=int(connected[-1]),
        back=_back(connected, restart) if restart else None,
        before=_upgrades(run, slice(0, restart)),
        after=_upgrades(run, slice(restart, None)) if restart else None,
        bytes_by_kind=run.ledger.kinds,
        relay_bytes_by_kind=run.ledger.relay_kinds,
        device_bytes_mean=float(own_bytes.mean()),
        device_bytes_p99=float(np.percentile(own_bytes, 99)),
        device_bytes_max=float(own_bytes.max()),
        top=_node(run, 0),
        lowest=_node(run, max(lowest, key=lambda node: run.hubs.asked_max[node])),
    )


def shares_over_time(run: Run, number: int) -> npt.NDArray[np.float64]:
    """The times in seconds since its publication at which the reachable have an alert, sorted; infinite where they never do."""
    field = run.people.has_at[number, : run.people.devices][run.people.is_reachable[number]]
    return np.sort(field.astype(np.float64)) - run.published_s[number]


def _delivery(run: Run, number: int) -> Delivery:
    times = shares_over_time(run, number)
    if not len(times):
        return Delivery(run.scenario.alerts_s[number] / 3600, 0, dict.fromkeys(map(str, PERCENT)), 0)
    end = run.scenario.begin_s + run.scenario.hours * 3600
    have_it = int(np.count_nonzero(run.people.has_at[number, : run.people.devices] <= end))
    return Delivery(run.published_s[number] / 3600, len(times), _times(times), have_it)


def _times(times: npt.NDArray[np.float64]) -> Times:
    found = {str(percent): float(times[-(-len(times) * percent // 100) - 1]) for percent in PERCENT}
    return {percent: round(value, 2) if np.isfinite(value) else None for percent, value in found.items()}


def _back(connected: npt.NDArray[np.int32], restart: int) -> Times:
    before, since = connected[restart - 1], connected[restart + BACK_AFTER_S :]
    found = {str(percent): np.flatnonzero(since >= before * percent / 100) for percent in PERCENT}
    return {percent: float(at[0]) + BACK_AFTER_S if len(at) else None for percent, at in found.items()}


def _upgrades(run: Run, part: slice) -> Upgrades:
    rows = [getattr(run.seconds, name)[part] for name in ("asked", "admitted", "refused")]
    return Upgrades(*(int(row.max(initial=0)) for row in rows), *(int(row.sum()) for row in rows))


def _node(run: Run, node: int) -> Node:
    hubs, people = run.hubs, run.people
    of = people.hub == node
    return Node(
        *(int(np.count_nonzero(of)), hubs.cores[node], hubs.asked_max[node], hubs.admitted_max[node]),
        *(round(hubs.needed_max[node], 2), round(hubs.keepalive_cores(int(hubs.held_max[node])), 2)),
        int(people.bytes[of].sum()),
    )
