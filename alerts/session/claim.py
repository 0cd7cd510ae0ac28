"""What the hub may say that a device has: the position that the device stated, less what it was spared.

A cursor alone would claim too much: a device that was offline while an alert was published and cancelled passes its number
without ever having had it. So beside the position stands which numbers the device was spared. Where the hub cannot know (a
confirmation that was lost with its connection, an alert that was over before the device came), it claims less, never more.

While the hub's time is earlier than one under which the row was judged (the clock was wrong, and was put right), what had
expired by that later time may have been spared too; until the next handshake settles it, that is not claimed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from alerts.audience import Reader, is_for
from alerts.session.log import Entry, Form, Log, Purpose
from alerts.session.position import Position
from alerts.session.spans import Spans, gaps


@dataclass(frozen=True, slots=True)
class Claim:
    """The hub's row for a device: the newest position stated, by which opening of its store, and what it was spared.

    `heard` is the latest of the hub's times, in seconds, under which the row was judged.
    """

    opening: int = 0
    epoch: int = 0
    cursor: int = 0
    as_of: int = 0
    held: tuple[int, ...] = ()
    spared: Spans = field(default_factory=Spans)
    heard: int = 0

    def has(self, number: int, expires: int, now: int) -> bool:
        """Whether the device has said that it stored the entry, as far as it was addressed to it."""
        was_expired = now < self.heard and expires <= self.heard
        return (number <= self.cursor or number in self.held) and number not in self.spared and not was_expired


def spares(entry: Entry, form: Form | None) -> bool:
    """Whether a reader in the entry's own audience that was sent this form did without the alert itself."""
    return form is not Form.FULL and not (entry.purpose is Purpose.CANCEL and form is Form.WITHDRAWAL)


def spared_between(log: Log, reader: Reader, after: int, upto: int, given: Collection[int]) -> Spans:
    """What a reader of (after, upto] that was given these numbers did without.

    A gap counts where something in it was for the reader, or is over and so no longer known. Gaps that hold only what is
    for others do not: who is not addressed needs no row that says so.
    """
    living = {entry.number: entry for entry in log.after(after) if entry.number <= upto}
    spared = gaps(after, upto, given)
    for_others = [
        (first, last)
        for first, last in spared.runs()
        if all(number in living and not is_for(living[number].audience, reader) for number in range(first, last + 1))
    ]
    return Spans(run for run in spared.runs() if run not in for_others) if for_others else spared


@dataclass(frozen=True, slots=True)
class Place:
    """What a handshake says of the store behind it: its opening, the one before that a hub welcomed (0: none, or this one),
    where it stands, and the last cursor of the epoch before as (epoch, cursor)."""

    opening: int
    before: int
    position: Position
    earlier: tuple[int, int] = (0, 0)


def at_handshake(claim: Claim, place: Place, log: Log, reader: Reader, now: int) -> Claim:
    """The row after a handshake: the position stated where it lies on the path, else the cursor of the epoch before, else 0.

    What lies between the old row and a higher position was confirmed on a connection that did not live to say so; of
    that, only what is in force still, and so cannot have been spared, is claimed (a cancel can have been: who never had the
    alert is not told).

    The row is about this store if it is of this opening, or of the one that this one goes on from and stands no higher. Else
    it is about another store, a copy put back or a clone, which may have been given what this one was spared: of what is over
    nothing is claimed then. Even of an opening that goes on, until its position is settled, nothing in force is: a copy
    that was made before a roll-call says that it goes on as well.
    """
    opening, position, earlier = place.opening, place.position, place.earlier
    if log.counts(position.epoch, position.as_of):
        epoch, cursor, as_of, held = position.epoch, position.cursor, position.as_of, position.held
        is_settled = cursor >= log.enrolled[reader.device].number and position.heard <= now and not position.owes
    elif earlier[0] and log.path.holds(earlier[0], earlier[1], log.head):
        epoch, cursor, as_of, held = earlier[0], earlier[1], earlier[1], ()
        is_settled = False
    else:
        return Claim(opening, heard=now)
    goes_on = place.before == claim.opening and cursor >= claim.cursor
    known = claim if opening == claim.opening or goes_on else Claim()
    is_stranger = opening != claim.opening and not is_settled
    mine = [entry for entry in log if is_for(entry.audience, reader)]
    sure = {entry.number for entry in mine if is_settled and log.in_force(entry, now)}
    unsure = Spans.of(
        entry.number
        for entry in mine
        if entry.number not in sure
        and (
            _was_over(entry, position, now)
            or not known.has(entry.number, entry.expires, now)
            or (is_stranger and log.in_force(entry, now))
        )
    )
    between = spared_between(log, reader, known.cursor, cursor, {*sure, *known.held})
    return Claim(opening, epoch, cursor, as_of, held, known.spared | between | unsure, now)


def _was_over(entry: Entry, position: Position, now: int) -> bool:
    """Whether the reader last stored under a later time than the hub's, by which the entry had expired: a roll-call is due."""
    return now < position.heard and entry.expires <= position.heard


def stored(claim: Claim, position: Position, spared: Iterable[Spans], now: int) -> Claim:
    """The row after a `Stored`; `spared` is what the frames so confirmed passed over."""
    together = claim.spared
    for spans in spared:
        together = together | spans
    return replace(
        claim,
        epoch=position.epoch,
        cursor=position.cursor,
        as_of=position.as_of,
        held=position.held,
        spared=together,
        heard=max(claim.heard, now),
    )


def moved(claim: Claim, log: Log, before: Reader, after: Reader) -> Claim:
    """The row after a change of audience: what is newly addressed to the device it has not had yet."""
    had = [
        entry.number
        for entry in log
        if is_for(entry.audience, before) and (entry.number <= claim.cursor or entry.number in claim.held)
    ]
    top = max((claim.cursor, *claim.held))
    newly = Spans.of(entry.number for entry in log if is_for(entry.audience, after) and entry.number not in had)
    return replace(claim, spared=claim.spared | gaps(0, top, had) | newly)


def rolled(claim: Claim, before: Claim, log: Log, reader: Reader, upto: int, listed: frozenset[int], now: int) -> Claim:
    """The row once a roll-call up to `upto` is complete: beside what was listed, only what the device had before."""
    mine = [entry for entry in log if entry.number <= upto and is_for(entry.audience, reader)]
    had = {entry.number for entry in mine if before.has(entry.number, entry.expires, now)}
    never_had = Spans.of(entry.number for entry in mine if entry.number not in had)
    between = spared_between(log, reader, before.cursor, upto, had)
    return replace(claim, spared=(claim.spared | never_had | between).without(listed), heard=now)
