"""`tocsin-hub dictionary`: train a dictionary on this hub's own alerts, list those that are here, choose which is in use."""

from __future__ import annotations

import json as json_text
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.dictionary.training import NotEnoughError
from alerts.errors import InvalidAlertError, UserError
from server.commands import output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.beside import Data, now, opened
from server.commands.data import DEFAULT
from server.commands.hub_api import part
from server.commands.output import Flag, Json
from server.dictionary.history import History, of_alerts, of_store
from server.dictionary.report import kept, report, size
from server.dictionary.trial import SIZES, Outcome, try_out
from server.store import dictionaries

app = App(name="dictionary", help="Dictionaries: train one on this hub's alerts, list, choose which is in use.")

AUTO = "auto"
KB = 1024
SIZE_KB_MIN, SIZE_KB_MAX = 4, 960
EXIT_NOT_WORTH_IT = 1


@app.command
def train(
    *files: Annotated[Path, Parameter(name="FILE")],
    size: str = AUTO,
    dry_run: Flag = False,
    with_restricted: Flag = False,
    data: Data = DEFAULT,
) -> int:
    """Train a dictionary on alerts that were sent before, and put it in use if it is worth its transfer.

    Without files it is trained on this hub's history, archived alerts too. Also while the hub runs, which then offers it to
    devices. Exits with 1, and changes nothing, if a device would pay more for it than it saves.

    Parameters
    ----------
    files
        CAP XML files, folders of them, or .jsonl files with an alert a line (the JSON of the API).
    size
        KB of text in it, or auto: several sizes are tried, and the one is taken that saves most in 90 days.
    dry_run
        Say what it would be worth, and change nothing.
    with_restricted
        Take alerts of scope Restricted too. Every device of this hub can read the dictionary. (Private ones are never taken.)
    """
    sizes = _sizes(size)
    if files:
        history = of_alerts(_alerts_of(files), with_restricted=with_restricted)
    else:
        with opened(data, is_reading=True) as db:
            history = of_store(db, now(), with_restricted=with_restricted)
    outcome = _try_out(history, sizes)
    sys.stdout.write(report(history, outcome))
    if not outcome.is_worth_it:
        return EXIT_NOT_WORTH_IT
    if not dry_run:
        best = outcome.best
        with opened(data) as db:
            dictionaries.keep(db, best.dictionary, best.measured, now())
        sys.stdout.write(kept(best))
    return 0


def _sizes(text: str) -> tuple[int, ...]:
    if text == AUTO:
        return SIZES
    if text.isascii() and text.isdecimal() and SIZE_KB_MIN <= int(text) <= SIZE_KB_MAX:
        return (int(text) * KB,)
    raise UserError(f"--size {text!r} is no size", f"Give KB from {SIZE_KB_MIN} to {SIZE_KB_MAX}, or auto.", 2)


def _try_out(history: History, sizes: tuple[int, ...]) -> Outcome:
    try:
        return try_out(history, sizes, made=history.now, told=_tell if sys.stderr.isatty() else lambda _: None)
    except NotEnoughError as error:
        hint = "Wait until the hub has sent more, or name files with alerts like those that it will send."
        left_out = f" ({history.left_out} are not for everybody and are left out)" if history.left_out else ""
        raise UserError(f"too little history: {error}{left_out}", hint) from None


def _tell(words: str) -> None:
    sys.stderr.write(f"trying {words} …\n")


# -- files ------------------------------------------------------------------------------------------------------------


TOLD_MAX = 5
"""What is no alert is named one by one up to here: a file of another form has thousands of lines that are none."""


class _PassedOver:
    """Names on standard error what is no alert, the first ones in full and the rest by their count."""

    def __init__(self) -> None:
        self._count = 0

    def tell(self, name: str, error: Exception) -> None:
        self._count += 1
        if self._count <= TOLD_MAX:
            sys.stderr.write(f"passed over: {name}: {str(error).splitlines()[0][:200]}\n")

    def end(self) -> None:
        if self._count > TOLD_MAX:
            sys.stderr.write(f"passed over: {self._count - TOLD_MAX:,} more that are no alerts\n")


def _alerts_of(files: tuple[Path, ...]) -> Iterator[Alert]:
    """The alerts of all files. What is no alert is named on standard error and passed over."""
    passed = _PassedOver()
    for file in files:
        if not file.exists():
            raise UserError(
                f"cannot read {file}: there is no such file", "Name CAP files, folders of them, or .jsonl.", 2
            )
        for one in sorted(file.rglob("*")) if file.is_dir() else [file]:
            if one.is_file() and (one == file or one.suffix.lower() in (".xml", ".cap", ".jsonl")):
                yield from _alerts_in(one, passed)
    passed.end()


def _alerts_in(file: Path, passed: _PassedOver) -> Iterator[Alert]:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "May this user read it?", 2) from None
    if file.suffix.lower() != ".jsonl":
        yield from _one(str(file), content, passed)
        return
    for number, line in enumerate(content.splitlines(), 1):
        if line.strip():
            yield from _one(f"{file}: line {number}", line, passed)


def _one(name: str, content: bytes, passed: _PassedOver) -> Iterator[Alert]:
    try:
        if content.lstrip()[:1] == b"{":
            yield Alert.from_json(json_text.loads(content), strict=False)
        else:
            yield from_xml(content).alert
    except (InvalidAlertError, ValueError) as error:
        passed.tell(name, error)


# -- which is in use --------------------------------------------------------------------------------------------------


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List the dictionaries that devices may have from this hub, with what was measured when they were trained."""
    with at_hub(where) as api:
        rows = api.get("/v1/dictionaries")["dictionaries"]
    headings = ("address", "size", "transfer", "trained", "on alerts", "bytes an alert", "in use")
    output.answer_rows(rows, headings, _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    is_in_use = "yes" if row["in_use"] else ""
    if row["shipped"]:
        return f"{row['address']} (shipped)", size(row["bytes"]), "–", "–", "–", "–", is_in_use
    return (
        *(row["address"], size(row["bytes"]), size(row["transfer"]), output.when(row["trained_at"])),
        *(str(row["alerts"]), f"{row['bytes_an_alert']} instead of {row['bytes_an_alert_shipped']}", is_in_use),
    )


@app.command
def use(
    address: Annotated[
        str,
        Parameter(
            name="ADDRESS", help="As listed, or the beginning of it; `shipped` is the one that every device has."
        ),
    ],
    /,
    *,
    where: Where = HERE,
) -> None:
    """Put a dictionary in use, for the connections that devices make from now on."""
    with at_hub(where) as api:
        found = api.post(f"/v1/dictionaries/{part(address)}/use")
    output.say(f"In use: {found['address']}. Devices that have another keep it until they have fetched this one.")
