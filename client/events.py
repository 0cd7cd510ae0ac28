"""What a field client tells the application that embeds it.

Events tell what changes while the application listens; the inbox is the truth. What must not be missed is the alarm: it is
kept in the store as due until the application has taken it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from alerts.session.commits import DeviceOutcome
from alerts.wire.items import Urgency
from client.store import InboxEntry, Store
from client.trouble import Trouble


class LinkState(Enum):
    """Where the link to the hub is."""

    STOPPED = "stopped"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    WAITING = "waiting"
    """It comes back by itself."""
    REVOKED = "revoked"
    """It comes back only if it is told to."""


@dataclass(frozen=True, slots=True)
class AlertArrived:
    """An alert was stored for the first time."""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class AlertUpdated:
    """A known alert has other text, or is in force again. (A CAP Update is an alert of its own: it arrives.)"""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class AlertWithdrawn:
    """An alert is no longer in force: replaced or cancelled, or no longer for this device (`entry.state` says which)."""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class AlertUnconfirmed:
    """The hub's log lost this alert: it stays, marked so."""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Everything that the hub had for this device is here."""


@dataclass(frozen=True, slots=True)
class AlarmDue:
    """These alerts are in force and their alarm was never raised: raise one, for the worst of them, which comes first.

    It is recorded as raised when the application asks for the next event, or its callback has returned.
    """

    entries: tuple[InboxEntry, ...]

    @property
    def worst(self) -> Urgency:
        """The urgency of the worst of them."""
        return self.entries[0].urgency


@dataclass(frozen=True, slots=True)
class ReceiptsStored:
    """The hub has stored what people did here; `waiting` items are still to go."""

    waiting: int


@dataclass(frozen=True, slots=True)
class AnswerStored:
    """The hub has the answer that was given here to this alert (`entry.answer`, which says so if the hub cannot use it)."""

    entry: InboxEntry


@dataclass(frozen=True, slots=True)
class ItemQuarantined:
    """Something came from the hub that this version cannot use; it is kept, and ops are told."""

    epoch: int
    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ConnectionChanged:
    """The link is now here. `retry_s`: seconds until it comes back by itself; `words` for a person, "" while all is well."""

    state: LinkState
    trouble: Trouble | None = None
    words: str = ""
    retry_s: float | None = None


@dataclass(frozen=True, slots=True)
class EventsMissed:
    """The application did not keep up and so many events were dropped: read the inbox anew. No alarm is lost by this."""

    count: int


Event = (
    AlertArrived
    | AlertUpdated
    | AlertWithdrawn
    | AlertUnconfirmed
    | CaughtUp
    | AlarmDue
    | ReceiptsStored
    | AnswerStored
    | ItemQuarantined
    | ConnectionChanged
    | EventsMissed
)


def events_of(outcome: DeviceOutcome, store: Store) -> list[Event]:
    """What a commit led to, as events."""
    kinds: tuple[tuple[Callable[[InboxEntry], Event], list[str]], ...] = (
        (AlertWithdrawn, outcome.withdrawn + outcome.ended),
        (AlertUnconfirmed, outcome.lost),
        (AlertUpdated, outcome.changed),
        (AlertArrived, outcome.arrived),
    )
    events = [kind(entry) for kind, keys in kinds if keys for entry in store.some(keys)]
    return events + [ItemQuarantined(*quarantined) for quarantined in outcome.quarantined]
