"""Alerts to measure with: a file of JSON lines, or a folder of CAP XML, in the order in which they were sent.

A line of JSON is one alert, reduced to CAP's main fields:

    id, sender, event, headline, description, instruction, area, language, source, group    texts; may be empty
    sent, expires                                                                           seconds since 1970
    status, msgType, scope, category, urgency, severity, certainty                          CAP's words
    geocodes                                                                                an array of texts

All fields must be there. What a line cannot say and CAP demands is added: spaces and the like in `sender` become `_`,
control characters, which XML cannot carry, spaces; an
Update (or Cancel, Ack, Error) names the alert before it in its group as its reference, and counts as an Alert where there
is none; a scope that needs a word about whom it means has "unstated". The hub makes the identifiers; `id` is not used.

Alerts in CAP XML carry their identifiers; one that stands in two files is taken once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.rules import REFERRING
from alerts.cap.terms import MsgType
from alerts.cap.times import CapTime
from alerts.errors import InvalidAlertError, UserError
from alerts.session.log import Entry, draft_of
from alerts.wire.items import Purpose, hub_identifier
from netsim.virtual.meeting import EPOCH

JSON_LINES = "alerts.jsonl"
"""The file that is read from a folder that has one."""
CAP_SUFFIXES = (".xml", ".cap")
SHORT_CHARS = 300
"""An alert is short whose headline, description and instruction have fewer characters together."""

EARLIER_EPOCH = 0x2C5D08B7
"""The epoch of what a dictionary is trained on: a hub has been started since."""
FIRST_NUMBER = 10_001
"""The number of the first: a hub that has been in use for some time."""
LIFE_S = 7 * 86_400
"""For how long an alert holds that does not say."""
GEOCODE_NAME = "code"
"""What a line's geocodes are called: it does not say."""

_UNSTATED = "unstated"
_TRAINING_BELOW = 128
_NOT_IN_IDENTITY = re.compile(r"[\s,<&]")
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TEXTS = ("id", "sender", "event", "headline", "description", "instruction", "area", "language", "source", "group")
_WORDS = ("status", "msgType", "scope", "category", "urgency", "severity", "certainty")
_TIMES = ("sent", "expires")
_VIOLATIONS_SHOWN = 3


class _LineError(Exception):
    """A line that is no alert; says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """One alert as it was read. `stated`: the msgType of a line, which has neither an identifier nor references yet."""

    alert: Alert
    source: str
    group: str
    stated: MsgType | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """One alert as it stands in a hub's log."""

    entry: Entry
    source: str
    group: str

    @property
    def alert(self) -> Alert:
        """The alert itself."""
        assert isinstance(self.entry.payload, Alert), "the entries here carry their alert"
        return self.entry.payload

    @property
    def chars(self) -> int:
        """The characters of its headlines, descriptions and instructions."""
        texts = [text for info in self.alert.info for text in (info.headline, info.description, info.instruction)]
        return sum(len(text) for text in texts if text)

    @property
    def is_short(self) -> bool:
        """Whether it is as short as a message."""
        return self.chars < SHORT_CHARS


# -- reading ----------------------------------------------------------------------------------------------------------


def read_corpus(path: Path, pass_over: Callable[[str], None] | None = None) -> list[Row]:
    """The alerts of a file of JSON lines, of a folder with `alerts.jsonl`, or of a folder of CAP XML, in order of `sent`.

    `pass_over` is told of each file of such a folder that is no alert: what is collected in the wild is broken here and there.
    Raises UserError: there are none, or one cannot be used; names the file and the line.
    """
    if not path.exists():
        raise UserError(f"{path}: is not there", "Name a file of JSON lines or a folder of CAP XML.")
    if path.is_dir() and (path / JSON_LINES).is_file():
        path = path / JSON_LINES
    rows = _read_folder(path, pass_over) if path.is_dir() else _read_lines(path)
    if not rows:
        looked_for = f"files that end in {' or '.join(CAP_SUFFIXES)}" if path.is_dir() else "lines"
        raise UserError(f"{path}: has no alerts", f"Expected {looked_for}.")
    return sorted(rows, key=lambda row: row.alert.sent.seconds)


def _read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UserError(f"{file}: cannot be read: {error.strerror}") from None


def _read_folder(folder: Path, pass_over: Callable[[str], None] | None) -> list[Row]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in CAP_SUFFIXES and file.is_file())
    rows: dict[str, Row] = {}
    for file in files:
        try:
            row = _row_of_xml(file)
        except UserError as error:
            if pass_over is None:
                raise
            pass_over(str(error))
            continue
        rows.setdefault(row.alert.key, row)
    return list(rows.values())


def _row_of_xml(file: Path) -> Row:
    try:
        alert = from_xml(_read_bytes(file)).alert
    except InvalidAlertError as error:
        raise UserError(f"{file}: is no alert: {_said(error)}") from None
    about = alert.incidents or (alert.info[0].event if alert.info else "")
    return Row(alert, alert.sender, f"{alert.sender}|{about}")


def _read_lines(file: Path) -> list[Row]:
    rows = []
    for number, line in enumerate(_read_bytes(file).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            rows.append(_row_of_line(line))
        except (_LineError, InvalidAlertError, ValueError) as error:
            words = _said(error) if isinstance(error, InvalidAlertError) else error
            raise UserError(f"{file}, line {number}: {words}") from None
    return rows


def _said(error: InvalidAlertError) -> str:
    shown = "; ".join(str(violation) for violation in error.violations[:_VIOLATIONS_SHOWN])
    more = len(error.violations) - _VIOLATIONS_SHOWN
    return f"{shown}; and {more} more" if more > 0 else shown


def _row_of_line(line: bytes) -> Row:
    """Raises _LineError, InvalidAlertError, ValueError (a time that cannot be): says what is wrong."""
    fields = _fields(line)
    stated = fields["msgType"]
    if stated not in set(MsgType):
        raise _LineError(f"msgType: expected {', '.join(MsgType)}, found {stated!r}")
    alert = Alert.model_validate(_alert(fields), by_alias=True, by_name=False)
    return Row(alert, fields["source"], fields["group"], MsgType(stated))


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except UnicodeDecodeError:
        raise _LineError("is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _LineError(f"is not JSON: {error.msg}, at character {error.colno}") from None
    except RecursionError:
        raise _LineError("is not the JSON of an alert: too deep") from None
    if not isinstance(fields, dict):
        raise _LineError(f"expected an object, found {type(fields).__name__}")
    missing = [name for name in (*_TEXTS, *_WORDS, *_TIMES, "geocodes") if name not in fields]
    if missing:
        raise _LineError(f"lacks {', '.join(missing)}")
    _check_types(fields)
    return fields | {name: _NOT_IN_XML.sub(" ", fields[name]) for name in (*_TEXTS, *_WORDS)}


def _check_types(fields: dict[str, Any]) -> None:
    for name in (*_TEXTS, *_WORDS):
        if not isinstance(fields[name], str):
            raise _LineError(f"{name}: expected a text, found {type(fields[name]).__name__}")
    for name in _TIMES:
        if type(fields[name]) is not int or fields[name] <= 0:
            raise _LineError(f"{name}: expected seconds since 1970, found {fields[name]!r}")
    codes = fields["geocodes"]
    if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
        raise _LineError("geocodes: expected an array of texts")


def _alert(fields: dict[str, Any]) -> dict[str, Any]:
    """In CAP's names, as `Alert` takes it; as an Alert, with an identifier that stands in until it has a number."""
    scope = fields["scope"]
    needed = {"Restricted": "restriction", "Private": "addresses"}
    return {
        "identifier": "0",
        "sender": _NOT_IN_IDENTITY.sub("_", fields["sender"]),
        "sent": _time(fields["sent"]),
        "status": fields["status"],
        "msgType": MsgType.ALERT,
        "scope": scope,
        "info": [_info(fields)],
        **({needed[scope]: _UNSTATED} if scope in needed else {}),
    }


def _info(fields: dict[str, Any]) -> dict[str, Any]:
    info = {name: fields[name] for name in ("event", "urgency", "severity", "certainty")}
    info |= {name: fields[name] for name in ("language", "headline", "description", "instruction") if fields[name]}
    info |= {"category": [fields["category"]], "expires": _time(fields["expires"])}
    codes = [{"valueName": GEOCODE_NAME, "value": code} for code in fields["geocodes"]]
    if fields["area"] or codes:
        info["area"] = [{"areaDesc": fields["area"] or ", ".join(fields["geocodes"]), "geocode": codes}]
    return info


def _time(seconds: int) -> CapTime:
    return CapTime(seconds)  # ValueError says what is wrong with it


# -- halves, and numbers ----------------------------------------------------------------------------------------------


def is_for_training(row: Row) -> bool:
    """Which half of a corpus an alert belongs to: near-duplicates have the same group, so none is in both."""
    return hashlib.sha256(row.group.encode()).digest()[0] < _TRAINING_BELOW


def halves(rows: Iterable[Row]) -> tuple[list[Row], list[Row]]:
    """What a dictionary is trained on, and what is measured."""
    training: list[Row] = []
    measured: list[Row] = []
    for row in rows:
        (training if is_for_training(row) else measured).append(row)
    return training, measured


def in_log(rows: Sequence[Row], epoch: int = EPOCH, first: int = FIRST_NUMBER) -> list[Measured]:
    """The alerts in a hub's log, in their order. Nothing is inherited: an alert replaces what it names itself."""
    before: dict[str, Alert] = {}
    measured = []
    for number, row in enumerate(rows, first):
        alert = row.alert
        if row.stated is not None:
            alert = _completed(alert, row.stated, hub_identifier(epoch, number), before.get(row.group))
            before[row.group] = alert
        measured.append(Measured(entry_of(alert, epoch, number), row.source, row.group))
    return measured


def _completed(alert: Alert, stated: MsgType, identifier: str, before: Alert | None) -> Alert:
    update: dict[str, Any] = {"identifier": identifier}
    if stated not in REFERRING:
        update["msg_type"] = stated
    elif before is not None:
        update |= {"msg_type": stated, "references": f"{before.key},{before.sent}"}
    return alert.model_copy(update=update)


def entry_of(alert: Alert, epoch: int, number: int) -> Entry:
    """The alert with its number, as a log holds it that knows nothing of what it replaces."""
    draft = draft_of(alert, Audience(everyone=True), default_life_s=LIFE_S, payload=alert)
    replaces = frozenset(draft.references) if alert.msg_type in (MsgType.UPDATE, MsgType.CANCEL) else frozenset[str]()
    return Entry(
        *(number, epoch, draft.key, draft.purpose, draft.audience, (draft.audience,), replaces),
        *(draft.urgency, draft.expires, draft.expires, alert),
    )


def replacing_nothing(one: Measured) -> Measured:
    """The same bytes, as if it replaced nothing: so what it replaces is sent too."""
    return replace(one, entry=replace(one.entry, purpose=Purpose.ALERT, replaces=frozenset()))
