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

# By import path, so that a command loads only what it needs itself.
app.command("netsim.commands.bench:bench", name="bench")
app.command("netsim.commands.chaos:chaos", name="chaos")
app.command("netsim.commands.demo:demo", name="demo")
app.command("netsim.commands.fault:fault", name="fault")
app.command("netsim.commands.faults:faults", name="faults")
app.command("netsim.commands.fleet:fleet", name="fleet")
app.command("netsim.commands.fuzz:fuzz", name="fuzz")
app.command("netsim.commands.profiles:profiles", name="profiles")
app.command("netsim.commands.proxy:proxy", name="proxy")
app.command("netsim.commands.report:report", name="report")
app.command("netsim.commands.sim:sim", name="sim")


def main() -> None:
    """The entry point. What a person asked for and cannot be done is told in words, with the error's exit code."""
    try:
        app()
    except UserError as error:
        sys.stderr.write(f"tocsin-netsim: {error}\n")
        if error.hint:
            sys.stderr.write(f"  {error.hint}\n")
        sys.exit(error.exit_code)
