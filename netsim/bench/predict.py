"""Does the virtual network foretell what the packet network does? The same profile and alerts through both, medians compared.

What computing takes is not the link's: it is measured on a perfect link first, and given to the model as a factor on its costs,
one for each workload: a live alert waits for its messages to be made, which those who catch up find ready.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from alerts.errors import UserError
from netsim.bench import followed
from netsim.bench.ends import Subject
from netsim.bench.prediction import CATCH_UPS, PERFECT, Workload, predict
from netsim.profiles.profile import Profile
from netsim.virtual.costs import Costs
from netsim.virtual.tcp.settings import Congestion, TcpSettings

OFF_SHARE_MAX = 0.20
"""How far a predicted median may be from the measured one."""

_SYN_LINEAR_FILE = Path("/proc/sys/net/ipv4/tcp_syn_linear_timeouts")


@dataclass(frozen=True)
class Compared:
    """One workload on one profile. Times in milliseconds; `every_s` is the pace of live alerts, None for a catch-up."""

    profile: str
    workload: str
    every_s: float | None
    measured: int
    """How many times were measured."""
    packet_ms: float
    virtual_ms: float

    @property
    def off(self) -> float:
        """How far the prediction is off, as a share of what was measured."""
        return self.virtual_ms / self.packet_ms - 1

    @property
    def holds(self) -> bool:
        """Whether it is near enough."""
        return abs(self.off) <= OFF_SHARE_MAX

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        return asdict(self) | {"off": round(self.off, 4), "holds": self.holds}


@dataclass(frozen=True)
class Machine:
    """This machine as the model has to know it: its computing as factors on the default costs, its kernel's TCP."""

    live_factor: float
    catch_up_factor: float
    congestion: Congestion | None
    """What both ends use; None: something that the model does not know, and takes for CUBIC."""

    @property
    def tcp(self) -> TcpSettings:
        """The model's TCP with what of this kernel's settings it knows."""
        linear = int(_SYN_LINEAR_FILE.read_text()) if _SYN_LINEAR_FILE.exists() else 0
        return TcpSettings(congestion=self.congestion or "cubic", syn_linear_timeouts=linear)


@dataclass(frozen=True)
class Report:
    """All comparisons, and the machine that they were made on."""

    machine: Machine
    compared: tuple[Compared, ...]
    failed: Mapping[str, str] = field(default_factory=dict)
    """Profile → why it could not be measured."""

    def as_json(self) -> dict[str, Any]:
        """The form that machines read."""
        rows = [one.as_json() for one in self.compared]
        return asdict(self.machine) | {"compared": rows, "failed": dict(self.failed)}

    @property
    def holds(self) -> bool:
        """Whether every profile was measured and every prediction is near enough."""
        return not self.failed and all(one.holds for one in self.compared)


def measure_machine(subject: Subject, workload: Workload) -> Machine:
    """From both workloads on a perfect link. Raises UserError."""
    congestion = followed.possible_congestion()
    seeds = tuple(f"costs {turn}" for turn in range(CATCH_UPS))
    live = followed.live_ms(subject, PERFECT, workload, congestion, seeds[0])
    caught_up = followed.caught_up_ms(subject, PERFECT, workload, congestion, seeds)
    foretold = predict(PERFECT, workload, Costs(), TcpSettings(), seeds[:1], seeds)
    live_factor, catch_up_factor = (
        round(statistics.median(measured) / statistics.median(times), 2)
        for measured, times in zip((live, caught_up), foretold, strict=True)
    )
    return Machine(live_factor, catch_up_factor, congestion)


@dataclass(frozen=True)
class Measured:
    """What the packet network gave on one profile, in milliseconds, and the seeds by which its links went out."""

    profile: Profile
    workload: Workload
    live_seed: str
    catch_up_seeds: tuple[str, ...]
    live_ms: tuple[float, ...]
    caught_up_ms: tuple[float, ...]


def measure(subject: Subject, profile: Profile, workload: Workload, machine: Machine, seed: str) -> Measured:
    """Both workloads on one profile, the catch-up several times. Raises UserError."""
    workload = workload.fit(profile)
    assert workload.catch_ups, "fitted above"
    seeds = tuple(f"{seed} {turn}" for turn in range(workload.catch_ups))
    live = followed.live_ms(subject, profile, workload, machine.congestion, seed)
    caught_up = followed.caught_up_ms(subject, profile, workload, machine.congestion, seeds)
    return Measured(profile, workload, seed, seeds, tuple(live), tuple(caught_up))


def compare(measured: Measured, machine: Machine) -> list[Compared]:
    """What the model foretells beside what was measured."""
    profile, workload = measured.profile, measured.workload

    def foretell(
        factor: float, live: Sequence[str] = (), catch_up: Sequence[str] = ()
    ) -> tuple[list[float], list[float]]:
        return predict(profile, workload, Costs().times(factor), machine.tcp, live, catch_up)

    live, _ = foretell(machine.live_factor, live=(measured.live_seed,))
    _, caught_up = foretell(machine.catch_up_factor, catch_up=measured.catch_up_seeds)
    rows = (
        ("live", workload.every_s, measured.live_ms, live),
        ("catch-up", None, measured.caught_up_ms, caught_up),
    )
    return [
        Compared(
            *(profile.name, name, every_s, len(found)),
            packet_ms=round(statistics.median(found), 1),
            virtual_ms=round(statistics.median(foretold), 1),
        )
        for name, every_s, found, foretold in rows
    ]


def report(
    subject: Subject,
    profiles: Sequence[Profile],
    workload: Workload,
    *,
    seed: str = "1",
    jobs: int = 1,
    compared: Callable[[Compared], None] = lambda one: None,
) -> Report:
    """So many profiles measured side by side, then foretold; `compared` hears of each comparison.

    Raises UserError: this machine has no packet network, or the ends fail even on a perfect link.
    """
    machine = measure_machine(subject, workload)
    failed: dict[str, str] = {}

    def tried(profile: Profile) -> Measured | None:
        try:
            return measure(subject, profile, workload, machine, seed)
        except UserError as error:
            failed[profile.name] = str(error)
            return None

    with ThreadPoolExecutor(jobs) as pool:  # each thread outlives the processes that it starts
        found = list(pool.map(tried, profiles))
    rows: list[Compared] = []
    for measured in filter(None, found):
        for one in compare(measured, machine):
            rows.append(one)
            compared(one)
    return Report(machine, tuple(rows), failed)
