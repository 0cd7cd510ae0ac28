"""`tocsin-field`: one line here for each command; the commands stand in `client/commands/`."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from cyclopts import App, CycloptsError

from alerts.errors import UserError
from client.exits import ExitCode

INTERRUPTED = 130
"""What shells expect of a command that Ctrl-C ended before it was done."""

app = App(
    name="tocsin-field",
    help="The field side of Tocsin: receives health alerts over links that barely work, and tells the hub who has acted.",
    version=version("tocsin"),
)

COMMANDS = {
    "join": "Join a hub with a one-time code.",
    "run": "Keep the link to the hub and show what arrives, until Ctrl-C.",
    "inbox": "List the alerts in force, the most urgent first.",
    "show": "Show one alert. The hub is told that it was seen, but not by --xml and --json.",
    "ack": "Acknowledge alerts. Offline that is queued, and sent once when there is a link.",
    "answer": "Answer the question of an alert. Offline that is queued, and sent once when there is a link.",
    "status": "Show who this device is, what it holds, and what is still to go to the hub.",
    "completion": "Print a completion script for a shell.",
}
for _name, _help in COMMANDS.items():  # by import path, so that a command loads only what it needs itself
    app.command(f"client.commands.{_name}:{_name}", name=_name, help=_help)


@contextmanager
def _tornado_is_quiet() -> Iterator[None]:
    """Tornado warns on standard error of a certificate that is not to be trusted, which we tell in words."""
    logger = logging.getLogger("tornado.general")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def main(tokens: Sequence[str] | None = None) -> None:
    """Run one command and exit. What cannot be done is told in words, with a hint and the error's exit code."""
    try:
        with _tornado_is_quiet():
            app(tokens, exit_on_error=False)
    except CycloptsError:
        sys.exit(ExitCode.USAGE)  # cyclopts has told what is wrong
    except UserError as error:
        sys.stderr.write(f"tocsin-field: {error}\n")
        if error.hint:
            sys.stderr.write(f"  {error.hint}\n")
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else the last flush fails again, aloud
        sys.exit(ExitCode.DONE)
