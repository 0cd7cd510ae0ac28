"""What a campaign is asked to be, and how somebody asks for the same once more."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from alerts.errors import UserError
from netsim.faults.fault import Need
from netsim.faults.table import FAULTS
from netsim.virtual.timed_faults import TIMED_FAULTS

Via = Literal["toxiproxy", "packet", "virtual"]
ToxiproxyKind = Literal["real", "embedded", "auto"]

AVAILABLE: dict[Via, frozenset[Need]] = {
    "toxiproxy": frozenset({Need.LINK, Need.FRONT, Need.HUB, Need.DEVICE}),
    "packet": frozenset({Need.LINK, Need.FRONT, Need.HUB, Need.DEVICE}),
    "virtual": frozenset({Need.LINK, Need.HUB, Need.DEVICE}),
}
"""What a site has for faults to act on."""


@dataclass(frozen=True, slots=True)
class Options:
    """One campaign. `faults`: names, or "all" or "none"; `only`: the places in its schedule that are left, None: all."""

    profile: str
    minutes: float
    seed: int
    via: Via = "toxiproxy"
    toxiproxy: ToxiproxyKind = "auto"
    devices: int = 3
    faults: str = "all"
    only: tuple[int, ...] | None = None

    def fault_menu(self) -> Mapping[str, bool]:
        """The faults to draw from: name → whether it is of the hub. Raises UserError naming what is unknown."""
        available = AVAILABLE[self.via]
        possible = {name: kind for name, kind in FAULTS.items() if kind.needs <= available}
        if self.via == "virtual":
            possible = {name: kind for name, kind in possible.items() if name in TIMED_FAULTS}
        if self.faults == "all":
            chosen = list(possible)
        elif self.faults == "none":
            chosen = []
        else:
            chosen = [name.strip() for name in self.faults.split(",") if name.strip()]
        for name in chosen:
            if name not in FAULTS:
                raise UserError(f"there is no fault {name!r}", f"There are {', '.join(FAULTS)}; or all, or none.", 2)
            if name not in possible:
                lacks = ", ".join(sorted(need.value for need in FAULTS[name].needs - available)) or "real processes"
                raise UserError(f"the fault {name} cannot be had via {self.via}: that would need {lacks}", exit_code=2)
        return {name: possible[name].is_of_hub for name in chosen}

    @property
    def words(self) -> list[str]:
        """The words after `tocsin-netsim` that ask for the same."""
        words = ["chaos", "--profile", self.profile, "--minutes", f"{self.minutes:g}", "--seed", str(self.seed)]
        words += ["--via", self.via, "--devices", str(self.devices), "--faults", self.faults]
        if self.via == "toxiproxy":
            words += ["--toxiproxy", self.toxiproxy]
        if self.only is not None:
            words += ["--only", ",".join(map(str, self.only))]
        return words

    @property
    def command(self) -> str:
        """The same, to be pasted into a shell."""
        return "tocsin-netsim " + shlex.join(self.words)
