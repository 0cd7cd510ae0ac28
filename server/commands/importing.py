"""Files that are imported: sent to the hub as they are, and what it says about them, by row and column."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from alerts.errors import UserError
from server.commands import output
from server.commands.hub_api import HubApi

SHOWN_MAX = 50
CSV = "text/csv"


def read_file(file: Path) -> bytes:
    """What is in a file. Raises UserError."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "Check the name and the right to read it.") from None


def import_table(api: HubApi, kind: str, data: bytes, *, dry_run: bool) -> dict[str, Any]:
    """Import a table of areas, facilities or devices."""
    found: dict[str, Any] = api.post(f"/v1/imports/{kind}", content=data, media_type=CSV, dry_run=dry_run)
    return found


def print_table(api: HubApi, kind: str) -> None:
    """Print such a table of what there is."""
    sys.stdout.write(api.text(f"/v1/exports/{kind}", CSV).removeprefix("\ufeff"))


def show(found: dict[str, Any], what: str, *, json: bool) -> int:
    """Print what an import did, or would do; the exit code. `what`: areas, devices, …"""
    output.answer(found, lambda found: _say(found, what), json=json)
    return 1 if found["error_count"] else 0


def _say(found: dict[str, Any], what: str) -> None:
    if not found["done"]:
        _preview(found)
    for error in found["errors"][:SHOWN_MAX]:
        output.say(_error(error))
    if found["error_count"]:
        output.say(
            f"{found['error_count']} errors" + ("." if found["done"] else ": as it is, nothing would be imported.")
        )
        return
    counted = f"{found['new']} new, {found['changed']} changed, {found['unchanged']} as they are"
    output.say(f"{found['rows']} {what} imported: {counted}." if found["done"] else f"It would be {counted}.")
    output.notes(f"the column {column!r} is not known and was not read" for column in found["ignored"])


def _preview(found: dict[str, Any]) -> None:
    for change in found["changes"][:SHOWN_MAX]:
        if change["is_new"]:
            output.say(f"new      {change['key']}  {change['name']}")
        for field in change["fields"] if not change["is_new"] else ():
            output.say(f"changed  {change['key']}  {field['column']}: {field['old']!r} to {field['new']!r}")
    if len(found["changes"]) > SHOWN_MAX:
        output.say(f"… and {found['new'] + found['changed'] - SHOWN_MAX} more")


def _error(error: dict[str, Any]) -> str:
    where = f"row {error['row']}" + (f", {error['column']}" if error["column"] else "")
    value = f" {error['value']!r}:" if error["value"] else ""
    return f"{where}:{value} {error['problem']}; needed: {error['expected']}"
