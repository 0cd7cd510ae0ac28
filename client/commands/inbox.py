"""`tocsin-field inbox`: what is in force, or everything that ever came."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from client.settings import Data, Json, open_store
from client.terminal.lines import entry_line
from client.terminal.tables import inbox_table
from client.terminal.words import time_note


def inbox(
    *,
    all: Annotated[bool, Parameter(name="--all", negative=(), help="Also what is no longer in force.")] = False,
    json: Json = False,
    data: Data = None,
) -> None:
    """List the alerts in force, the most urgent first."""
    store = open_store(data)
    entries = [entry for entry in store.entries() if all or entry.is_in_force]
    time = store.hub_time()
    store.close()
    if json:
        sys.stdout.writelines(entry_line(entry) for entry in entries)
        return
    console = Console(highlight=False)
    if entries:
        console.print(inbox_table(entries, time.now))
    else:
        console.print("Nothing has arrived yet." if all else "No alert is in force for this device.")
    if note := time_note(time):
        console.print(note, style="yellow")
