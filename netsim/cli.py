"""`tocsin-netsim`: bad networks on demand. One line here for each command; the commands stand in `netsim/commands/`."""

from __future__ import annotations

import sys
from importlib.metadata import version

from cyclopts import App

from alerts.errors import UserError

app = App(
    name="tocsin-netsim",
    help="Bad networks on demand, and the proof that nothing is lost on them.",
    version=version("tocsin"),
)

COMMANDS = {
    "bench": "What Tocsin costs in round trips, bytes and time, measured.",
    "chaos": "Real hubs and devices under random faults and work, judged from their stores.",
    "demo": "Watch a hub, three field clients and bad links: real alerts, and a verdict.",
    "fault": "One fault in front of any service, for as long as it runs.",
    "faults": "The menu of faults: what each does, and what it needs.",
    "fleet": "A million devices at one hub, or below relays, counted second by second.",
    "fuzz": "Bytes from nowhere into every decoder that bytes from the network reach.",
    "profiles": "Links of the field: list them, show one with its sources, check your own.",
    "proxy": "A server that speaks Toxiproxy's API, for any Toxiproxy client.",
    "report": "The page of a campaign, from its record.",
    "sim": "Thousands of hours of bad luck in virtual time, judged after every step.",
}
for _name, _help in COMMANDS.items():  # by import path, so that a command loads only what it needs itself
    app.command(f"netsim.commands.{_name}:{_name}", name=_name, help=_help)


def main() -> None:
    """The entry point. What a person asked for and cannot be done is told in words, with the error's exit code."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"tocsin-netsim: {error}\n")
        if error.hint:
            sys.stderr.write(f"  {error.hint}\n")
        sys.exit(error.exit_code)
