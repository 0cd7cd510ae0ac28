"""`tocsin-hub`: the hub's command line."""

from __future__ import annotations

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
COMMANDS = {
    "serve:serve": "Run the hub until SIGTERM or Ctrl-C.",
    "token:app": "Tokens for the API: make, list, revoke.",
    "device:app": "Devices: make an enrolment code, list, revoke.",
    "area:app": "The list of areas: import, list.",
    "dictionary:app": "Dictionaries: train one on this hub's alerts, list, choose which is in use.",
    "cap:app": "Check CAP files, and see what Tocsin would publish of them.",
    "backup:app": "Copy the hub's database into a file, while the hub serves or while it does not.",
    "restore:app": "Put a backup in the place of the hub's database.",
    "openapi:openapi": "Print the API's description (OpenAPI 3.1).",
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


def _say(error: UserError) -> None:
    console = Console(stderr=True, soft_wrap=True, highlight=False)
    console.print("[bold red]error:[/]", end=" ")
    console.print(str(error), markup=False)
    if error.hint:
        console.print(f"  {error.hint}", markup=False)
