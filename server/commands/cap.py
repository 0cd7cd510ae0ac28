"""`tocsin-hub cap`: what is wrong in a CAP file and where, and what Tocsin would publish of it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter
from rich.console import Console
from rich.text import Text

from alerts.cap.from_xml import Embedded, Reading, embedded_alerts, from_xml
from alerts.cap.language import UNSTATED
from alerts.cap.model import Alert
from alerts.cap.rules import Remark, remarks
from alerts.cap.to_xml import to_xml
from alerts.errors import InvalidAlertError, UserError, Violation

app = App(name="cap", help="Check CAP files, and see what Tocsin would publish of them.")

STDIN = "-"
FILE_BYTES_MAX = 16 * 1024 * 1024  # a feed may hold many alerts
EXIT_REFUSED = 1
EXIT_UNREADABLE = 2


@dataclass(frozen=True)
class Judged:
    """One alert of a file: its name on the screen, and the alert or all that is wrong with it."""

    name: str
    outcome: Reading | InvalidAlertError


@app.command
def check(
    *files: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)],
    strict: Annotated[bool, Parameter(negative=())] = False,
) -> int:
    """Say what is wrong in each file, and where.

    Exits with 0 if every alert would be published, with 1 if one would be refused, with 2 if a file cannot be read.
    Files are CAP XML 1.2 or 1.1, Tocsin's JSON, or Atom, RSS and EDXL-DE with CAP inside: each alert in there is checked.

    Parameters
    ----------
    files
        What to check; `-` is standard input.
    strict
        Take remarks for violations too.
    """
    if not files:
        raise UserError("no file to check", "Name one or more files, or - for standard input.", EXIT_UNREADABLE)
    for file in files:
        _check_option(file)
    judged, unread = _judge_all(files)
    console = Console(soft_wrap=True, highlight=False)
    for one in judged:
        _show(console, one)
    refused = sum(isinstance(one.outcome, InvalidAlertError) for one in judged)
    remarked = sum(isinstance(one.outcome, Reading) and bool(one.outcome.remarks) for one in judged)
    if len(judged) > 1:
        console.print(
            f"\n{len(judged)} alerts: {len(judged) - refused} fine, {remarked} of them with remarks; {refused} refused"
        )
    if unread:
        raise UserError("; ".join(map(str, unread)), unread[0].hint, EXIT_UNREADABLE)
    return EXIT_REFUSED if refused or (strict and remarked) else 0


@app.command
def convert(
    file: Annotated[str, Parameter(name="FILE", allow_leading_hyphen=True)], /, *, to: Literal["xml", "json"] = "xml"
) -> int:
    """Print what Tocsin would publish of a file; what there is to say about it goes to standard error.

    Parameters
    ----------
    file
        A file with one CAP alert, as XML or as Tocsin's JSON; `-` is standard input.
    to
        CAP 1.2 XML, or the JSON that the API takes as `alert`.
    """
    _check_option(file)
    outcome = _outcome(_reader(_bytes_of(file)))
    if isinstance(outcome, InvalidAlertError) or outcome.remarks:
        _show(Console(stderr=True, soft_wrap=True, highlight=False), Judged(_name(file), outcome))
    if isinstance(outcome, InvalidAlertError):
        return EXIT_REFUSED
    sys.stdout.write(_written(outcome.alert, to))
    return 0


def _written(alert: Alert, to: str) -> str:
    if to == "json":
        return json.dumps(alert.to_json(), indent=2, ensure_ascii=False) + "\n"
    return to_xml(alert, pretty=True).decode()


# -- reading ----------------------------------------------------------------------------------------------------------


def _judge_all(files: Sequence[str]) -> tuple[list[Judged], list[UserError]]:
    """The alerts of all files, and why a file cannot be read: the others are judged all the same."""
    judged, unread = list[Judged](), list[UserError]()
    for file in files:
        try:
            judged += _judge(_name(file), _bytes_of(file))
        except UserError as error:
            unread.append(error)
    return judged, unread


def _judge(name: str, data: bytes) -> Iterator[Judged]:
    """The alerts of a file: the file itself, or each that is inside it."""
    inside = [] if _is_json(data) else _embedded(data)
    if not inside or inside[0].path == "alert":
        yield Judged(name, _outcome(_reader(data)))
        return
    for one in inside:
        yield Judged(f"{name}: {one.path} (line {one.line})", _outcome(one.read))


def _embedded(data: bytes) -> list[Embedded]:
    try:
        return embedded_alerts(data, bytes_max=FILE_BYTES_MAX)
    except InvalidAlertError:
        return []  # then the file as a whole is judged, and that says why


def _outcome(read: Callable[[], Reading]) -> Reading | InvalidAlertError:
    try:
        return read()
    except InvalidAlertError as error:
        return error


def _reader(data: bytes) -> Callable[[], Reading]:
    return lambda: _from_json(data) if _is_json(data) else from_xml(data)


def _is_json(data: bytes) -> bool:
    return data.lstrip()[:1] == b"{"


def _from_json(data: bytes) -> Reading:
    try:
        value = json.loads(data)
    except json.JSONDecodeError as error:
        raise InvalidAlertError([Violation("document", f"is not JSON: {error.msg}", error.lineno)]) from None
    except (ValueError, RecursionError) as error:
        raise InvalidAlertError([Violation("document", f"is not JSON that can be read: {error}")]) from None
    alert = Alert.from_json(value)
    return Reading(alert, tuple(remarks(alert)), "1.2, JSON")


def _name(file: str) -> str:
    return "standard input" if file == STDIN else file


def _check_option(file: str) -> None:
    if file.startswith("-") and file != STDIN:
        raise UserError(f"there is no option {file}", f"See --help; a file of that name is ./{file}", EXIT_UNREADABLE)


def _bytes_of(file: str) -> bytes:
    if file == STDIN:
        return sys.stdin.buffer.read(FILE_BYTES_MAX + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        hint = "Check the name and the right to read it; - is standard input."
        raise UserError(f"cannot read {file}: {error.strerror}", hint, EXIT_UNREADABLE) from None


# -- showing ----------------------------------------------------------------------------------------------------------


def _show(console: Console, judged: Judged) -> None:
    if isinstance(judged.outcome, InvalidAlertError):
        found: Sequence[Violation | Remark] = judged.outcome.violations
        console.print(Text.assemble(("refused ", "bold red"), (judged.name, "bold")))
    else:
        found = judged.outcome.remarks
        console.print(
            Text.assemble(("fine    ", "bold green"), (judged.name, "bold"), f"  {_in_short(judged.outcome)}")
        )
    for line in _lines(found):
        console.print(line)


def _in_short(reading: Reading) -> str:
    """What the alert is, in one line."""
    alert = reading.alert
    languages = ", ".join(dict.fromkeys(language or UNSTATED for language in alert.languages)) or "no info"
    event = f"{alert.info[0].event}, {alert.severity}; " if alert.info else ""
    return f"CAP {reading.version}: {alert.status} {alert.msg_type}; {event}{languages}"


def _lines(found: Iterable[Violation | Remark]) -> Iterator[Text]:
    """One line for each kind of thing: the first of its kind, and how many more there are."""
    kinds: dict[tuple[str, str], list[Violation | Remark]] = {}
    for one in found:
        kinds.setdefault((re.sub(r"\[\d+\]", "", one.path), _text(one)), []).append(one)
    for (_, text), alike in kinds.items():
        line = f"line {alike[0].line}" if alike[0].line else ""
        more = f" (and {len(alike) - 1} more like it, the last in line {alike[-1].line})" if len(alike) > 1 else ""
        yield Text.assemble(f"  {line:<11}", (alike[0].path, "cyan"), f"  {text}", (more, "dim"))


def _text(one: Violation | Remark) -> str:
    return one.problem if isinstance(one, Violation) else one.text
