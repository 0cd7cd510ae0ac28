"""What CAP demands and types cannot say.

Three degrees, so that nothing real is lost and nothing wrong goes unsaid:

- *always refused*: what CAP's schema refuses, an identity that references could not name, a scope without the
  element that it depends on, an Update, Cancel, Ack or Error that does not say of what (the checks and `conditions`);
- *refused where the writer can be asked, remarked where not*: a shape that is no shape and its like. An alert written
  as JSON for Tocsin is refused; one that comes as CAP XML, perhaps from elsewhere and signed there, is passed on as it
  is, with a remark (`faults`);
- *remarked*: what CAP allows and is probably a mistake (`oddities`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING, TypeVar

from alerts.cap import language, question, shapes, times
from alerts.cap.references import Reference
from alerts.cap.terms import MsgType, Scope
from alerts.errors import Violation

if TYPE_CHECKING:
    from alerts.cap.model import Alert, Area, Info, Resource

Entry = TypeVar("Entry")
Check = Callable[[str], str | None]  # a text -> what is wrong with it, or None

REFERRING = (MsgType.UPDATE, MsgType.CANCEL, MsgType.ACK, MsgType.ERROR)
REMARKS_MAX = 200  # named about one alert
_URI = re.compile(r"([^\s<>\"{}|\\^`%]|%[0-9A-Fa-f]{2})*")
_NOT_IN_IDENTITY = re.compile(r"[\s,<&]")


@dataclass(frozen=True)
class Remark:
    """Something to know about an alert that was accepted: where, what, and the line of the file where known."""

    path: str
    text: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.line else self.path
        return f"{where}: {self.text}"


def not_empty(text: str) -> str | None:
    """For what CAP requires."""
    return None if text else "is empty; CAP requires it"


def identity(text: str) -> str | None:
    """CAP 1.2 §3.2.1: identifier and sender have no spaces, commas, `<` or `&`."""
    found = _NOT_IN_IDENTITY.search(text)
    if found:
        return f"{text[:60]!r} has {found[0]!r} in it; CAP allows no spaces, commas, '<' or '&' here"
    return not_empty(text)


def schema_language(text: str) -> str | None:
    """What CAP's schema takes as a language."""
    return None if language.is_schema_language(text) else f"{text[:60]!r} is not a language tag, like sw or en-US"


def well_formed_language(text: str) -> str | None:
    """RFC 5646 §2.1."""
    return None if language.is_well_formed(text) else f"{text[:60]!r} does not follow BCP 47, like sw or en-US"


def decimal(text: str) -> str | None:
    """xs:decimal, for altitude and ceiling."""
    return _said(shapes.altitude, text)


def uri(text: str) -> str | None:
    """RFC 3986's characters, and RFC 3987's; the schema's own type takes nearly anything."""
    return (
        None if _URI.fullmatch(text) else f"{text[:60]!r} is not an address (URI): no spaces, quotes or angle brackets"
    )


def polygon(text: str) -> str | None:
    """CAP 1.2 §3.2.4."""
    return _said(shapes.polygon, text)


def circle(text: str) -> str | None:
    """CAP 1.2 §3.2.4."""
    return _said(shapes.circle, text)


def ceiling(altitude: str | None, ceiling: str | None) -> str | None:
    """CAP 1.2 §3.2.4: a ceiling is used only together with an altitude."""
    return "is used only together with altitude" if ceiling is not None and altitude is None else None


def conditions(
    msg_type: str | None, scope: str | None, restriction: str | None, addresses: str | None, references: str | None
) -> Iterator[Violation]:
    """What one element of the alert demands of another (CAP 1.2 §3.2.1)."""
    if scope == Scope.RESTRICTED and not restriction:
        yield Violation("restriction", "is missing; scope Restricted requires it")
    if scope == Scope.PRIVATE and not addresses:
        yield Violation("addresses", "is missing; scope Private requires it")
    if msg_type in REFERRING:
        if not (references or "").split():
            yield Violation("references", f"is missing; msgType {msg_type} requires it, to say of which alert")
        for problem in _reference_problems(references or ""):
            yield Violation("references", problem)


def questions(infos: Sequence[question.Parameters]) -> Iterator[Violation]:
    """What is wrong with the questions that an alert's infos ask in their parameters."""
    return question.problems(infos)


def remarks(alert: Alert) -> list[Remark]:
    """What is to be said about an alert that was accepted; of more than REMARKS_MAX the first."""
    found = list(islice(chain(faults(alert), oddities(alert)), REMARKS_MAX + 1))
    more = [Remark("alert", "there are more remarks, not named here")]
    return found if len(found) <= REMARKS_MAX else found[:REMARKS_MAX] + more


def faults(alert: Alert) -> Iterator[Remark]:
    """What breaks CAP's text, not its schema."""
    return (Remark(fault.path, f"{fault.text}; kept as it is") for fault in _faults(alert))


def oddities(alert: Alert) -> Iterator[Remark]:
    """What CAP allows and is probably a mistake."""
    yield from _empty_elements("", alert)
    for reference in alert.reference_list:
        yield from _found("references", reference.time_problem)
    if alert.key in alert.reference_keys:
        yield Remark("references", "names this alert itself")
    for at, info in _numbered("info", alert.info):
        yield from _info_oddities(at, info, alert.sent)
    for tag in question.languages_not_asked(alert):
        yield Remark("info", f"the alert asks a question, but not in {tag}: who reads that cannot answer")


def _faults(alert: Alert) -> Iterator[Remark]:
    if alert.references and alert.msg_type not in REFERRING:
        yield from (Remark("references", problem) for problem in _reference_problems(alert.references))
    for at, info in _numbered("info", alert.info):
        yield from _found(f"{at}.language", well_formed_language(info.language or "en"))
        yield from _found(f"{at}.web", uri(info.web or ""))
        for resource_at, resource in _numbered(f"{at}.resource", info.resource):
            yield from _found(f"{resource_at}.uri", uri(resource.uri or ""))
        for area_at, area in _numbered(f"{at}.area", info.area):
            yield from _area_faults(area_at, area)
    for found in questions([question.parameters_of(info) for info in alert.info]):
        yield Remark(found.path, found.problem)


def _info_oddities(at: str, info: Info, sent: times.CapTime) -> Iterator[Remark]:
    start = info.effective or sent
    if info.expires and info.expires.seconds <= start.seconds:
        name = "effective" if info.effective else "sent"
        yield Remark(f"{at}.expires", f"{info.expires} is not after {name} {start}: never in force")
    yield from _empty_elements(at, info)
    for area_at, area in _numbered(f"{at}.area", info.area):
        yield from _empty_elements(area_at, area)
    for resource_at, resource in _numbered(f"{at}.resource", info.resource):
        yield from _empty_elements(resource_at, resource)
        if resource.size is not None and resource.size < 0:
            yield Remark(f"{resource_at}.size", "is negative")


def _empty_elements(at: str, part: Alert | Info | Area | Resource) -> Iterator[Remark]:
    """An optional element that is there and says nothing is kept; polygons and circles are judged as shapes."""
    for name, field in type(part).model_fields.items():
        path = f"{at}.{field.alias}" if at else str(field.alias)
        value = getattr(part, name)
        if value == "":
            yield Remark(path, "is empty; kept as it is")
        elif isinstance(value, tuple) and name not in ("polygon", "circle"):
            yield from _empty_entries(path, value)


def _empty_entries(path: str, entries: tuple[object, ...]) -> Iterator[Remark]:
    for at, entry in _numbered(path, entries):
        if entry == "":
            yield Remark(at, "is empty; kept as it is")
        elif getattr(entry, "value", None) == "":
            yield Remark(f"{at}.value", "is empty; kept as it is")


def _area_faults(at: str, area: Area) -> Iterator[Remark]:
    for path, text in _numbered(f"{at}.polygon", area.polygon):
        yield from _found(path, polygon(text))
    for path, text in _numbered(f"{at}.circle", area.circle):
        yield from _found(path, circle(text))
    yield from _found(f"{at}.ceiling", ceiling(area.altitude, area.ceiling))


def _reference_problems(references: str) -> Iterator[str]:
    for text in references.split():
        problem = Reference.problem(text)
        if problem:
            yield problem


def _numbered(path: str, entries: tuple[Entry, ...]) -> Iterator[tuple[str, Entry]]:
    return ((f"{path}[{index}]", entry) for index, entry in enumerate(entries))


def _found(path: str, problem: str | None) -> Iterator[Remark]:
    if problem:
        yield Remark(path, problem)


def _said(parse: Callable[[str], object], text: str) -> str | None:
    try:
        parse(text)
    except ValueError as problem:
        return str(problem)
    return None
