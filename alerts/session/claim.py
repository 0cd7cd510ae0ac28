"""What the hub may say that a device has: the position that the device stated, less what it was spared.

A cursor alone would claim too much: a device that was offline while an alert was published and cancelled passes its number
without ever having had it. So beside the position stands the list of numbers that the device was spared. Where the
hub cannot know (a confirmation that was lost with its connection), it claims less, never more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from alerts.audience import Reader, is_for
from alerts.session.log import Entry, Form, Log, Purpose
from alerts.session.position import Position


@dataclass(frozen=True, slots=True)
class Claim:
    """The hub's row for a device: the newest position stated, by which opening of its store, and what it was spared."""

    opening: int = 0
    epoch: int = 0
    cursor: int = 0
    as_of: int = 0
    held: tuple[int, ...] = ()
    spared: frozenset[int] = frozenset()

    def has(self, number: int) -> bool:
        """Whether the device has said that it stored the entry, as far as it was addressed to it."""
        return (number <= self.cursor or number in self.held) and number not in self.spared


def spares(entry: Entry, form: Form | None) -> bool:
    """Whether a reader in the entry's own audience that was sent this form did without the alert itself."""
    return form is not Form.FULL and not (entry.purpose is Purpose.CANCEL and form is Form.WITHDRAWAL)


def at_handshake(
    claim: Claim, opening: int, position: Position, earlier: tuple[int, int], log: Log, reader: Reader, now: int
) -> Claim:
    """The row after a handshake: the position stated where it lies on the path, else the cursor of the epoch before, else 0.

    What lies between the old row and a higher position was confirmed on a connection that did not live to say so; of
    that, only what cannot have been spared is claimed.
    """
    if log.counts(position.epoch, position.as_of):
        epoch, cursor, as_of, held = position.epoch, position.cursor, position.as_of, position.held
    elif earlier[0] and log.path.holds(earlier[0], earlier[1], log.head):
        epoch, cursor, as_of, held = earlier[0], earlier[1], earlier[1], ()
    else:
        return Claim(opening)
    doubtful = {
        entry.number
        for entry in log
        if (entry.number <= cursor or entry.number in held)
        and not (entry.number <= claim.cursor or entry.number in claim.held)
        and is_for(entry.audience, reader)
        and not log.is_current(entry, now)
    }
    return Claim(opening, epoch, cursor, as_of, held, claim.spared | doubtful)


def stored(claim: Claim, position: Position, spared: Iterable[int]) -> Claim:
    """The row after a `Stored`; `spared` are the numbers that the frames so confirmed passed over."""
    return replace(
        claim,
        epoch=position.epoch,
        cursor=position.cursor,
        as_of=position.as_of,
        held=position.held,
        spared=claim.spared.union(spared),
    )


def moved(claim: Claim, log: Log, before: Reader, after: Reader) -> Claim:
    """The row after a change of audience: what is newly addressed to the device it has not had yet."""
    newly = {entry.number for entry in log if is_for(entry.audience, after) and not is_for(entry.audience, before)}
    return replace(claim, spared=claim.spared | newly)


def rolled(claim: Claim, before: Claim, log: Log, reader: Reader, upto: int, listed: frozenset[int]) -> Claim:
    """The row once a roll-call up to `upto` is complete: beside what was listed, only what the device had before."""
    addressed = {entry.number for entry in log if entry.number <= upto and is_for(entry.audience, reader)}
    never_had = {number for number in addressed if not before.has(number)}
    return replace(claim, spared=(claim.spared | never_had) - listed)
