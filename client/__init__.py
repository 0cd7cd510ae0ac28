"""The field side: inbox and outbox on SQLite, and a link to the hub that comes back by itself."""

from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    AnswerStored,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    ItemQuarantined,
    LinkState,
    ReceiptsStored,
)
from client.field_client import FieldClient
from client.store import EntryState, Identity, InboxEntry, OwnAnswer, StoreError
from client.trouble import Trouble

__all__ = [
    "AlarmDue",
    "AlertArrived",
    "AlertUnconfirmed",
    "AlertUpdated",
    "AlertWithdrawn",
    "AnswerStored",
    "CaughtUp",
    "ConnectionChanged",
    "EntryState",
    "Event",
    "EventsMissed",
    "FieldClient",
    "Identity",
    "InboxEntry",
    "ItemQuarantined",
    "LinkState",
    "OwnAnswer",
    "ReceiptsStored",
    "StoreError",
    "Trouble",
]
