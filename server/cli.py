"""`tocsin-hub`: the hub's command line."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from cyclopts import App
from rich.console import Console

from alerts.errors import UserError
from server.commands import cap

app = App(name="tocsin-hub", help="The hub: publishes health alerts to field devices over links that barely work.")
COMMANDS = (cap.app,)  # a command is a file in server/commands and its entry here
for command in COMMANDS:
    app.command(command)


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
