"""`tocsin-hub`: the hub's command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import version

from cyclopts import App
from rich.console import Console

from alerts.errors import UserError

app = App(
    name="tocsin-hub",
    help="The hub: publishes health alerts to field devices over links that barely work.",
    version=version("tocsin"),
)
INTERRUPTED = 130
"""What shells expect of a command that Ctrl-C ended before it was done."""

COMMANDS = {
    "serve:serve": "Run the hub until SIGTERM or Ctrl-C.",
    "alert:app": "Alerts: publish, update, cancel, list, show; who has one, what was answered, what comes.",
    "template:app": "Templates: alerts for the common cases, with blanks to fill.",
    "device:app": "Devices: import, print enrolment codes, list, show, move, rename, revoke.",
    "draft:app": "Drafts: alerts before they are published; hand in, approve, reject, publish now or at a time.",
    "token:app": "Tokens for the API: make, list, revoke.",
    "area:app": "Areas and facilities: import, export, list; outlines, the map, what lies in a polygon.",
    "audit:app": "The audit log, who has decided what: list, export, verify.",
    "person:app": "People with an account for the console: add, change, close, sign out.",
    "feed:app": "CAP feeds that the hub reads: add, change, poll; approve or reject what they bring.",
    "contact:app": "Contacts: whom rules can tell, by SMS, mail or chat.",
    "rule:app": "Rules: who is told when devices do not act in time, and who was.",
    "dictionary:app": "Dictionaries: train one on this hub's alerts, list, choose which is in use.",
    "webhook:app": "Webhooks: have every event delivered to another machine.",
    "events:events": "List what has happened, or follow what happens.",
    "situation:situation": "Everything at a glance: what is in force, how far it has come, what waits, what fails.",
    "silence:silence": "List what is quieter than its own usual.",
    "quarantine:quarantine": "List what could not be used, and by whom.",
    "cap:app": "Check CAP files, and see what Tocsin would publish of them.",
    "backup:app": "Copy the hub's database into a file, while the hub serves or while it does not.",
    "restore:app": "Put a backup in the place of the hub's database.",
    "openapi:openapi": "Print the API's description (OpenAPI 3.1).",
    "completion:completion": "Print a completion script for a shell.",
}
for _where, _help in COMMANDS.items():  # by import path, so that a command loads only what it needs itself
    app.command(f"server.commands.{_where}", name=_where.partition(":")[0], help=_help)


def main(tokens: Sequence[str] | None = None) -> None:
    """Run one command and exit; what a person can mend is said in words, with a hint, and never as a traceback."""
    try:
        app(tokens)
    except UserError as error:
        _say(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the last flush fails again, aloud
        sys.exit(0)


def _say(error: UserError) -> None:
    from server.commands.output import plain_lines

    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print("[bold red]error:[/]", end=" ")
    console.print(plain_lines(str(error)), markup=False)
    if error.hint:
        console.print(f"  {plain_lines(error.hint)}", markup=False)
