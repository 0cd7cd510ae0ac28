"""`tocsin-field show`: one alert in full, or as CAP XML."""

from __future__ import annotations

import sys
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console

from alerts.wire.uplink import ReceiptState
from client.settings import Data, Json, open_store
from client.terminal.lines import entry_line
from client.terminal.pages import alert_page
from client.terminal.words import time_note


def show(
    alert: str,
    *,
    xml: Annotated[bool, Parameter(name="--xml", negative=(), help="As a CAP 1.2 document.")] = False,
    json: Json = False,
    data: Data = None,
) -> None:
    """Show one alert. The hub is told that it was seen, but not by --xml and --json.

    Parameters
    ----------
    alert
        Its number as `inbox` shows it, its identifier, or "sender,identifier".
    """
    store = open_store(data)
    try:
        entry, time = store.find(alert), store.hub_time()
        if xml:
            sys.stdout.buffer.write(entry.to_xml(pretty=True))
        elif json:
            sys.stdout.write(entry_line(entry, with_alert=True))
        else:
            entry = store.give_receipt(entry.key, ReceiptState.SEEN)
            console = Console(highlight=False)
            console.print(alert_page(entry, time.now))
            if note := time_note(time):
                console.print(note, style="yellow")
    finally:
        store.close()
