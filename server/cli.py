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
# A command is a file in server/commands and its line here; by import path, so that each loads only what it needs itself.
app.command("server.commands.serve:serve", name="serve")
app.command("server.commands.token:app", name="token")
app.command("server.commands.device:app", name="device")
app.command("server.commands.area:app", name="area")
app.command("server.commands.backup:app", name="backup")
app.command("server.commands.restore:app", name="restore")
app.command("server.commands.cap:app", name="cap")
app.command("server.commands.openapi:openapi", name="openapi")


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
