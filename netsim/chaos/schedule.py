"""What will happen in a campaign, drawn in advance from its seed: acts of people, and faults with their times.

Everything that chance decides stands here, so the same seed, length, pace, devices and faults give the same schedule. What real
processes make of it differs from run to run: their timing is the machine's.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

HUB = "hub"
"""The target of what is not of one device."""

QUIET_SHARE = 0.1
"""Of the time, at the end: no fault begins there, and none lasts into it."""

FAULTS_A_MINUTE = 8.0
"""Attempts at one; where its target is busy with another, nothing happens."""
FAULT_SECONDS_MEAN = 12.0
FAULT_SECONDS_MIN, FAULT_SECONDS_MAX = 1.0, 45.0

_KINDS = ("publish", "update", "cancel", "acknowledge", "languages", "move", "roll-call")
_WEIGHTS = (50, 12, 8, 22, 3, 2, 3)
_COSTLY = frozenset({"publish", "update", "cancel"})
"""What the links carry to devices: these have the pace."""
_BURST_SHARE, _BURST = 0.1, (3, 6)


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something at `at_s`; `target` is a device's name, or the hub. `seed` decides the rest of it."""

    at_s: float
    kind: str
    target: str
    seed: int


@dataclass(frozen=True, slots=True)
class Spell:
    """A fault that begins at `at_s` and lasts `lasts_s`; `seed` is its chance."""

    at_s: float
    lasts_s: float
    name: str
    target: str
    seed: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """A whole campaign. Acts and faults have the place that they had when it was drawn; it stays when others are left out."""

    seed: int
    length_s: float
    acts: tuple[tuple[int, Act], ...]
    spells: tuple[tuple[int, Spell], ...]

    def only(self, kept: Iterable[int]) -> Self:
        """Without everything whose index is not kept."""
        wanted = set(kept)
        acts = tuple(one for one in self.acts if one[0] in wanted)
        return replace(self, acts=acts, spells=tuple(one for one in self.spells if one[0] in wanted))

    @property
    def indexes(self) -> tuple[int, ...]:
        """All places, in order of time."""
        together = [(act.at_s, index) for index, act in self.acts] + [
            (spell.at_s, index) for index, spell in self.spells
        ]
        return tuple(index for _, index in sorted(together))


def draw(
    seed: int,
    *,
    length_s: float,
    pace_a_minute: float,
    devices: Sequence[str],
    faults: Mapping[str, bool],
) -> Schedule:
    """A schedule. `pace_a_minute`: acts that links have to carry; `faults`: name → whether it is of the hub, not of a device."""
    chance = random.Random(seed)
    acts = list(_draw_acts(random.Random(chance.getrandbits(64)), length_s, pace_a_minute, devices))
    spells = list(_draw_spells(random.Random(chance.getrandbits(64)), length_s, devices, faults))
    return Schedule(
        seed, length_s, tuple(enumerate(acts)), tuple((len(acts) + index, spell) for index, spell in enumerate(spells))
    )


def _draw_acts(chance: random.Random, length_s: float, pace_a_minute: float, devices: Sequence[str]) -> Iterable[Act]:
    costly_share = sum(weight for kind, weight in zip(_KINDS, _WEIGHTS, strict=True) if kind in _COSTLY) / sum(_WEIGHTS)
    mean_burst = 1 + _BURST_SHARE * (sum(_BURST) / 2 - 1)
    acts_a_second = pace_a_minute / 60 / costly_share / mean_burst
    at_s = min(1.0, length_s / 10)
    yield Act(at_s, "publish", HUB, chance.getrandbits(32))  # whatever else is drawn, something is published
    while (at_s := at_s + chance.expovariate(acts_a_second)) < length_s:
        kind = chance.choices(_KINDS, _WEIGHTS)[0]
        target = HUB if kind in _COSTLY else chance.choice(devices)
        is_burst = kind == "publish" and chance.random() < _BURST_SHARE
        for _ in range(chance.randint(*_BURST) if is_burst else 1):
            yield Act(at_s, kind, target, chance.getrandbits(32))


def _draw_spells(
    chance: random.Random, length_s: float, devices: Sequence[str], faults: Mapping[str, bool]
) -> Iterable[Spell]:
    names = sorted(faults)
    end_s = length_s * (1 - QUIET_SHARE)
    busy_until: dict[str, float] = {}
    at_s = 0.0
    while names and (at_s := at_s + chance.expovariate(FAULTS_A_MINUTE / 60)) < end_s:
        name = chance.choice(names)
        target = HUB if faults[name] else chance.choice(devices)
        lasts_s = min(FAULT_SECONDS_MAX, FAULT_SECONDS_MIN + chance.expovariate(1 / FAULT_SECONDS_MEAN))
        seed = chance.getrandbits(32)
        if busy_until.get(target, 0.0) <= at_s:
            lasts_s = min(lasts_s, end_s - at_s)
            busy_until[target] = at_s + lasts_s
            yield Spell(at_s, lasts_s, name, target, seed)
