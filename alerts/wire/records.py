"""An alert in the general form: one positional msgpack array, whole and lossless.

Positions are fixed for good; a newer writer adds at the end, and a reader ignores what it does not know. Absent is
nil, and a tail of nils is cut off. Enumerations are the numbers of terms.py; times are seconds relative to `sent`,
alone where the offset is that of `sent`, else `[seconds, offset]`; an offset is minutes east of UTC, nil for "-00:00".
Named values lie flat: name, value, name, value. Base64 in `derefUri` travels as the bytes that it stands for.

    alert     [identifier, sender, sent, offset, status, msgType, scope, [info …], references, code, note, source,
               incidents, restriction, addresses]
    info      [language, [category …], event, urgency, severity, certainty, headline, description, instruction,
               [area …], expires, onset, effective, [responseType …], senderName, audience, eventCode, parameter,
               web, contact, [resource …]]
    area      [areaDesc, geocode, [polygon …], [circle …], altitude, ceiling]
    resource  [resourceDesc, mimeType, size, uri, derefUri, digest]
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from alerts.cap.language import best_match
from alerts.cap.model import Alert, Area, EventCode, Geocode, Info, NamedValue, Parameter, Resource
from alerts.cap.terms import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Term, Urgency
from alerts.cap.times import CapTime
from alerts.errors import InvalidAlertError, RemoteProtocolError
from alerts.limits import NESTING_MAX
from alerts.wire.packing import pack, unpack

SomeTerm = TypeVar("SomeTerm", bound=Term)
Named = TypeVar("Named", bound=NamedValue)


def pack_alert(alert: Alert, languages: Sequence[str] | None = None, *, omit_identifier: bool = False) -> bytes:
    """The alert with the infos that a device with these languages gets; None or ("*",) is all of them.

    `omit_identifier` leaves the identifier out, for a reader that derives it.
    """
    chosen = range(len(alert.info)) if languages is None else best_match(languages, alert.languages)
    return pack(
        _cut(
            None if omit_identifier else alert.identifier,
            alert.sender,
            alert.sent.seconds,
            alert.sent.offset_minutes,
            alert.status.number,
            alert.msg_type.number,
            alert.scope.number,
            [_info_out(alert.info[index], alert.sent) for index in chosen] or None,
            alert.references,
            list(alert.code) or None,
            alert.note,
            alert.source,
            alert.incidents,
            alert.restriction,
            alert.addresses,
        )
    )


def unpack_alert(data: bytes, identifier: str | None = None) -> Alert:
    """The alert that `pack_alert` packed; RemoteProtocolError says what was wrong with any other bytes.

    `identifier` is the derived one, for a record that leaves it out.
    """
    row = _Row(unpack(data, depth_max=NESTING_MAX), "alert")
    named = row.text(0)
    if named is None and identifier is None:
        raise RemoteProtocolError("alert[0]: the identifier is left out, and none was derived")
    sent = row.sent()
    try:
        return Alert.model_validate(_alert_in(row, named if named is not None else identifier, sent))
    except InvalidAlertError as error:
        raise RemoteProtocolError(f"the record is no valid alert: {error}"[:1000]) from None


def _info_out(info: Info, sent: CapTime) -> list[Any]:
    return _cut(
        info.language,
        [category.number for category in info.category],
        info.event,
        info.urgency.number,
        info.severity.number,
        info.certainty.number,
        info.headline,
        info.description,
        info.instruction,
        [_area_out(area) for area in info.area] or None,
        _time_out(info.expires, sent),
        _time_out(info.onset, sent),
        _time_out(info.effective, sent),
        [response.number for response in info.response_type] or None,
        info.sender_name,
        info.audience,
        _named_out(info.event_code),
        _named_out(info.parameter),
        info.web,
        info.contact,
        [_resource_out(resource) for resource in info.resource] or None,
    )


def _area_out(area: Area) -> list[Any]:
    shapes = list(area.polygon) or None, list(area.circle) or None
    return _cut(area.area_desc, _named_out(area.geocode), *shapes, area.altitude, area.ceiling)


def _resource_out(resource: Resource) -> list[Any]:
    file = None if resource.deref_uri is None else _base64_out(resource.deref_uri)
    return _cut(resource.resource_desc, resource.mime_type, resource.size, resource.uri, file, resource.digest)


def _cut(*values: Any) -> list[Any]:
    """The row without its tail of nils."""
    row = list(values)
    while row and row[-1] is None:
        row.pop()
    return row


def _named_out(values: Iterable[NamedValue]) -> list[str] | None:
    return [text for value in values for text in (value.value_name, value.value)] or None


def _time_out(time: CapTime | None, sent: CapTime) -> int | list[int | None] | None:
    if time is None:
        return None
    after = time.seconds - sent.seconds
    return after if time.offset_minutes == sent.offset_minutes else [after, time.offset_minutes]


def _base64_out(text: str) -> str | bytes:
    """The bytes, if exactly this text comes out of them again."""
    try:
        file = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return text
    return file if base64.b64encode(file).decode() == text else text


@dataclass(frozen=True)
class _Row:
    """An array from the wire, read by position; whatever lies beyond the last position asked for is ignored."""

    values: Any
    path: str

    def __post_init__(self) -> None:
        if not isinstance(self.values, list):
            raise RemoteProtocolError(f"{self.path}: must be an array, found {type(self.values).__name__}")

    def at(self, position: int) -> Any:
        """The value, or None for a tail cut off."""
        return self.values[position] if position < len(self.values) else None

    def text(self, position: int) -> str | None:
        """A string or nil."""
        value: str | None = self._typed(position, str, "a string")
        return value

    def whole(self, position: int) -> int | None:
        """An integer or nil."""
        value: int | None = self._typed(position, int, "an integer")
        return value

    def _typed(self, position: int, kind: type[Any], called: str) -> Any:
        value = self.at(position)
        if value is not None and type(value) is not kind:
            raise RemoteProtocolError(f"{self.path}[{position}]: must be {called}, found {type(value).__name__}")
        return value

    def term(self, position: int, terms: type[SomeTerm]) -> SomeTerm:
        """A term that CAP requires."""
        number = self.whole(position)
        term = None if number is None else terms.numbered(number)
        if term is None:
            raise RemoteProtocolError(f"{self.path}[{position}]: {number} is no {terms.__name__} that is known here")
        return term

    def known_terms(self, position: int, terms: type[SomeTerm]) -> list[SomeTerm]:
        """Terms of a list; a newer one that is not known here is passed over."""
        row = self.row(position)
        numbers = [row.whole(index) for index in range(len(row.values))]
        known = (None if number is None else terms.numbered(number) for number in numbers)
        return [term for term in known if term is not None]

    def row(self, position: int) -> _Row:
        """An array inside; nil is an empty one."""
        value = self.at(position)
        return _Row([] if value is None else value, f"{self.path}[{position}]")

    def rows(self, position: int, read: Callable[[_Row], dict[str, Any]]) -> list[dict[str, Any]]:
        """An array of arrays."""
        row = self.row(position)
        return [read(_Row(value, f"{row.path}[{index}]")) for index, value in enumerate(row.values)]

    def texts(self, position: int) -> list[str]:
        """An array of strings."""
        row = self.row(position)
        return [row.text(index) or "" for index in range(len(row.values))]

    def named(self, position: int, kind: type[Named]) -> list[dict[str, str]]:
        """Names and values, flat."""
        flat = self.texts(position)
        if len(flat) % 2:
            raise RemoteProtocolError(f"{self.path}[{position}]: the last name of {kind.__name__} has no value")
        return [{"value_name": name, "value": value} for name, value in zip(flat[::2], flat[1::2], strict=True)]

    def sent(self) -> CapTime:
        """The time of sending, at positions 2 and 3 of an alert."""
        seconds = self.whole(2)
        if seconds is None:
            raise RemoteProtocolError(f"{self.path}[2]: the time of sending is missing")
        return _time_made(seconds, self.whole(3), f"{self.path}[2]")

    def time(self, position: int, sent: CapTime) -> CapTime | None:
        """A time relative to `sent`, or nil."""
        value = self.at(position)
        if isinstance(value, list):
            pair = self.row(position)
            return _time_made(sent.seconds + (pair.whole(0) or 0), pair.whole(1), pair.path)
        after = self.whole(position)
        path = f"{self.path}[{position}]"
        return None if after is None else _time_made(sent.seconds + after, sent.offset_minutes, path)


def _time_made(seconds: int, offset_minutes: int | None, path: str) -> CapTime:
    try:
        return CapTime(seconds, offset_minutes)
    except ValueError as problem:
        raise RemoteProtocolError(f"{path}: {problem}") from None


def _alert_in(row: _Row, identifier: str | None, sent: CapTime) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "sender": row.text(1),
        "sent": sent,
        "status": row.term(4, Status),
        "msg_type": row.term(5, MsgType),
        "scope": row.term(6, Scope),
        "info": row.rows(7, lambda info: _info_in(info, sent)),
        "references": row.text(8),
        "code": row.texts(9),
        "note": row.text(10),
        "source": row.text(11),
        "incidents": row.text(12),
        "restriction": row.text(13),
        "addresses": row.text(14),
    }


def _info_in(row: _Row, sent: CapTime) -> dict[str, Any]:
    return {
        "language": row.text(0),
        "category": row.known_terms(1, Category) or [Category.OTHER],
        "event": row.text(2),
        "urgency": row.term(3, Urgency),
        "severity": row.term(4, Severity),
        "certainty": row.term(5, Certainty),
        "headline": row.text(6),
        "description": row.text(7),
        "instruction": row.text(8),
        "area": row.rows(9, _area_in),
        "expires": row.time(10, sent),
        "onset": row.time(11, sent),
        "effective": row.time(12, sent),
        "response_type": row.known_terms(13, ResponseType),
        "sender_name": row.text(14),
        "audience": row.text(15),
        "event_code": row.named(16, EventCode),
        "parameter": row.named(17, Parameter),
        "web": row.text(18),
        "contact": row.text(19),
        "resource": row.rows(20, _resource_in),
    }


def _area_in(row: _Row) -> dict[str, Any]:
    return {
        "area_desc": row.text(0),
        "geocode": row.named(1, Geocode),
        "polygon": row.texts(2),
        "circle": row.texts(3),
        "altitude": row.text(4),
        "ceiling": row.text(5),
    }


def _resource_in(row: _Row) -> dict[str, Any]:
    file = row.at(4)
    return {
        "resource_desc": row.text(0),
        "mime_type": row.text(1),
        "size": row.whole(2),
        "uri": row.text(3),
        "deref_uri": base64.b64encode(file).decode() if isinstance(file, bytes) else row.text(4),
        "digest": row.text(5),
    }
