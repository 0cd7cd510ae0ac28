"""What is simulated: the fleet, its links and habits, its hubs, and what befalls them. Times are seconds since midnight."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from alerts.errors import UserError
from netsim.profiles import Profile, load_profile
from netsim.virtual.fleet import gate, waits
from netsim.virtual.fleet.habits import HABITS, Habit
from server.settings import Limits

RELAYS_MAX = 4096
ALERTS_MAX = 16
EXIT_SCENARIO = 2

Restarted = Literal["top", "one", "all"]
Stopping = Literal["told", "booked", "killed"]

MIX = {
    "3g": 0.40,
    "edge": 0.20,
    "gprs": 0.08,
    "lte-rural": 0.15,
    "commuter": 0.05,
    "blackout": 0.05,
    "clinic-shared": 0.04,
    "vsat-geo": 0.02,
    "leo-obstructed": 0.01,
}
"""Profile → share of the fleet, where the command names none. Assumed."""

RELAY_LINK = "vsat-geo"
"""The profile between a relay and its parent."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of one processor core that a hub needs for each. Measured on real hubs, see docs/fleet.md."""

    upgrade_s: float = 750e-6
    refusal_s: float = 330e-6
    ping_s: float = 80e-6
    alert_s: float = 200e-6
    """The live frame and the `Stored` that answers it."""
    goodbye_s: float = 100e-6


@dataclass(frozen=True, slots=True)
class Tree:
    """Relays below a hub: `depth` levels, each node with `fanout` below it. Depth 0: the devices are the hub's own."""

    depth: int = 0
    fanout: int = 1

    @property
    def levels(self) -> list[int]:
        """How many nodes each level has, from the top."""
        return [self.fanout**level for level in range(self.depth + 1)]

    @property
    def nodes(self) -> int:
        """How many hubs and relays there are."""
        return sum(self.levels)

    def parent(self, node: int) -> int:
        """The node above; nodes are numbered from the top, level by level."""
        return (node - 1) // self.fanout


@dataclass(frozen=True, slots=True)
class Cut:
    """The power of a region fails: so large a share of all links is out from one moment to another."""

    at_s: float
    share: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Scenario:
    """One run. `connections_max` None: as many as the fleet needs. `cores` None: as much processor as is asked for."""

    devices: int
    links: tuple[tuple[Profile, float], ...]
    relay_link: Profile
    habits: tuple[Habit, ...] = HABITS
    tree: Tree = Tree()
    begin_s: float = 0.0
    hours: float = 24.0
    alerts_s: tuple[float, ...] = ()
    cut: Cut | None = None
    restart_s: float | None = None
    restarted: Restarted = "top"
    down_s: float = 10.0
    limits: Limits = Limits()  # noqa: RUF009  a frozen value
    costs: Costs = Costs()
    cores: float | None = None
    backoff: waits.Kind = "full"
    admission: gate.Kind = "on"
    stopping: Stopping = "told"
    seed: int = 1


def read_tree(text: str) -> Tree:
    """`none` or `DEPTH,FANOUT`. Raises UserError."""
    if text == "none":
        return Tree()
    parts = text.split(",")
    if len(parts) == 2 and all(part.strip().isdecimal() for part in parts):
        tree = Tree(*(int(part) for part in parts))
        if tree.depth <= 12 and 1 <= tree.fanout <= RELAYS_MAX and tree.nodes <= RELAYS_MAX:
            return tree
        raise UserError(
            f"--relays {text}: expected at most {RELAYS_MAX} hubs and relays, found more",
            *("Take a smaller depth or fanout.", EXIT_SCENARIO),
        )
    hint = "For example --relays 2,8: 8 relays below the hub, 8 below each of them."
    raise UserError(f"--relays {text}: expected none or DEPTH,FANOUT", hint, EXIT_SCENARIO)


def read_cut(text: str | None) -> Cut | None:
    """`HOUR,SHARE,MINUTES`. Raises UserError."""
    if text is None:
        return None
    try:
        hour, share, minutes = (float(part) for part in text.split(","))
    except ValueError:
        hour = share = minutes = -1.0
    if not (hour >= 0 and 0 < share <= 1 and minutes > 0):
        hint = "For example --cut 9,0.2,30: a fifth of all links is out from 9:00 to 9:30."
        raise UserError(f"--cut {text}: expected HOUR,SHARE,MINUTES", hint, EXIT_SCENARIO)
    return Cut(hour * 3600, share, minutes * 60)


def read_shares(option: str, texts: Sequence[str]) -> dict[str, float]:
    """`NAME[=SHARE]` → share of the whole; names without a share get equal parts of what the others leave. Raises UserError."""
    given: dict[str, float | None] = {}
    for text in texts:
        name, equals, share = text.rpartition("=") if "=" in text else (text, "", "")
        try:
            value = float(share) if equals else None
        except ValueError:
            value = -1.0
        if value is not None and not 0 < value <= 1:
            hint = f"For example {option} 3g=0.6 {option} edge=0.4."
            raise UserError(f"{option} {text}: expected a share above 0 and at most 1", hint, EXIT_SCENARIO)
        if name in given:
            raise UserError(f"{option} {name}: named twice", "Name each once.", EXIT_SCENARIO)
        given[name] = value
    stated = sum(value for value in given.values() if value is not None)
    open_names = [name for name, value in given.items() if value is None]
    if stated > 1 + 1e-9 or (open_names and stated >= 1):
        raise UserError(f"{option}: the shares are more than 1 together ({stated:g})", "", EXIT_SCENARIO)
    rest = (1 - stated) / len(open_names) if open_names else 0.0
    total = stated + rest * len(open_names)
    return {name: (rest if value is None else value) / total for name, value in given.items()}


def read_links(texts: Sequence[str]) -> tuple[tuple[Profile, float], ...]:
    """`NAME[=SHARE]` of profiles; none: a mix. Raises UserError."""
    shares = read_shares("--profile", texts) if texts else MIX
    return tuple((load_profile(name), share) for name, share in shares.items())


def read_habits(texts: Sequence[str]) -> tuple[Habit, ...]:
    """`NAME[=SHARE]` of habits; none: all, as they are. Raises UserError."""
    if not texts:
        return HABITS
    known = {habit.name: habit for habit in HABITS}
    shares = read_shares("--habit", texts)
    for name in shares:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise UserError(f"there is no habit {name!r}{meant}", f"There are {', '.join(known)}.", EXIT_SCENARIO)
    return tuple(replace(known[name], share=share) for name, share in shares.items())


def read_alerts(hours: Sequence[float], restart: float | None, begin: float, lasts: float) -> tuple[float, ...]:
    """When alerts are published, in seconds, in order; none named: an hour before the restart, and right after it.

    Raises UserError: too many, or one outside of the run.
    """
    if len(hours) > ALERTS_MAX:
        raise UserError(f"--alert-at: at most {ALERTS_MAX} alerts, found {len(hours)}", "", EXIT_SCENARIO)
    for hour in (*hours, *([] if restart is None else [restart])):
        if not begin <= hour < begin + lasts:
            hint = "Hours are counted from the first midnight; see --begin and --hours."
            raise UserError(
                f"hour {hour:g} is not within the run, which is from {begin:g} to {begin + lasts:g}",
                *(hint, EXIT_SCENARIO),
            )
    if hours:
        return tuple(sorted(hour * 3600 for hour in hours))
    if restart is None:
        return ((begin + lasts / 2) * 3600,)
    return max(restart - 1, (begin + restart) / 2) * 3600, restart * 3600 + 1


def limits_of(tree: Tree, devices: int, connects_per_second: float | None, connections_max: int | None) -> Limits:
    """The limits of each hub: the defaults, but for what is said, and room for all of its devices."""
    given = Limits()
    room = max(given.device_connections_max, -(-devices // tree.levels[-1]), tree.fanout)
    return Limits(
        connects_per_second=connects_per_second or given.connects_per_second,
        device_connections_max=connections_max or room,
    )
