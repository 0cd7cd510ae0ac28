"""Bodies → alerts and audiences: JSON, CAP XML, and the updates and cancels that only say what is different."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.rules import remarks
from alerts.cap.terms import MsgType
from alerts.cap.times import CapTime
from alerts.errors import InvalidAlertError, Violation
from server.api.problems import ProblemError, violations_of
from server.store.records import StoredAlert

PLACEHOLDER = "hub"
"""Stands where the hub will put an identifier that it makes of epoch and number."""

WORTH_A_THREAD_BYTES = 32 * 1024
"""A body of this size takes a few milliseconds to read; larger ones are read beside the event loop."""

INHERITED = ("sender", "status", "scope", "restriction", "addresses", "code", "incidents")
"""What an update or cancel takes from the alert that it replaces, unless it says otherwise."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What was read. `make_identifier`: it came without one; `original`: the XML; `remarks`: what to tell the publisher."""

    alert: Alert
    audience: Audience
    make_identifier: bool = False
    original: bytes | None = None
    remarks: tuple[str, ...] = ()


async def beside_the_loop(size: int, work: Callable[[], Result]) -> Result:
    """Do what takes long for a large body in a thread."""
    return await asyncio.to_thread(work) if size >= WORTH_A_THREAD_BYTES else work()


def from_json_alert(value: Mapping[str, Any], audience: Audience, now: int) -> Submitted:
    """An alert as it stands in a JSON body; `identifier` and `sent` are filled where they are absent.

    Raises ProblemError `alert-invalid`, with every violation under `alert.`.
    """
    filled = {"identifier": PLACEHOLDER, "sent": str(CapTime(now)), **value}
    try:
        alert = Alert.from_json(filled)
    except InvalidAlertError as error:
        raise invalid(error.violations) from None
    return Submitted(alert, audience, "identifier" not in value, None, tuple(map(str, remarks(alert))))


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
