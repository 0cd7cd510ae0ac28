"""The states of the two halves of a downlink, and every transition there is. `docs/protocol.md` draws its pictures from here.

An event that a state does not list is an error that names both: the peer's (RemoteProtocolError) where a frame made it,
our caller's (LocalProtocolError) otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from alerts.errors import RemoteProtocolError


class Sending(Enum):
    """The half that owns the log (the hub's side of the downlink)."""

    FOLLOWING = "following"
    """The reader's position counts: it is sent what lies above its cursor."""
    ROLL_DUE = "roll-call due"
    """The position does not count, or an audience change lies ahead: nothing is sent before the list."""
    ROLLING = "rolling"
    """The list has been sent; the reader asks for what it lacks."""
    CLOSED = "closed"


class SenderEvent(Enum):
    """What happens to the sending half."""

    POSITION_COUNTS = "a position that counts was stated"
    POSITION_FAILS = "a position that does not count was stated"
    AUDIENCE_CHANGED = "the reader's audience changed above its cursor"
    LISTED = "the list was sent"
    WANTED = "the reader wants items"
    WANTED_LAST = "the reader wants nothing more"
    STORED = "the reader has stored"
    CLOSE = "the connection ends"


class Reading(Enum):
    """The half that reads (the device's side of the downlink)."""

    FOLLOWING = "following"
    """What follows the cursor is stored in its order."""
    OWING = "owing"
    """A roll-call is owed and its list has not arrived on this connection."""
    FETCHING = "fetching"
    """The list is here; what the store lacks is asked for."""
    FINISHING = "finishing"
    """Nothing is lacking; the word that all was sent has come or is awaited."""
    CLOSED = "closed"


class ReaderEvent(Enum):
    """What happens to the reading half."""

    DATA = "a data frame"
    GAP = "a data frame that begins above the cursor"
    AHEAD = "items out of their order"
    ROLL = "a roll-call list"
    OWE = "the reader finds that it owes a roll-call"
    ASKED_LAST = "the last of what is lacking was asked for"
    ROLLED = "the word that all that was wanted has been sent"
    CLOSE = "the connection ends"


SENDER_TRANSITIONS: dict[tuple[Sending, SenderEvent], Sending] = {
    (Sending.FOLLOWING, SenderEvent.POSITION_COUNTS): Sending.FOLLOWING,
    (Sending.FOLLOWING, SenderEvent.POSITION_FAILS): Sending.ROLL_DUE,
    (Sending.FOLLOWING, SenderEvent.AUDIENCE_CHANGED): Sending.ROLL_DUE,
    (Sending.FOLLOWING, SenderEvent.STORED): Sending.FOLLOWING,
    (Sending.FOLLOWING, SenderEvent.WANTED): Sending.FOLLOWING,
    (Sending.FOLLOWING, SenderEvent.CLOSE): Sending.CLOSED,
    (Sending.ROLL_DUE, SenderEvent.LISTED): Sending.ROLLING,
    (Sending.ROLL_DUE, SenderEvent.STORED): Sending.ROLL_DUE,
    (Sending.ROLL_DUE, SenderEvent.POSITION_COUNTS): Sending.FOLLOWING,
    (Sending.ROLL_DUE, SenderEvent.POSITION_FAILS): Sending.ROLL_DUE,
    (Sending.ROLL_DUE, SenderEvent.WANTED): Sending.ROLL_DUE,
    (Sending.ROLL_DUE, SenderEvent.CLOSE): Sending.CLOSED,
    (Sending.ROLLING, SenderEvent.WANTED): Sending.ROLLING,
    (Sending.ROLLING, SenderEvent.WANTED_LAST): Sending.FOLLOWING,
    (Sending.ROLLING, SenderEvent.STORED): Sending.ROLLING,
    (Sending.ROLLING, SenderEvent.POSITION_COUNTS): Sending.ROLLING,
    (Sending.ROLLING, SenderEvent.POSITION_FAILS): Sending.ROLLING,
    (Sending.ROLLING, SenderEvent.CLOSE): Sending.CLOSED,
    (Sending.CLOSED, SenderEvent.CLOSE): Sending.CLOSED,
}

READER_TRANSITIONS: dict[tuple[Reading, ReaderEvent], Reading] = {
    (Reading.FOLLOWING, ReaderEvent.DATA): Reading.FOLLOWING,
    (Reading.FOLLOWING, ReaderEvent.GAP): Reading.FOLLOWING,
    (Reading.FOLLOWING, ReaderEvent.AHEAD): Reading.FOLLOWING,
    (Reading.FOLLOWING, ReaderEvent.ROLL): Reading.FETCHING,
    (Reading.FOLLOWING, ReaderEvent.OWE): Reading.OWING,
    (Reading.FOLLOWING, ReaderEvent.CLOSE): Reading.CLOSED,
    (Reading.OWING, ReaderEvent.DATA): Reading.OWING,
    (Reading.OWING, ReaderEvent.GAP): Reading.OWING,
    (Reading.OWING, ReaderEvent.AHEAD): Reading.OWING,
    (Reading.OWING, ReaderEvent.OWE): Reading.OWING,
    (Reading.OWING, ReaderEvent.ROLL): Reading.FETCHING,
    (Reading.OWING, ReaderEvent.CLOSE): Reading.CLOSED,
    (Reading.FETCHING, ReaderEvent.AHEAD): Reading.FETCHING,
    (Reading.FETCHING, ReaderEvent.ASKED_LAST): Reading.FINISHING,
    (Reading.FETCHING, ReaderEvent.CLOSE): Reading.CLOSED,
    (Reading.FINISHING, ReaderEvent.AHEAD): Reading.FINISHING,
    (Reading.FINISHING, ReaderEvent.ROLLED): Reading.FOLLOWING,
    (Reading.FINISHING, ReaderEvent.CLOSE): Reading.CLOSED,
    (Reading.CLOSED, ReaderEvent.CLOSE): Reading.CLOSED,
}

State = TypeVar("State", bound=Enum)
Event = TypeVar("Event", bound=Enum)


def step(table: Mapping[tuple[State, Event], State], state: State, event: Event) -> State:
    """The next state.

    Raises RemoteProtocolError: the table has no such pair; names both.
    """
    try:
        return table[state, event]
    except KeyError:
        raise RemoteProtocolError(f"{event.value}: not expected while {state.value}") from None
