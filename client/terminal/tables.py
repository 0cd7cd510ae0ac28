"""Lists for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from client.store import InboxEntry
from client.terminal import words


def inbox_table(entries: Iterable[InboxEntry], now: int) -> Table:
    """Alerts, one a row; `now` is the hub's time."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    table.add_column("No.", justify="right", no_wrap=True)
    table.add_column("Severity", no_wrap=True)
    table.add_column("Alert", ratio=1, overflow="fold", min_width=20)
    table.add_column("Sent", no_wrap=True)
    table.add_column("State")
    table.add_column("You", no_wrap=True)
    for entry in entries:
        style = words.STYLES[entry.urgency] if entry.is_in_force else "dim"
        table.add_row(
            str(entry.number),
            Text(words.severity(entry), style=style),
            Text(words.title(entry.alert)),
            words.age(entry, now),
            words.state(entry, now),
            words.receipt(entry),
        )
    return table


def status_table(facts: Mapping[str, Any]) -> Table:
    """What `status` says, as words."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _status_rows(facts):
        table.add_row(name, Text(words.clean(str(value))))
    return table


def _status_rows(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    named = f" ({facts['name']})" if facts["name"] else ""
    rows = [
        ("device", f"{facts['device']}{named}"),
        ("hub", facts["hub"]),
        ("data", facts["data"]),
        ("link", "kept by another process" if facts["link"] else "not kept: tocsin-field run"),
        ("languages", ", ".join(facts["languages"]) or "the first of each alert"),
        (
            "alerts",
            f"{facts['in_force']} in force, {facts['unacknowledged']} of them not acknowledged; {facts['alerts']} in all",
        ),
        ("to the hub", f"{facts['waiting']} waiting"),
    ]
    rows += [("dictionary", words.dictionary(one)) for one in facts["dictionaries"]]
    if facts["unanswered"]:
        rows.append(("to answer", f"{facts['unanswered']} alerts ask for an answer: tocsin-field inbox"))
    if facts["roll_call_owed"]:
        rows.append(("roll-call", "owed: what is in force will be compared with the hub"))
    if facts["unconfirmed"]:
        rows.append(("unconfirmed", f"{facts['unconfirmed']} alerts that the hub no longer has"))
    rows += [("not usable", f"item {item['number']}: {item['reason']}") for item in facts["quarantined"]]
    rows += [("refused", f"item {item['number']}: {item['reason']}") for item in facts["refused"]]
    return rows
