"""The alert, as CAP 1.2 defines it: immutable, typed, and valid by construction.

In Python the attributes are snake_case; in JSON the names are CAP's own (`msgType`, `areaDesc`). Text is kept as it
was written, outer white space aside; an element that is there but empty is "", one that is absent is None or ().

Whatever makes an `Alert` raises InvalidAlertError with every violation and its path, not only the first one:

    Alert(identifier=…, …)     from Python values
    Alert.from_json(value)     from decoded JSON: CAP's names only, and shapes must be right (see rules.py)
    from_xml(data)             in from_xml.py: from CAP XML, as lenient as the schema, with remarks
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import chain, islice
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from alerts.cap import rules
from alerts.cap.question import Parameters, parameters_of
from alerts.cap.references import Reference, references_in
from alerts.cap.terms import Category, Certainty, MsgType, ResponseType, Scope, Severity, Status, Urgency
from alerts.cap.times import CapTime
from alerts.cap.violations import VIOLATIONS_MAX, from_pydantic
from alerts.errors import InvalidAlertError, Violation
from alerts.limits import NUMBER_MAX

XML_SPACE = " \t\r\n"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_STRICT = {"strict": True}


def _stripped(value: object) -> object:
    return value.strip(XML_SPACE) if isinstance(value, str) else value


def _wrong(problem: str) -> PydanticCustomError:
    return PydanticCustomError("cap", "{problem}", {"problem": problem})


def _xml_text(value: str) -> str:
    found = _NOT_XML.search(value)
    if found:
        raise _wrong(f"has the character U+{ord(found[0]):04X}, which XML cannot carry")
    return value


def _always(check: rules.Check) -> AfterValidator:
    def validate(value: str) -> str:
        if problem := check(value):
            raise _wrong(problem)
        return value

    return AfterValidator(validate)


def _where_strict(check: rules.Check) -> AfterValidator:
    def validate(value: str, info: ValidationInfo) -> str:
        if info.context == _STRICT and (problem := check(value)):
            raise _wrong(problem)
        return value

    return AfterValidator(validate)


Text = Annotated[str, BeforeValidator(_stripped), AfterValidator(_xml_text)]
Words = Annotated[Text, _always(rules.not_empty), Field(min_length=1)]
Identity = Annotated[Text, _always(rules.identity), Field(min_length=1)]
Language = Annotated[Text, _always(rules.schema_language), _where_strict(rules.well_formed_language)]
Feet = Annotated[Text, _always(rules.decimal)]
Address = Annotated[Text, _where_strict(rules.uri)]
Polygon = Annotated[Text, _where_strict(rules.polygon)]
Circle = Annotated[Text, _where_strict(rules.circle)]
Size = Annotated[int, Field(strict=True, ge=-NUMBER_MAX, le=NUMBER_MAX)]


class CapModel(BaseModel):
    """What all parts of an alert have in common."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
        use_attribute_docstrings=True,
    )

    def to_json(self) -> dict[str, Any]:
        """What `json.dumps` takes: CAP's names, what is absent left out."""
        return self.model_dump(mode="json", by_alias=True, exclude_defaults=True)


class NamedValue(CapModel):
    """What CAP writes as valueName and value; `value` may be empty."""

    value_name: Words
    value: Text


class EventCode(NamedValue):
    """A code of the event in a system named by valueName."""


class Parameter(NamedValue):
    """A value of a system named by valueName."""


class Geocode(NamedValue):
    """A code of the area in a system named by valueName."""


class Resource(CapModel):
    """A file that belongs to an info."""

    resource_desc: Words
    """What the file is, for people."""
    mime_type: Words
    """Its media type (RFC 2046)."""
    size: Size | None = None
    """Its size in bytes, about."""
    uri: Address | None = None
    """Where it is."""
    deref_uri: Text | None = None
    """The file itself in base64, for one-way links."""
    digest: Text | None = None
    """Its SHA-1, in hexadecimal."""


class Area(CapModel):
    """An area that an info is about."""

    area_desc: Words
    """The area, for people."""
    polygon: tuple[Polygon, ...] = ()
    """Closed lines "lat,lon lat,lon …", at least four points, the last one the same as the first (WGS 84)."""
    circle: tuple[Circle, ...] = ()
    """Circles "lat,lon radius", the radius in kilometres."""
    geocode: tuple[Geocode, ...] = ()
    """Codes of the area."""
    altitude: Feet | None = None
    """Feet above mean sea level: the height, or the lowest one if there is a ceiling. A decimal number, as text."""
    ceiling: Feet | None = None
    """The highest one, in feet. A decimal number, as text."""

    @model_validator(mode="after")
    def _ceiling_with_altitude(self, info: ValidationInfo) -> Area:
        if info.context == _STRICT and (problem := rules.ceiling(self.altitude, self.ceiling)):
            raise _wrong(problem)
        return self


class Info(CapModel):
    """The event in one language."""

    language: Language | None = None
    """BCP 47; CAP takes en-US where it is absent."""
    category: tuple[Category, ...] = Field(min_length=1)
    """The kinds of event."""
    event: Words
    """The event, in few words."""
    response_type: tuple[ResponseType, ...] = ()
    """What people should do."""
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    audience: Text | None = None
    """Whom the words are meant for. It addresses nobody: see the audience beside the alert."""
    event_code: tuple[EventCode, ...] = ()
    effective: CapTime | None = None
    """When the words begin to hold; if absent, when the alert was sent."""
    onset: CapTime | None = None
    """When the event is expected to begin."""
    expires: CapTime | None = None
    """When the words cease to hold."""
    sender_name: Text | None = None
    headline: Text | None = None
    """About 160 characters."""
    description: Text | None = None
    instruction: Text | None = None
    web: Address | None = None
    """An address with more about the event."""
    contact: Text | None = None
    parameter: tuple[Parameter, ...] = ()
    resource: tuple[Resource, ...] = ()
    area: tuple[Area, ...] = ()


class Alert(CapModel):
    """One CAP alert."""

    identifier: Identity
    """Unique for its sender; without spaces, commas, `<` and `&`."""
    sender: Identity
    """Who answers for the alert; globally unique, without spaces, commas, `<` and `&`."""
    sent: CapTime
    status: Status
    msg_type: MsgType
    source: Text | None = None
    """What the alert came from: an operator, a device."""
    scope: Scope
    restriction: Text | None = None
    """The rule that limits who may see it; needed with scope Restricted."""
    addresses: Text | None = None
    """Those whom it is meant for, divided by spaces; needed with scope Private."""
    code: tuple[Text, ...] = ()
    """Codes for special handling."""
    note: Text | None = None
    """For operators; of an Exercise what is exercised, of an Error what was wrong."""
    references: Text | None = None
    """Earlier alerts as sender,identifier,sent, divided by spaces; needed with Update, Cancel, Ack and Error."""
    incidents: Text | None = None
    """Names of incidents, divided by spaces."""
    info: tuple[Info, ...] = ()

    @model_validator(mode="wrap")
    @classmethod
    def _all_at_once(cls, data: Any, handler: ModelWrapValidatorHandler[Alert], info: ValidationInfo) -> Alert:
        """Judge types and conditions in one go, so that a person mends the whole alert, not one thing after another."""
        violations: list[Violation] = []
        alert: Alert | None = None
        try:
            alert = handler(data)
        except ValidationError as error:
            violations.extend(from_pydantic(error))
        named = {violation.path for violation in violations}
        conditions = rules.conditions(*_conditional(alert or data))
        asked = rules.questions(_parameters(alert or data)) if info.context == _STRICT else ()
        more = (found for found in chain(conditions, asked) if found.path not in named)
        violations.extend(islice(more, VIOLATIONS_MAX))
        if alert is None or violations:
            raise InvalidAlertError(violations)
        return alert

    @classmethod
    def from_json(cls, value: object, *, strict: bool = True) -> Alert:
        """An alert from decoded JSON; InvalidAlertError names all that is wrong.

        `strict` is for what was written for Tocsin; without it all is taken that CAP XML may bring, see rules.py.
        """
        return cls.model_validate(value, by_alias=True, by_name=False, context=_STRICT if strict else None)

    @property
    def key(self) -> str:
        """The alert's identity among all: "sender,identifier"."""
        return f"{self.sender},{self.identifier}"

    @property
    def reference_list(self) -> tuple[Reference, ...]:
        """The earlier alerts that this one names."""
        return references_in(self.references)

    @property
    def reference_keys(self) -> tuple[str, ...]:
        """The identities of the earlier alerts that this one names, in order, each once."""
        return tuple(dict.fromkeys(reference.key for reference in self.reference_list))

    @property
    def severity(self) -> Severity:
        """The gravest severity of all infos; Unknown without infos."""
        return min(
            (info.severity for info in self.info), key=lambda severity: severity.number, default=Severity.UNKNOWN
        )

    @property
    def languages(self) -> tuple[str | None, ...]:
        """The language that each info states."""
        return tuple(info.language for info in self.info)

    def expires_at(self, default_life_s: int) -> int:
        """When the alert ceases to hold, in seconds since 1970: the latest `expires` of its infos.

        If none says, `default_life_s` after it was sent.
        """
        stated = (info.expires.seconds for info in self.info if info.expires)
        return max(stated, default=self.sent.seconds + default_life_s)


def _conditional(alert: object) -> list[str | None]:
    """The values that `rules.conditions` looks at, from an alert or from what failed to become one."""
    names = ("msg_type", "scope", "restriction", "addresses", "references")
    if isinstance(alert, Alert):
        return [getattr(alert, name) for name in names]
    fields = alert if isinstance(alert, Mapping) else {}
    values = [fields.get(to_camel(name), fields.get(name)) for name in names]
    return [value if isinstance(value, str) else None for value in values]


def _parameters(alert: object) -> list[Parameters]:
    """The parameters of each info, from an alert or from what failed to become one."""
    if isinstance(alert, Alert):
        return [parameters_of(info) for info in alert.info]
    infos = alert.get("info") if isinstance(alert, Mapping) else None
    return [_named_values(info) for info in infos] if isinstance(infos, list) else []


def _named_values(info: object) -> Parameters:
    found = info.get("parameter") if isinstance(info, Mapping) else None
    values = [value if isinstance(value, Mapping) else {} for value in found] if isinstance(found, list) else []
    return [(str(value.get("valueName", "")).strip(), str(value.get("value", ""))) for value in values]
