"""A campaign in virtual time: people publish, faults happen, everything heals, and the invariants have the last word.

The same as `tocsin-netsim chaos` does with real processes, in a second instead of minutes, and from its seed the same each time.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from alerts.audience import Audience, is_for
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType
from alerts.errors import UserError
from alerts.session.log import Purpose
from netsim.judge.invariants import ViolationError
from netsim.profiles.profile import Profile
from netsim.virtual.costs import Costs
from netsim.virtual.real_items import drafts, following
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.tcp.tls import TlsRoundTrips
from netsim.virtual.timed_faults import TIMED_FAULTS
from netsim.virtual.timed_world import Setting, TimedWorld

FAULTS_A_MINUTE = 4.0
"""Attempts at one; where its target is busy with another, nothing happens."""
FAULT_SECONDS_MEAN = 12.0
FAULT_SECONDS_MIN = 1.0
QUIET_SHARE = 0.1
"""Of the time, at the end: no fault begins there, and none lasts into it."""
ACTS = {"publish": 60, "update": 12, "cancel": 8, "acknowledge": 20}
AUDIENCES = (
    Audience(everyone=True),
    Audience(areas=("KE-1",)),
    Audience(areas=("KE-2",)),
    Audience(devices=("d0",)),
)
AUDIENCE_CHANCES = (6, 2, 1, 1)


@dataclass(frozen=True)
class TimedResult:
    """What came of one campaign. Times in milliseconds; bytes are IP packets, headers included, at the devices' ends.

    `violations` says in words what was broken, by the number of the promise; a run ends at its first. `lost`, `shown_twice` and
    `false_acknowledgements` count (device, alert) where that is known, and are at least 1 where a violation says so.
    """

    profile: str
    seed: int
    minutes: float
    devices: int
    published: int
    """Alerts that were answered with 201."""
    addressed: int
    """(Device, alert) of what stands in the hub's store at the end and is addressed to a device."""
    delivered: int
    """Of these, held by the device."""
    lost: int
    shown_twice: int
    false_acknowledgements: int
    lost_by_restore: int
    """Alerts that an old copy of the hub's store does not have."""
    faults: Mapping[str, int]
    deliveries_ms: Sequence[float]
    """From the answer to the first commit, each device and alert."""
    up_bytes: int
    down_bytes: int
    connections: int
    """That devices tried to make."""
    settled_s: float | None
    """How long everything took to settle after the links had healed; None: it did not."""
    violations: Sequence[str] = ()
    trace: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether no promise was broken."""
        return not self.violations

    def as_json(self) -> dict[str, Any]:
        """For machines: the names are those of a campaign on real processes."""
        ordered = sorted(self.deliveries_ms)
        nearest = {
            f"p{share}": ordered[max(0, -(-share * len(ordered) // 100) - 1)] for share in (50, 90, 99) if ordered
        }
        return {
            "ok": self.is_clean,
            "profile": self.profile,
            "via": "virtual",
            "seed": self.seed,
            "minutes": self.minutes,
            "devices": self.devices,
            "published": self.published,
            "addressed": self.addressed,
            "delivered": self.delivered,
            "lost": self.lost,
            "shown_twice": self.shown_twice,
            "false_acknowledgements": self.false_acknowledgements,
            "lost_by_restore": self.lost_by_restore,
            "violations": list(self.violations),
            "settled_s": self.settled_s,
            "delivery_ms": {name: round(nearest[name]) if name in nearest else None for name in ("p50", "p90", "p99")},
            "faults": dict(self.faults),
            "up_bytes": self.up_bytes,
            "down_bytes": self.down_bytes,
            "connections": self.connections,
        }


def run_virtual(
    profile: Profile,
    minutes: float,
    seed: int,
    devices: int = 3,
    faults: Sequence[str] | None = None,
    *,
    pace_a_minute: float = 6.0,
    costs: Costs | None = None,
    tcp: TcpSettings | None = None,
    tls_round_trips: TlsRoundTrips | None = None,
    is_traced: bool = False,
) -> TimedResult:
    """One campaign of so many virtual minutes. The same arguments give the same result.

    `faults`: names out of `TIMED_FAULTS`, None: all. `pace_a_minute`: acts of people.

    Raises UserError: there is no such fault.
    """
    names = list(TIMED_FAULTS) if faults is None else list(faults)
    for name in names:
        if name not in TIMED_FAULTS:
            raise UserError(f"there is no virtual fault {name!r}", f"There are {', '.join(TIMED_FAULTS)}.", 2)
    setting = Setting(profile, devices, costs or Costs(), tcp or TcpSettings(), tls_round_trips)
    return _Campaign(setting, minutes, seed, names, pace_a_minute, is_traced=is_traced).run()


class _Campaign:
    """One run."""

    def __init__(
        self, setting: Setting, minutes: float, seed: int, faults: list[str], pace_a_minute: float, *, is_traced: bool
    ) -> None:
        self._setting, self._minutes, self._seed = setting, minutes, seed
        self._length_s = minutes * 60
        self._chance = random.Random(f"campaign {seed}")
        self._world = TimedWorld(setting, seed, is_traced=is_traced)
        self._faults: Counter[str] = Counter()
        self._drafts = drafts(Audience(everyone=True))
        self._draw_acts(pace_a_minute)
        self._draw_faults(faults)

    # -- the schedule -------------------------------------------------------------------------------------------------

    def _draw_acts(self, pace_a_minute: float) -> None:
        timeline = self._world.timeline
        for device in self._world.devices:
            device.switch_on(self._chance.uniform(0, min(5.0, self._length_s / 10)))
        at_s = 0.0
        while (at_s := at_s + self._chance.expovariate(pace_a_minute / 60)) < self._length_s:
            kind = self._chance.choices(list(ACTS), list(ACTS.values()))[0]
            own = random.Random(self._chance.getrandbits(64))
            timeline.at(at_s, lambda kind=kind, own=own: self._act(kind, own))  # type: ignore[misc]

    def _draw_faults(self, names: list[str]) -> None:
        end_s = self._length_s * (1 - QUIET_SHARE)
        busy_until: dict[int, float] = {}
        at_s = 0.0
        while names and (at_s := at_s + self._chance.expovariate(FAULTS_A_MINUTE / 60)) < end_s:
            name = self._chance.choice(names)
            index = self._chance.randrange(self._setting.devices)
            target = -1 if TIMED_FAULTS[name].is_of_hub else index
            lasts_s = min(FAULT_SECONDS_MIN + self._chance.expovariate(1 / FAULT_SECONDS_MEAN), end_s - at_s)
            own = random.Random(self._chance.getrandbits(64))
            if busy_until.get(target, 0.0) <= at_s:
                busy_until[target] = at_s + lasts_s
                begin = lambda name=name, index=index, lasts_s=lasts_s, own=own: self._begin(name, index, lasts_s, own)  # noqa: E731
                self._world.timeline.at(at_s, begin)

    def _begin(self, name: str, index: int, lasts_s: float, chance: random.Random) -> None:
        device = self._world.devices[index]
        self._world.trace.say(device.inside.title, "FAULT {} for {:.1f} s", name, lasts_s)
        self._faults[name] += 1
        end = TIMED_FAULTS[name].begin(self._world, device, chance)
        self._world.timeline.after(lasts_s, end)

    # -- people -------------------------------------------------------------------------------------------------------

    def _act(self, kind: str, chance: random.Random) -> None:
        if kind == "acknowledge":
            device = chance.choice(self._world.devices)
            if device.is_on:
                device.write("acknowledged")
        elif kind == "publish":
            draft = next(self._drafts)
            payload = draft.payload
            audience = chance.choices(AUDIENCES, AUDIENCE_CHANCES)[0]
            assert isinstance(payload, Alert), "real items carry their alert"
            if payload.scope.name == "PRIVATE":
                audience = Audience(devices=("d0",))
            self._world.publish(replace(draft, audience=audience))
        else:
            self._follow(MsgType.UPDATE if kind == "update" else MsgType.CANCEL, chance)

    def _follow(self, kind: MsgType, chance: random.Random) -> None:
        """Replace something that is in force, in the words of the sample that it was."""
        hub = self._world.hub.inside
        now = hub.wall.now()
        living = [entry for entry in hub.log if hub.log.in_force(entry, now) and entry.purpose is not Purpose.NOTICE]
        if living:
            entry = chance.choice(living)
            assert isinstance(entry.payload, Alert), "real items carry their alert"
            suffix = f"{kind.name.lower()}-{chance.getrandbits(32):08x}"
            self._world.publish(following(entry.payload, suffix, kind, entry.audience))

    # -- the run and its count ----------------------------------------------------------------------------------------

    def run(self) -> TimedResult:
        """From the first second to rest."""
        world = self._world
        violation: ViolationError | None = None
        settled_s: float | None = None
        try:
            world.timeline.run_until(self._length_s)
            settled_s = world.come_to_rest()
        except ViolationError as error:
            violation = error
            world.trace.say("world", "VIOLATION {}", error)
        return self._result(violation, settled_s)

    def _result(self, violation: ViolationError | None, settled_s: float | None) -> TimedResult:
        world, broken = self._world, violation.invariant if violation else 0
        addressed, delivered, missing = self._census()
        return TimedResult(
            *(self._setting.profile.name, self._seed, self._minutes, self._setting.devices),
            published=len(world.published_at),
            addressed=addressed,
            delivered=delivered,
            lost=max(missing if settled_s is not None or broken == 1 else 0, int(broken == 1)),
            shown_twice=int(broken == 2),
            false_acknowledgements=int(broken == 4),
            lost_by_restore=len({entry.key for entry in world.lost_by_restore}),
            faults=dict(sorted(self._faults.items())),
            deliveries_ms=tuple(
                (at - world.published_at[key]) * 1000
                for (_, key), at in world.stored_at.items()
                if key in world.published_at
            ),
            up_bytes=sum(device.path.up_bytes for device in world.devices),
            down_bytes=sum(device.path.down_bytes for device in world.devices),
            connections=sum(device.connections for device in world.devices),
            settled_s=settled_s,
            violations=() if violation is None else (str(violation),),
            trace=world.trace.text(),
        )

    def _census(self) -> tuple[int, int, int]:
        """(Device, alert): addressed, delivered of these, and in force but missing."""
        hub = self._world.hub.inside
        now = hub.wall.now()
        addressed = delivered = missing = 0
        for device in self._world.devices:
            reader = hub.log.enrolled[device.inside.name].reader
            for entry in hub.store.entries:
                if is_for(entry.audience, reader):
                    is_held = entry.key in device.inside.store.rows
                    addressed += 1
                    delivered += is_held
                    missing += not is_held and hub.log.in_force(entry, now)
        return addressed, delivered, missing
