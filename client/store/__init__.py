"""What a field device keeps: the inbox, the outbox, where it stands in the hub's log, and who it is."""

from client.store.database import StoreError
from client.store.identity import Identity
from client.store.inbox import EntryState, InboxEntry, OwnAnswer
from client.store.store import Store

__all__ = ["EntryState", "Identity", "InboxEntry", "OwnAnswer", "Store", "StoreError"]
