"""Bodies → alerts and audiences: JSON, CAP XML, and the updates and cancels that only say what is different."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.language import UNSTATED, best_match
from alerts.cap.model import Alert
from alerts.cap.question import CHOICE, KIND, MAXIMUM, MINIMUM, TEXT, UNIT
from alerts.cap.rules import remarks
from alerts.cap.terms import MsgType
from alerts.cap.times import CapTime
from alerts.errors import AudienceError, InvalidAlertError, UnknownDeviceError, Violation
from server.api.json_body import read_as
from server.api.operation import XML_TYPES
from server.api.problems import ProblemError, violations_of
from server.api.types import PublishBody, PublishQuery, QuestionBody
from server.store.records import StoredAlert

PLACEHOLDER = "hub"
"""Stands where the hub will put an identifier that it makes of epoch and number."""

WORTH_A_THREAD_BYTES = 32 * 1024
"""A body of this size takes a few milliseconds to read; larger ones are read beside the event loop."""

INHERITED = ("sender", "status", "scope", "restriction", "addresses", "code", "incidents")
"""What an update or cancel takes from the alert that it replaces, unless it says otherwise."""

Result = TypeVar("Result")
Words = TypeVar("Words")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was read. `make_identifier`, `make_sent`: it came without; `original`: the XML; `remarks`: to tell the publisher."""

    alert: Alert
    audience: Audience
    make_identifier: bool = False
    original: bytes | None = None
    remarks: tuple[str, ...] = ()
    make_sent: bool = False


async def beside_the_loop(size: int, work: Callable[[], Result]) -> Result:
    """Do what takes long for a large body in a thread."""
    return await asyncio.to_thread(work) if size >= WORTH_A_THREAD_BYTES else work()


def from_body(
    body: bytes, media_type: str, asked: PublishQuery, geocodes: Mapping[str, str], bytes_max: int, now: int
) -> tuple[Submitted, str | None]:
    """What a publisher sends: CAP XML, or JSON with the audience in it or beside it; and the break-glass, if the body has one.

    Raises InvalidAlertError, AudienceError, ProblemError.
    """
    if media_type in XML_TYPES:
        return from_xml_alert(body, asked.to_audience(), geocodes, bytes_max), None
    taken = read_as(body, PublishBody)
    audience = one_of(taken.audience.to_audience(), asked.to_audience())
    return from_json_alert(with_question(taken.alert, taken.question), audience, now), taken.break_glass


def one_of(in_body: Audience, beside_it: Audience) -> Audience:
    """The audience, from the one place where it stands. Raises AudienceError: it stands in both."""
    if not in_body.is_empty() and not beside_it.is_empty():
        raise AudienceError("an audience stands in the body and another beside it; which one is meant?")
    return beside_it if in_body.is_empty() else in_body


def unknown_addressee(error: UnknownDeviceError) -> ProblemError:
    """The problem of an audience that names devices that are not here."""
    return ProblemError("unknown-addressee", str(error), devices=list(error.devices))


def digest_of(parts: Iterable[str], body: bytes) -> bytes:
    """Of everything that makes two requests to publish the same."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() + b"\0")
    digest.update(body)
    return digest.digest()


def from_json_alert(value: Mapping[str, Any], audience: Audience, now: int) -> Submitted:
    """An alert as it stands in a JSON body; `identifier` and `sent` are filled where they are absent.

    Raises ProblemError `alert-invalid`, with every violation under `alert.`.
    """
    filled = {"identifier": PLACEHOLDER, "sent": str(CapTime(now)), **value}
    try:
        alert = Alert.from_json(filled)
    except InvalidAlertError as error:
        raise invalid(error.violations) from None
    said = tuple(map(str, remarks(alert)))
    return Submitted(alert, audience, "identifier" not in value, None, said, "sent" not in value)


def invalid(violations: tuple[Violation, ...]) -> ProblemError:
    """The problem of an alert in a JSON body."""
    listed = violations_of(violations, "alert")
    first = f"{listed[0]['path']}: {listed[0]['problem']}"
    more = f"; and {len(listed) - 1} more" if len(listed) > 1 else ""
    return ProblemError("alert-invalid", first + more, violations=listed)


def from_xml_alert(body: bytes, asked: Audience, geocodes: Mapping[str, str], bytes_max: int) -> Submitted:
    """An alert as CAP XML, for whom the query says, or else for the areas that its geocodes name.

    Raises InvalidAlertError.
    """
    reading = from_xml(body, bytes_max=bytes_max)
    audience = Audience(areas=geocoded(reading.alert, geocodes)) if asked.is_empty() else asked
    return Submitted(reading.alert, audience, False, body, tuple(map(str, reading.remarks)))


def geocoded(alert: Alert, geocodes: Mapping[str, str]) -> tuple[str, ...]:
    """The areas that an alert's geocodes name, as the setting `geocodes` has it; each once, in order."""
    found = (
        geocodes[code.value_name] + code.value
        for info in alert.info
        for area in info.area
        for code in area.geocode
        if code.value_name in geocodes and code.value
    )
    return tuple(dict.fromkeys(found))


def with_question(alert: Mapping[str, Any], question: QuestionBody | None) -> Mapping[str, Any]:
    """An alert as it stands in a JSON body, with a question put into the parameters of its infos, each in its language.

    Raises ProblemError `content-invalid`: there is no info to ask in, or words are missing in the language of one.
    """
    if question is None:
        return alert
    infos = alert.get("info", [])
    if not isinstance(infos, list) or not all(_takes_parameters(info) for info in infos):
        return alert  # what is wrong with it is said when it is read
    missing = [] if infos else [{"path": "question", "problem": "the alert has no info, in which it could be asked"}]
    asking = []
    for index, info in enumerate(infos):
        language = str(info.get("language") or UNSTATED)
        for name, words in (("text", question.text), ("choices", question.choices), ("unit", question.unit)):
            if words and _in_language(words, language) is None:
                problem = f"there is nothing in {language[:40]}, the language of alert.info[{index}]"
                missing.append({"path": f"question.{name}", "problem": problem})
        parameter = [*info.get("parameter", []), *_parameters(question, language)]
        asking.append({**info, "parameter": parameter})
    if missing:
        raise ProblemError("content-invalid", f"{missing[0]['path']}: {missing[0]['problem']}", violations=missing)
    return {**alert, "info": asking}


def _takes_parameters(info: object) -> bool:
    return isinstance(info, Mapping) and isinstance(info.get("parameter", []), list)


def _parameters(question: QuestionBody, language: str) -> list[dict[str, str]]:
    named: list[tuple[str, object]] = [(TEXT, _in_language(question.text, language)), (KIND, question.answer)]
    named += [(CHOICE, choice) for choice in _in_language(question.choices, language) or ()]
    named += [(UNIT, _in_language(question.unit, language)), (MINIMUM, question.min), (MAXIMUM, question.max)]
    return [{"valueName": name, "value": str(value)} for name, value in named if value is not None]


def _in_language(words: Mapping[str, Words], language: str) -> Words | None:
    """What is said in a language, or in one that serves for it: `sw` for `sw-KE`."""
    tags = list(words)
    found = tags[best_match([language], tags)[0]] if tags else ""
    is_it = found.partition("-")[0].lower() == language.partition("-")[0].lower()
    return words[found] if is_it else None


def follow_up(
    replaced: StoredAlert, msg_type: MsgType, value: Mapping[str, Any], audience: Audience | None, now: int
) -> Submitted:
    """An update or cancel of an alert, from what it says itself and what that one said.

    Raises ProblemError `alert-invalid`.
    """
    said = value.get("msgType", str(msg_type))
    if said != msg_type:
        problem = f"must be {msg_type} at this address, or be left out; found {str(said)[:40]!r}"
        raise invalid((Violation("msgType", problem),))
    if msg_type is MsgType.UPDATE and not value.get("info"):
        raise invalid((Violation("info", "is missing; an update says what holds now"),))
    old = replaced.alert.to_json()
    inherited = {name: old[name] for name in INHERITED if name in old}
    filled = {**inherited, **value, "msgType": str(msg_type), "references": _references(replaced.alert, value)}
    return from_json_alert(filled, replaced.audience if audience is None else audience, now)


def _references(replaced: Alert, value: Mapping[str, Any]) -> object:
    """Those given, and the replaced alert among them."""
    own = f"{replaced.sender},{replaced.identifier},{replaced.sent}"
    given = value.get("references")
    if given is None:
        return own
    if isinstance(given, str) and not any(triple.startswith(f"{replaced.key},") for triple in given.split()):
        return f"{given} {own}".strip()
    return given
