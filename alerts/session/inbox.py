"""What a device does with what it is sent: the rules, on rows that some store keeps.

The store (SQLite on a device, a dictionary in the simulation) opens a transaction, hands its rows to one of these functions
and commits. An alert stands in the inbox under its identity; (epoch, number) is where the hub's log has it, and is struck
when the hub's log lost it. Withdrawals name identities and hold in whatever order the two arrive.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Protocol

from alerts import limits
from alerts.errors import InvalidAlertError, RemoteProtocolError
from alerts.session.commits import DeviceOutcome, FinishRollCall, KeepItems, LanguagesDone, OweRollCall, SetLanguages
from alerts.session.position import Position
from alerts.wire.frames import Group
from alerts.wire.items import Arrival, Purpose, Urgency


class Alarm(IntEnum):
    """An alert's alarm is raised once. `DUE` is written with the alert, `RAISED` when the application says so."""

    NONE = 0
    DUE = 1
    RAISED = 2


@dataclass(slots=True)
class Row:
    """An alert in the inbox. `item` is what the hub sent; times are the hub's, in whole seconds."""

    key: str
    epoch: int
    number: int | None
    """None: struck, the hub's log lost it."""
    purpose: Purpose
    urgency: Urgency
    expires: int
    item: bytes
    listed: bool = True
    """False: a roll-call did not list it, so it is no longer in force for this device."""
    withdrawn: bool = False
    """Replaced by an update or cancelled."""
    unconfirmed: bool = False
    alarm: Alarm = Alarm.NONE
    stale: bool = False
    """Its text is in languages that the device has given up: it has to be had again when, or before, it is in force."""
    struck: int | None = None
    """The number that it had before it was struck."""

    def is_in_force(self, now: int) -> bool:
        """Whether to show it as in force."""
        return self.listed and not self.withdrawn and self.expires > now and self.purpose is not Purpose.CANCEL


@dataclass(frozen=True, slots=True)
class Standing:
    """Where this reader stands, as its store keeps it. `marks` are the last cursors of the epochs that it was in."""

    epoch: int = 0
    cursor: int = 0
    as_of: int = 0
    held: frozenset[int] = frozenset()
    owes: bool = False
    unconfirmed: bool = False
    heard: int = 0
    marks: tuple[tuple[int, int], ...] = ()
    languages: tuple[str, ...] = ()
    languages_due: bool = field(default=False)
    """The languages changed and not everything in force is here in them yet."""
    welcomed: int = 0
    """The opening of this store that a hub welcomed last: it says who goes on from whom. 0: none."""

    def position(self) -> Position:
        """What is said to the hub. While a roll-call is owed, nothing is said to be held above the cursor."""
        held = () if self.owes else tuple(sorted(self.held))
        return Position(self.epoch, self.cursor, self.as_of, held, self.owes, self.unconfirmed, self.heard)

    def earlier(self) -> tuple[int, int]:
        """The last cursor of the epoch before the position's; (0, 0) where there is none."""
        before = [mark for mark in self.marks if mark[0] != self.epoch]
        return before[-1] if before else (0, 0)


class Decoder(Protocol):
    """Reads an item. Raises RemoteProtocolError or InvalidAlertError: the item cannot be used."""

    def __call__(self, raw: bytes, epoch: int, number: int) -> Arrival: ...


class Rows(Protocol):
    """A device's store within one transaction."""

    def standing(self) -> Standing:
        """Where this reader stands."""
        ...

    def set_standing(self, standing: Standing) -> None:
        """Write where this reader stands."""
        ...

    def get(self, key: str) -> Row | None:
        """The row of an alert."""
        ...

    def has(self, epoch: int, number: int) -> bool:
        """Whether this entry is here, in the inbox or in quarantine."""
        ...

    def put(self, row: Row) -> None:
        """Write a row."""
        ...

    def numbered(self) -> Iterable[Row]:
        """All rows that have a number."""
        ...

    def struck(self) -> Iterable[Row]:
        """All rows whose number was struck; each says which."""
        ...

    def has_unconfirmed(self) -> bool:
        """Whether any row is marked unconfirmed."""
        ...

    def is_withdrawn(self, key: str) -> bool:
        """Whether a withdrawal of this alert has arrived, be the alert here or not."""
        ...

    def set_withdrawn(self, key: str, withdrawn: bool) -> None:
        """Remember (or forget) a withdrawal; the row, where there is one, follows."""
        ...

    def note_try(self, epoch: int, number: int, raw: bytes) -> int:
        """Keep a raw item before it is decoded; how often that has now been begun."""
        ...

    def forget_try(self, epoch: int, number: int) -> None:
        """The item was decoded, or is in quarantine."""
        ...

    def quarantine(self, epoch: int, number: int, raw: bytes, reason: str) -> None:
        """Keep what cannot be used, with the reason, and write that to the outbox for the hub."""
        ...

    def report_lost(self, keys: list[str]) -> None:
        """Write to the outbox that the hub's log lost these alerts."""
        ...


def welcome(rows: Rows, opening: int) -> None:
    """A hub has welcomed this opening of the store; to be committed before anything is said to it."""
    if rows.standing().welcomed != opening:
        rows.set_standing(replace(rows.standing(), welcomed=opening))


def begin_items(rows: Rows, command: KeepItems) -> dict[int, int]:
    """First commit of two: the raw items with their count of tries, before anything is decoded."""
    cursor = rows.standing().cursor
    return {
        number: rows.note_try(command.epoch, number, raw)
        for number, raw in command.items
        if _is_new(rows, command, number, cursor)
    }


def keep_items(rows: Rows, command: KeepItems, tries: dict[int, int], decode: Decoder) -> DeviceOutcome:
    """Second commit of two: the items, decoded, and the position that they lead to."""
    standing = rows.standing()
    outcome = DeviceOutcome(standing.position())
    for number, raw in command.items:
        if number in tries:
            _keep_item(rows, command, number, raw, tries[number], decode, outcome)
            rows.forget_try(command.epoch, number)
    standing = _advance(standing, command)
    if standing.unconfirmed:
        standing = replace(standing, unconfirmed=rows.has_unconfirmed())
    rows.set_standing(standing)
    outcome.position = standing.position()
    return outcome


def _is_new(rows: Rows, command: KeepItems, number: int, cursor: int) -> bool:
    if command.wanted:
        return True
    if command.upto is not None and number <= cursor:
        return False
    return not rows.has(command.epoch, number)


def _keep_item(
    rows: Rows, command: KeepItems, number: int, raw: bytes, tries: int, decode: Decoder, outcome: DeviceOutcome
) -> None:
    if tries > limits.TRIES_MAX:
        reason = f"decoding it brought the reader down {tries - 1} times"
    else:
        try:
            _take(rows, decode(raw, command.epoch, number), command, number, raw, outcome)
            return
        except (RemoteProtocolError, InvalidAlertError) as error:
            reason = str(error)
    rows.quarantine(command.epoch, number, raw, reason)
    outcome.quarantined.append((command.epoch, number, reason))


def _take(rows: Rows, arrival: Arrival, command: KeepItems, number: int, raw: bytes, outcome: DeviceOutcome) -> None:
    for key in sorted(arrival.replaces):
        _withdraw(rows, key, command.now, outcome)
    if arrival.key is None:
        return
    row = rows.get(arrival.key)
    withdrawn = rows.is_withdrawn(arrival.key)
    if withdrawn and _is_newest_word(rows.standing(), command):
        rows.set_withdrawn(arrival.key, False)
        withdrawn = False
    is_shown = not withdrawn and arrival.expires > command.now and arrival.purpose is not Purpose.CANCEL
    alarm = row.alarm if row else Alarm.NONE
    if alarm is Alarm.NONE and is_shown:
        alarm = Alarm.DUE
    (outcome.changed if row else outcome.arrived).append(arrival.key)
    rows.put(
        Row(
            *(arrival.key, command.epoch, number, arrival.purpose, arrival.urgency, arrival.expires, raw),
            withdrawn=withdrawn,
            alarm=alarm,
        )
    )


def _is_newest_word(standing: Standing, command: KeepItems) -> bool:
    """Whether the hub knew all that this reader was ever judged by when it sent the alert as in force.

    Then a withdrawal that is known here came from a number that the hub's log has lost. A source that knew less (a relay
    that is behind, a bundle) undoes nothing.
    """
    return command.wanted or standing.owes or command.as_of >= standing.as_of


def _withdraw(rows: Rows, key: str, now: int, outcome: DeviceOutcome) -> None:
    row = rows.get(key)
    if row and row.is_in_force(now):
        outcome.withdrawn.append(key)
    rows.set_withdrawn(key, True)


def _advance(standing: Standing, command: KeepItems) -> Standing:
    if command.wanted:
        return standing
    numbers = frozenset(number for number, _ in command.items)
    if command.upto is None:
        standing = replace(standing, held=standing.held | numbers, heard=command.now)
    else:
        assert command.upto >= standing.cursor, "the cursor never moves back"
        standing = replace(
            standing,
            cursor=command.upto,
            held=frozenset(number for number in standing.held if number > command.upto),
            marks=_marked(standing.marks, command.epoch, command.upto),
            heard=command.now,
        )
    if not standing.owes and (command.as_of >= standing.as_of or standing.epoch == 0):
        standing = replace(standing, epoch=command.as_of_epoch, as_of=command.as_of)
    return standing


def _marked(marks: tuple[tuple[int, int], ...], epoch: int, cursor: int) -> tuple[tuple[int, int], ...]:
    others = tuple(mark for mark in marks if mark[0] != epoch)
    return (*others, (epoch, cursor))[-limits.MARKS_MAX :]


# -- the roll-call ----------------------------------------------------------------------------------------------------


def owe_roll_call(rows: Rows, command: OweRollCall) -> DeviceOutcome:
    """The list is here: owe it durably, and say what of it is lacking and whose epochs have to be asked about."""
    standing = replace(rows.standing(), owes=True, held=frozenset())
    rows.set_standing(standing)
    asleep = _asleep(rows, command.now)
    lacking = tuple(
        (epoch, missing)
        for epoch, numbers in command.groups
        if (missing := tuple(n for n in numbers if (epoch, n) in asleep or not rows.has(epoch, n)))
    )
    listed = _pairs(command.groups)
    outcome = DeviceOutcome(standing.position(), lacking=lacking)
    epochs = {
        row.epoch for row in rows.numbered() if (row.epoch, row.number) not in listed and row.expires > command.now
    }
    epochs |= {row.epoch for row in rows.struck() if row.expires > command.now}
    epochs |= {epoch for epoch, _ in standing.marks}
    outcome.epochs = tuple(sorted(epochs))[: limits.EPOCHS_ASKED_MAX]
    return outcome


def _asleep(rows: Rows, now: int) -> set[tuple[int, int | None]]:
    """What is here but not in force, or in languages that were given up.

    Where the list has it, it is had again. What is withdrawn comes back by an item only, which cannot overtake a newer
    withdrawal. What has been had again is asleep no more, so a link that breaks repeats only the list.
    """
    return {(row.epoch, row.number) for row in rows.numbered() if row.stale or not row.is_in_force(now)}


def finish_roll_call(rows: Rows, command: FinishRollCall) -> DeviceOutcome:
    """Everything that a roll-call says, in one commit."""
    standing = rows.standing()
    outcome = DeviceOutcome(standing.position())
    listed, ends = _pairs(command.groups), dict(command.ends)
    for row in list(rows.numbered()):
        assert row.number is not None, "numbered rows have numbers"
        if (row.epoch, row.number) in listed:
            _revive(rows, row, command.now, outcome)
        elif row.epoch in command.asked and row.number > ends.get(row.epoch, -1):
            _strike(rows, row, command.now, outcome)
        elif row.number <= command.upto:
            _end(rows, row, command.now, outcome)
    for row in list(rows.struck()):  # those that the hub's log has again: a newer copy was put back
        assert row.struck is not None, "struck rows say which number they had"
        if row.epoch in command.asked and row.struck <= min(ends.get(row.epoch, -1), command.upto):
            row = replace(row, number=row.struck, struck=None, unconfirmed=False)
            rows.put(row)
            (_revive if (row.epoch, row.number) in listed else _end)(rows, row, command.now, outcome)
    if outcome.lost:
        rows.report_lost(outcome.lost)
    surviving = tuple((epoch, min(cursor, ends[epoch])) for epoch, cursor in standing.marks if epoch in ends)
    standing = replace(
        standing,
        epoch=command.as_of_epoch,
        cursor=command.upto,
        as_of=command.as_of,
        held=frozenset(number for number in standing.held if number > command.upto),
        owes=False,
        unconfirmed=rows.has_unconfirmed(),
        heard=command.now,
        marks=_marked(surviving, command.epoch, command.upto),
    )
    rows.set_standing(standing)
    outcome.position = standing.position()
    return outcome


def _pairs(groups: Iterable[Group]) -> set[tuple[int, int | None]]:
    return {(epoch, number) for epoch, numbers in groups for number in numbers}


def _revive(rows: Rows, row: Row, now: int, outcome: DeviceOutcome) -> None:
    row = replace(row, listed=True, unconfirmed=False)
    if row.alarm is Alarm.NONE and row.is_in_force(now):
        row = replace(row, alarm=Alarm.DUE)
        outcome.changed.append(row.key)
    rows.put(row)


def _strike(rows: Rows, row: Row, now: int, outcome: DeviceOutcome) -> None:
    """A number of a lost epoch: the alert stays, known by its identity. Unconfirmed whatever the time: that may be wrong."""
    if row.is_in_force(now):
        outcome.lost.append(row.key)
    rows.put(replace(row, number=None, struck=row.number, unconfirmed=row.is_in_force(row.expires - 1)))


def _end(rows: Rows, row: Row, now: int, outcome: DeviceOutcome) -> None:
    if row.is_in_force(now):
        outcome.ended.append(row.key)
    if row.listed:
        rows.put(replace(row, listed=False))


# -- languages --------------------------------------------------------------------------------------------------------


def set_languages(rows: Rows, command: SetLanguages) -> DeviceOutcome:
    """Take other languages, and say what is in force and has to be had again in them."""
    standing = rows.standing()
    if command.languages is not None and command.languages != standing.languages:
        standing = replace(standing, languages=command.languages, languages_due=True)
        for row in list(rows.numbered()):
            rows.put(replace(row, stale=True))
    groups: dict[int, list[int]] = {}
    if standing.languages_due:
        # What has expired by this time is in force again by an earlier one, which makes a roll-call due: it is had again then.
        standing = replace(standing, heard=max(standing.heard, command.now))
        rows.set_standing(standing)
        for row in rows.numbered():
            if row.stale and row.is_in_force(command.now) and row.number is not None:
                groups.setdefault(row.epoch, []).append(row.number)
    lacking = tuple((epoch, tuple(sorted(numbers))) for epoch, numbers in groups.items())
    return DeviceOutcome(standing.position(), lacking=lacking)


def languages_done(rows: Rows, _: LanguagesDone) -> DeviceOutcome:
    """Everything in force is here in the device's languages."""
    standing = replace(rows.standing(), languages_due=False)
    rows.set_standing(standing)
    return DeviceOutcome(standing.position())
