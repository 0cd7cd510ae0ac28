"""The promises of the design, by number, as checks on plain data.

    1  no loss, both ways            4  what the hub says a device stored is committed there
    2  nothing twice                 5  (kills, old copies, clones, clocks: 1 to 4 under all of them)
    3  the cursor                    6  no honest peer is told that it broke the protocol; nothing gets stuck
                                     7  a device holds only what was addressed to it

Whoever runs a system takes snapshots of it and hands them in. A check that fails raises `ViolationError`. Nothing of ours is
imported, so a mistake in the core cannot hide itself here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass


class ViolationError(Exception):
    """A promise that was broken: its number in the design, and what was seen."""

    def __init__(self, invariant: int, seen: str) -> None:
        self.invariant = invariant
        self.seen = seen
        super().__init__(f"invariant {invariant}: {seen}")


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of the hub's log that is addressed to a device. `withdraws`: the identities that a cancel takes back."""

    key: str
    epoch: int
    number: int
    withdraws: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"#{self.number} {self.key}"


@dataclass(frozen=True, slots=True)
class Held:
    """An alert in a device's inbox."""

    epoch: int
    number: int | None
    is_shown: bool
    """In force, as the device tells its user."""
    is_confirmed: bool
    was_alarmed: bool
    languages: str = ""


@dataclass(frozen=True, slots=True)
class Inbox:
    """What a device's store contains. `name` says which device and which life of its store."""

    name: str
    alerts: Mapping[str, Held]
    quarantine: Collection[tuple[int, int]]
    withdrawn: Collection[str]

    def has(self, entry: Listed) -> bool:
        """Whether an entry is here: as an alert, in quarantine, or as what it withdrew."""
        return (
            entry.key in self.alerts
            or (entry.epoch, entry.number) in self.quarantine
            or (entry.withdraws is not None and entry.withdraws <= set(self.withdrawn))
        )


def check_nothing_lost(
    inbox: Inbox, in_force: Iterable[Listed], languages: str, replacers: Mapping[str, tuple[int, int]]
) -> None:
    """1, at rest: the device shows exactly what is in force and addressed to it, in its languages, each alarmed.

    `replacers`: which entry replaced an alert. Where a device could not use that one, it cannot know.
    """
    due = {entry.key: entry for entry in in_force}
    wanted = {key: entry for key, entry in due.items() if (entry.epoch, entry.number) not in inbox.quarantine}
    for key, entry in wanted.items():
        held = inbox.alerts.get(key)
        if held is None or not held.is_shown:
            raise ViolationError(1, f"{inbox.name} does not show {entry}, which is in force: {held}")
        if not held.is_confirmed:
            raise ViolationError(1, f"{inbox.name} calls {entry} unconfirmed, which the hub has")
        if held.languages != languages:
            raise ViolationError(1, f"{inbox.name} has {entry} in {held.languages!r}, not in {languages!r}")
        if not held.was_alarmed:
            raise ViolationError(2, f"{inbox.name} never raised the alarm of {entry}")
    for key, held in inbox.alerts.items():
        excused = key in replacers and replacers[key] in inbox.quarantine
        if held.is_shown and held.is_confirmed and key not in due and not excused:
            raise ViolationError(1, f"{inbox.name} still shows {key} (#{held.number}), which is not in force for it")


def check_uplink_complete(name: str, written: Iterable[str], taken: Collection[str]) -> None:
    """1, at rest, the other way: what a device wrote and keeps is at the hub."""
    for item in written:
        if item not in taken:
            raise ViolationError(1, f"{name} wrote {item}, and the hub never took it")


def check_nothing_twice(inbox: Inbox) -> None:
    """2: one entry stands under one identity only."""
    seen: dict[tuple[int, int], str] = {}
    for key, held in inbox.alerts.items():
        if held.number is None:
            continue
        other = seen.setdefault((held.epoch, held.number), key)
        if other != key:
            raise ViolationError(2, f"{inbox.name} has #{held.number} twice, as {other} and as {key}")


def check_alarm(name: str, key: str, raised: int, deaths_between: int) -> None:
    """2: an alarm is raised once, and again only where the process died between raising it and recording that."""
    if raised > 1 + deaths_between:
        raise ViolationError(
            2, f"{name} raised the alarm of {key} {raised} times, and died {deaths_between} times meanwhile"
        )


def check_takes_effect_once(effects: Mapping[str, int]) -> None:
    """2: an uplink item takes effect once."""
    for item, times in effects.items():
        if times > 1:
            raise ViolationError(2, f"the uplink item {item} took effect {times} times")


def check_cursor(name: str, before: int, after: int, *, was_fork: bool) -> None:
    """3: within one life of a store the cursor never moves back, except by a roll-call after a fork."""
    if after < before and not was_fork:
        raise ViolationError(3, f"the cursor of {name} went back from {before} to {after}")


def check_passed(inbox: Inbox, passed: Iterable[Listed]) -> None:
    """3: nothing in force and addressed is passed over. `passed`: what lies below a position that counts, or is held by it."""
    for entry in passed:
        if not inbox.has(entry):
            raise ViolationError(
                3, f"{inbox.name} is past {entry}, in force and addressed to it, and has not stored it"
            )


def check_claim(inbox: Inbox, claimed: Iterable[Listed]) -> None:
    """4: what the hub's row says that this opening of the store has stored is committed there."""
    for entry in claimed:
        if not inbox.has(entry):
            raise ViolationError(4, f"the hub says that {inbox.name} has {entry}; its store does not")


def check_addressed(inbox: Inbox, ever_addressed: Collection[str]) -> None:
    """7: a device holds only what was addressed to it at some time."""
    for key in inbox.alerts:
        if key not in ever_addressed:
            raise ViolationError(7, f"{inbox.name} holds {key}, which was never addressed to it")


def check_at_rest(name: str, steps: int, steps_max: int) -> None:
    """6: on a link that holds, everything comes to rest."""
    if steps >= steps_max:
        raise ViolationError(6, f"{name} has not come to rest after {steps} steps")
