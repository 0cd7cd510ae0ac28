"""The field side: inbox and outbox on SQLite, and a link to the hub that comes back by itself."""

from client.events import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    AlertUpdated,
    AlertWithdrawn,
    CaughtUp,
    ConnectionChanged,
    Event,
    EventsMissed,
    ItemQuarantined,
    LinkState,
    ReceiptsStored,
)
from client.field_client import FieldClient
from client.store import EntryState, Identity, InboxEntry, StoreError
from client.trouble import Trouble

__all__ = [
    "AlarmDue",
    "AlertArrived",
    "AlertUnconfirmed",
    "AlertUpdated",
    "AlertWithdrawn",
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
    "ReceiptsStored",
    "StoreError",
    "Trouble",
]
