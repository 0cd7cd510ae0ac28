"""`tocsin-field ack`: a person acknowledges alerts, online or not."""

from __future__ import annotations

import sys

from alerts.wire.uplink import ReceiptState
from client.settings import Data, open_store


def ack(alert: str, *more: str, data: Data = None) -> None:
    """Acknowledge alerts. Offline that is queued, and sent once when there is a link.

    Parameters
    ----------
    alert
        Its number as `inbox` shows it, its identifier, or "sender,identifier".
    more
        More alerts.
    """
    store = open_store(data)
    try:
        found = [store.find(name) for name in (alert, *more)]  # nothing is acknowledged where one name is wrong
        for entry in found:
            done = store.give_receipt(entry.key, ReceiptState.ACKNOWLEDGED)
            state = "the hub has it" if done.is_receipt_stored else "queued for the hub"
            sys.stdout.write(f"{done.number} {done.identifier}: acknowledged, {state}\n")
    finally:
        store.close()
