"""Everything that is in force, and every area, as somebody sees it who is bound to some areas (or to none).

alerts   how many devices are in each state, of those that are visible
areas    how many devices there are, how many something in force is for, and how many lack something of that; and the gravest
         alert in force that reaches the area, exercises and tests aside
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from alerts.audience import Audience
from alerts.cap.terms import Severity, Status
from server import scope
from server.store.records import StoredAlert
from server.watch.board import ADDRESSED, NONE, Board
from server.watch.roster import Roster
from server.watch.tallies import NOWHERE, ORDER, levels

AreasOf = Callable[[str], tuple[str, ...]]


@dataclass(slots=True)
class AlertRow:
    """One alert in force. `states`: of the devices that are visible, by place."""

    stored: StoredAlert
    asks: bool
    counts: list[int]
    states: bytearray


@dataclass(slots=True)
class AreaCounts:
    """The devices in an area or below it: all that are not revoked; those that something in force is for; of these, those that
    have not got something of it."""

    devices: int = 0
    addressed: int = 0
    lacking: int = 0

    def is_empty(self) -> bool:
        """Nobody is counted here any more."""
        return not (self.devices or self.addressed or self.lacking)


@dataclass(frozen=True, slots=True)
class Worst:
    """The gravest alert in force that reaches an area, how many reach it, and how many exercises and tests do."""

    severity: Severity | None = None
    number: int | None = None
    alerts: int = 0
    exercises: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """As what a device was counted by area."""

    areas: tuple[str, ...] = ()
    is_device: bool = False
    is_addressed: bool = False
    is_lacking: bool = False


_NOTHING = _Kept()


class Situation:
    """The counts; a follower of the watch. Whoever tells of them empties `changed_alerts` and `changed_areas`, and sets back
    `is_other`: other alerts are in force."""

    def __init__(self, bound: tuple[str, ...], areas_of: AreasOf, is_counted: Callable[[int], bool]) -> None:
        """`is_counted`: whether the alert with this number is among those in force."""
        self.bound = bound
        self._areas_of = areas_of
        self._is_counted = is_counted
        self.begin(Roster())

    # -- what the watch gives -----------------------------------------------------------------------------------------

    def begin(self, roster: Roster) -> None:
        """Forget everything."""
        self._roster = roster
        self.alerts: dict[int, AlertRow] = {}
        self.areas: dict[str, AreaCounts] = {}
        self.changed_alerts: set[int] = set()
        self.changed_areas: set[str] = set()
        self.is_other = True
        self._kept: list[_Kept] = []
        self._addressed = array("H")
        self._lacking = array("H")

    def moved(self, places: Sequence[int]) -> None:
        """Devices that are new, or elsewhere, or revoked."""
        self._grow()
        for place in places:
            self._recount(place)

    def board_made(self, board: Board) -> None:
        """An alert came into force, or ended, or somebody watches one."""
        self.board_gone(board.number)
        stored = board.loaded.stored
        if self._is_counted(board.number) and scope.may_see(self.bound, stored.reach, self._areas_of):
            self.alerts[board.number] = AlertRow(stored, board.loaded.asks, [0] * len(ORDER), bytearray())
            self.changed_alerts.add(board.number)
            self.is_other = True

    def board_gone(self, number: int) -> None:
        """It is counted no more."""
        row = self.alerts.pop(number, None)
        if row is None:
            return
        self.changed_alerts.add(number)
        self.is_other = True
        for place, state in enumerate(row.states):
            if state != NONE:
                self._count(place, state, NONE)

    def changed(self, board: Board, places: Sequence[int]) -> None:
        """Count these devices."""
        row = self.alerts.get(board.number)
        if row is None:
            return
        self._grow()
        row.states.extend(bytes([NONE]) * (len(self._roster) - len(row.states)))
        for place in places:
            old, new = row.states[place], board.states[place]
            if self.bound and not scope.may_see_device(self.bound, self._roster.devices[place].areas):
                new = NONE
            if new == old:
                continue
            row.states[place] = new
            if old != NONE:
                row.counts[old] -= 1
            if new != NONE:
                row.counts[new] += 1
            self.changed_alerts.add(board.number)
            self._count(place, old, new)

    # -- counting -----------------------------------------------------------------------------------------------------

    def _grow(self) -> None:
        more = len(self._roster) - len(self._kept)
        self._kept.extend([_NOTHING] * more)
        self._addressed.extend([0] * more)
        self._lacking.extend([0] * more)

    def _count(self, place: int, old: int, new: int) -> None:
        self._addressed[place] += (new != NONE) - (old != NONE)
        self._lacking[place] += (new == ADDRESSED) - (old == ADDRESSED)
        self._recount(place)

    def _recount(self, place: int) -> None:
        """Count a device by area as it is now, if it is not as it was."""
        traits, kept = self._roster.devices[place], self._kept[place]
        now = _Kept(traits.areas, traits.revoked_at is None, self._addressed[place] > 0, self._lacking[place] > 0)
        if not scope.may_see_device(self.bound, traits.areas):
            now = _NOTHING
        if now == kept:
            return
        self._kept[place] = now
        for one, by in ((kept, -1), (now, 1)):
            if one is not _NOTHING:
                self._add(one, by)

    def _add(self, one: _Kept, by: int) -> None:
        for code in levels(one.areas, self.bound):
            counts = self.areas.get(code)
            if counts is None:
                counts = self.areas[code] = AreaCounts()
            counts.devices += by * one.is_device
            counts.addressed += by * one.is_addressed
            counts.lacking += by * one.is_lacking
            self.changed_areas.add(code)

    # -- what it comes to ---------------------------------------------------------------------------------------------

    def visible_codes(self, listed: Iterable[str]) -> set[str]:
        """The areas that are shown: those of the list, and those in which somebody is; who is bound sees the own ones."""
        codes = {code for one in listed for code in levels((one,), self.bound)}
        return codes | {code for code, counts in self.areas.items() if not counts.is_empty()}

    def worst(self, codes: Iterable[str]) -> dict[str, Worst]:
        """The gravest alert for each of these areas."""
        found = {code: Worst() for code in codes}
        for number, row in sorted(self.alerts.items()):
            for code in self._reached(row.stored.audience, found):
                found[code] = _with(found[code], number, row.stored)
        return found

    def _reached(self, audience: Audience, codes: Iterable[str]) -> list[str]:
        """Those of the areas in which, above which or below which the audience is."""
        if audience.everyone or (audience.roles and not audience.areas):
            return list(codes)
        named = set(audience.areas)
        for device in audience.devices:
            named.update(self._areas_of(device) or (NOWHERE,))
        above = {code for one in named for code in levels((one,))}
        return [code for code in codes if code in above or any(one in named for one in levels((code,)))]


def _with(worst: Worst, number: int, stored: StoredAlert) -> Worst:
    if stored.alert.status is not Status.ACTUAL:
        return Worst(worst.severity, worst.number, worst.alerts, worst.exercises + 1)
    severity = stored.alert.severity
    if worst.severity is None or severity.number <= worst.severity.number:  # of equal ones the newest
        return Worst(severity, number, worst.alerts + 1, worst.exercises)
    return Worst(worst.severity, worst.number, worst.alerts + 1, worst.exercises)
