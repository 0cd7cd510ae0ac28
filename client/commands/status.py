"""`tocsin-field status`: who this device is, what it holds, and what is still to go to the hub."""

from __future__ import annotations

import json as json_lines
import sys
from typing import Any

from filelock import FileLock, Timeout
from rich.console import Console

from alerts.dictionary.shipped import shipped
from client.field_client import LOCK
from client.settings import Data, Json, data_folder, open_store
from client.store import Store
from client.terminal.tables import status_table
from client.terminal.words import time_note


def status(*, json: Json = False, data: Data = None) -> None:
    """Show who this device is, what it holds, and what is still to go to the hub."""
    store = open_store(data)
    facts = _facts(store) | {"data": str(data_folder(data)), "link": _is_link_running(data)}
    time = store.hub_time()
    store.close()
    if json:
        sys.stdout.write(json_lines.dumps(facts) + "\n")
        return
    console = Console(highlight=False)
    console.print(status_table(facts))
    if note := time_note(time):
        console.print(note, style="yellow")


def _facts(store: Store) -> dict[str, Any]:
    identity, standing, time = store.identity(), store.standing(), store.hub_time()
    assert identity is not None, "open_store gives a store that has joined"
    entries = store.entries()
    return {
        "device": identity.device,
        "name": identity.name,
        "hub": identity.address,
        "languages": list(standing.languages),
        "epoch": standing.epoch,
        "cursor": standing.cursor,
        "roll_call_owed": standing.owes,
        "hub_time": time.now,
        "hub_time_exact": time.is_exact,
        "alerts": len(entries),
        "in_force": sum(entry.is_in_force for entry in entries),
        "unacknowledged": sum(entry.is_in_force and entry.receipt != 2 and not entry.answer for entry in entries),
        "unanswered": sum(entry.is_unanswered for entry in entries),
        "unconfirmed": sum(entry.is_unconfirmed for entry in entries),
        "waiting": store.waiting(),
        "dictionaries": [
            *(
                {"address": one.address.hex(), "state": one.state.name.lower(), "bytes": one.size, "there": one.there}
                for one in store.fetched()
            ),
            {"address": shipped().address.hex(), "state": "shipped", "bytes": len(shipped().data)},
        ],
        "refused": [{"number": number, "reason": reason} for _, number, reason in store.refusals()],
        "quarantined": [{"number": number, "reason": reason} for _, number, reason in store.quarantined()],
    }


def _is_link_running(data: Data) -> bool:
    """Whether another process runs this store's link."""
    lock = FileLock(data_folder(data) / LOCK, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False
