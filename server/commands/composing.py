"""What a person gives to a command → the body of a publish: a file (CAP XML or JSON, told by its content), or flags."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from cyclopts import Group, Parameter

from alerts.errors import UserError
from server.commands.output import Several

STDIN = Path("-")
XML = "application/cap+xml"
JSON = "application/json"
FILE_BYTES_MAX = 16 * 1024 * 1024
SENDER_VARIABLE = "TOCSIN_SENDER"
EXIT_USAGE = 2
FOR = Group("Whom it is for", sort_key=1)
WORDS = Group("The alert, without a file", sort_key=2)

Urgency = Literal["Immediate", "Expected", "Future", "Past", "Unknown"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor", "Unknown"]
Certainty = Literal["Observed", "Likely", "Possible", "Unlikely", "Unknown"]
Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]


@Parameter(name="*")
@dataclass(frozen=True)
class For:
    """Whom an alert is for."""

    area: Annotated[Several, Parameter(group=FOR, help="An area: devices in it, or below it. Repeat it for more.")] = (
        None
    )
    role: Annotated[Several, Parameter(group=FOR, help="A role; with areas, both must hold. Repeat it for more.")] = (
        None
    )
    device: Annotated[Several, Parameter(group=FOR, help="A device by its identifier. Repeat it for more.")] = None
    everyone: Annotated[bool, Parameter(group=FOR, negative=(), help="Every device of the hub.")] = False

    def body(self) -> dict[str, Any] | None:
        """As the API takes it; None: nothing was said."""
        found = {"areas": self.area or [], "roles": self.role or [], "devices": self.device or []}
        return {**found, "everyone": self.everyone} if self.everyone or any(found.values()) else None

    def query(self) -> dict[str, Any]:
        """As it stands in an address, beside CAP XML."""
        return {"area": self.area, "role": self.role, "device": self.device, "everyone": self.everyone or None}


@Parameter(name="*")
@dataclass(frozen=True)
class Words:
    """An alert in flags."""

    event: Annotated[str | None, Parameter(group=WORDS, help="The event, in few words: Cholera.")] = None
    headline: Annotated[str | None, Parameter(group=WORDS, help="What there is to know in a line.")] = None
    severity: Annotated[Severity | None, Parameter(group=WORDS, help="How grave it is.")] = None
    urgency: Annotated[Urgency | None, Parameter(group=WORDS, help="How soon to act; Unknown if not said.")] = None
    certainty: Annotated[Certainty | None, Parameter(group=WORDS, help="How sure it is; Unknown if not said.")] = None
    category: Annotated[Several, Parameter(group=WORDS, help="Health if not said. Repeat it for more.")] = None
    description: Annotated[str | None, Parameter(group=WORDS, help="What has happened.")] = None
    instruction: Annotated[str | None, Parameter(group=WORDS, help="What to do.")] = None
    language: Annotated[
        str | None, Parameter(group=WORDS, help="The language of the words (BCP 47); en if not said.")
    ] = None
    area_desc: Annotated[
        str | None, Parameter(group=WORDS, help="Where it is, in words; the names of the areas if not said.")
    ] = None
    expires: Annotated[
        str | None, Parameter(group=WORDS, help="How long it holds: 45m, 2h, 3d; or a time with offset.")
    ] = None
    web: Annotated[str | None, Parameter(group=WORDS, help="An address with more about it.")] = None
    contact: Annotated[str | None, Parameter(group=WORDS, help="Whom to ask.")] = None
    question: Annotated[
        str | None, Parameter(group=WORDS, help="A question that devices answer (docs/questions.md).")
    ] = None
    answer: Annotated[
        Literal["yes-no", "one-of", "number", "text"] | None,
        Parameter(group=WORDS, help="What it wants to hear; yes-no if not said, one-of where there are choices."),
    ] = None
    choice: Annotated[Several, Parameter(group=WORDS, help="A choice of the question. Repeat it.")] = None
    unit: Annotated[str | None, Parameter(group=WORDS, help="What a number counts.")] = None

    def is_empty(self) -> bool:
        """Whether nothing was said."""
        return self == Words()

    def over(self, info: dict[str, Any], now: datetime) -> dict[str, Any]:
        """An info of CAP with what was said in the place of what it had."""
        said: dict[str, Any] = {
            "language": self.language,
            "category": self.category,
            "event": self.event,
            "urgency": self.urgency,
            "severity": self.severity,
            "certainty": self.certainty,
            "expires": None if self.expires is None else until(self.expires, now),
            "headline": self.headline,
            "description": self.description,
            "instruction": self.instruction,
            "web": self.web,
            "contact": self.contact,
            "parameter": self._parameters(info.get("parameter", [])),
            "area": None if self.area_desc is None else [{"areaDesc": self.area_desc}],
        }
        return {**info, **{name: value for name, value in said.items() if value is not None}}

    def info(self, area_desc: str, now: datetime) -> dict[str, Any]:
        """A whole info of CAP. Raises UserError naming what is missing."""
        missing = [f"--{name}" for name in ("event", "severity", "headline") if getattr(self, name) is None]
        if missing:
            raise UserError(
                f"an alert without a file needs {', '.join(missing)}",
                "tocsin-hub alert publish --help shows what else can be said.",
                EXIT_USAGE,
            )
        bare = {
            "language": "en",
            "category": ["Health"],
            "urgency": "Unknown",
            "certainty": "Unknown",
            "area": [{"areaDesc": area_desc}],
        }
        return self.over(bare, now)

    def _parameters(self, old: list[dict[str, str]]) -> list[dict[str, str]] | None:
        """Those that ask the question, in the place of an older one; None: nothing about a question was said."""
        if self.question is None:
            if self.answer or self.choice or self.unit:
                raise UserError("--answer, --choice and --unit belong to a question", "Add --question.", EXIT_USAGE)
            return None
        asked = [("question", self.question), ("answer", self.answer or ("one-of" if self.choice else "yes-no"))]
        asked += [("choice", choice) for choice in self.choice or ()]
        asked += [("unit", self.unit)] if self.unit is not None else []
        kept = [one for one in old if not str(one.get("valueName", "")).startswith("tocsin.")]
        return [*kept, *({"valueName": f"tocsin.{name}", "value": value} for name, value in asked)]


@dataclass(frozen=True)
class Content:
    """What a file holds: CAP XML as it is, or JSON."""

    raw: bytes
    value: dict[str, Any] | None
    """The JSON; None: it is XML."""


def read_file(file: Path) -> Content:
    """A file, or standard input. Raises UserError."""
    try:
        raw = sys.stdin.buffer.read(FILE_BYTES_MAX + 1) if file == STDIN else file.read_bytes()
    except OSError as error:
        raise UserError(f"cannot read {file}: {error.strerror}", "Check the name.", EXIT_USAGE) from None
    if len(raw) > FILE_BYTES_MAX:
        raise UserError(f"{file} is larger than any alert", "One alert is published at a time.", EXIT_USAGE)
    start = raw.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if not start:
        raise UserError(f"{file} is empty", "It holds CAP XML, or JSON.", EXIT_USAGE)
    if start not in (b"{", b"["):
        return Content(raw, None)
    try:
        value = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} is not JSON: {error}", "CAP XML begins with <.", EXIT_USAGE) from None
    if not isinstance(value, dict):
        raise UserError(f"{file} is a list; one alert is published at a time", "", EXIT_USAGE)
    return Content(raw, value)


def body_of(value: dict[str, Any], audience: dict[str, Any] | None, file: Path) -> dict[str, Any]:
    """JSON of a file as the API takes it: an alert with its audience, or an alert alone. Raises UserError."""
    body = dict(value) if "alert" in value else {"alert": value}
    if audience is not None:
        if body.get("audience"):
            raise UserError(f"{file} says whom it is for, and so do the flags", "Leave one out.", EXIT_USAGE)
        body["audience"] = audience
    return body


_SPAN = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def until(text: str, now: datetime, flag: str = "--expires") -> str:
    """A time, or how long from now, as CAP writes it. Raises UserError."""
    span = _SPAN.fullmatch(text.strip())
    try:
        if span:
            end = now.astimezone(UTC) + timedelta(**{_UNITS[span[2]]: int(span[1])})
            return end.strftime("%Y-%m-%dT%H:%M:%S+00:00")
        end = datetime.fromisoformat(text.strip())
    except (ValueError, OverflowError):
        end = None
    if end is None or end.tzinfo is None:
        raise UserError(
            f"{flag} {text!r} is no time",
            "Write 45m, 2h, 3d or 1w, or a time like 2026-12-01T18:00+03:00.",
            EXIT_USAGE,
        )
    return end.isoformat(timespec="seconds")
