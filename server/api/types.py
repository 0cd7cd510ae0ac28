"""What the API takes and answers, as types: the same that requests are checked against and the OpenAPI document shows.

Times are RFC 3339 in UTC, by the hub's clock unless said otherwise. What is absent is null or an empty list, never left out.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from alerts import limits
from alerts.audience import Audience
from alerts.cap.language import ALL, is_well_formed
from alerts.cap.model import Alert
from alerts.cap.question import AnswerKind
from alerts.cap.terms import MsgType, Scope, Severity, Status
from server.api.operation import POSITION_PATTERN
from server.delivery import STATES, Delivery, DeliveryState, DeviceDelivery
from server.hub import Published
from server.publish import ADDRESSED_MAX, ROLE_CHARS_MAX
from server.store.areas import CODE_CHARS_MAX
from server.store.records import AreaKind, AreaRow, Check, DeviceReport, DeviceRow, Enrolled, StoredAlert

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253402300799


def time_of(seconds: int) -> str:
    """A time as RFC 3339 has it; what lies beyond its years is its last second, or its first."""
    first = -62135596800
    return (
        (_BEGINNING + timedelta(seconds=min(max(seconds, first), _LAST))).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    )


def maybe_time_of(seconds: int | None) -> str | None:
    """As `time_of`; None stays None."""
    return None if seconds is None else time_of(seconds)


def _language(tag: str) -> str:
    if tag != ALL and not is_well_formed(tag):
        raise ValueError(f"{tag[:60]!r} is no language tag (BCP 47), like sw or pt-MZ; * asks for all")
    return tag


def _each_once(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


_SOLID = r"^\s\x00-\x1f\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_LANGUAGE = r"^(\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*)$"
ON_A_DEVICE_MAX = 100
"""Areas, roles of one device."""
IN_A_QUERY_MAX = 50
"""Areas, roles, devices in an address, which must fit the headers; more go into a JSON body."""

REASON_CHARS_MIN, REASON_CHARS_MAX = 10, 500
Reason = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=REASON_CHARS_MIN, max_length=REASON_CHARS_MAX)
]
"""Why the glass is broken, in words."""
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
AreaCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9._]+(-[A-Za-z0-9._]+)*$", max_length=CODE_CHARS_MAX, min_length=1)
]
RoleName = Annotated[
    str, StringConstraints(pattern=rf"^[{_SOLID}]([{_SOLID} ]*[{_SOLID}])?$", max_length=ROLE_CHARS_MAX)
]
DeviceId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=64, min_length=1)]
ContactName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$", max_length=64, min_length=1)]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+?[0-9]{5,20}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=100)]
LanguageTag = Annotated[str, StringConstraints(pattern=_LANGUAGE, max_length=64), AfterValidator(_language)]
Areas = Annotated[tuple[AreaCode, ...], Field(max_length=ADDRESSED_MAX), AfterValidator(_each_once)]
Roles = Annotated[tuple[RoleName, ...], Field(max_length=ADDRESSED_MAX), AfterValidator(_each_once)]
AreasOfDevice = Annotated[tuple[AreaCode, ...], Field(max_length=ON_A_DEVICE_MAX), AfterValidator(_each_once)]
RolesOfDevice = Annotated[tuple[RoleName, ...], Field(max_length=ON_A_DEVICE_MAX), AfterValidator(_each_once)]
Devices = Annotated[tuple[DeviceId, ...], Field(max_length=ADDRESSED_MAX), AfterValidator(_each_once)]
Languages = Annotated[tuple[LanguageTag, ...], Field(max_length=limits.LANGUAGES_MAX), AfterValidator(_each_once)]


class Asked(BaseModel):
    """What comes from outside: unknown names are refused, and nothing is converted."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Said(BaseModel):
    """What the hub says."""

    model_config = ConfigDict(frozen=True, json_schema_mode_override="serialization", serialize_by_alias=True)


# -- publishing -------------------------------------------------------------------------------------------------------


class AudienceBody(Asked):
    """Whom an alert is for: devices in any of `areas` with any of `roles` (where both are given, both must hold), the named
    `devices`, or `everyone`. Nobody is addressed by leaving it out."""

    areas: Areas = ()
    """Codes of areas; KE-047 includes all below it, like KE-047-0312."""
    roles: Roles = ()
    """Roles of health workers, as they were given to their devices."""
    devices: Devices = ()
    """Devices by their identifier."""
    everyone: Annotated[bool, Field(strict=True)] = False
    """Every device of this hub."""

    def to_audience(self) -> Audience:
        """As the core has it."""
        return Audience(self.areas, self.roles, self.devices, self.everyone)

    @classmethod
    def of(cls, audience: Audience) -> AudienceBody:
        """From the core's."""
        return cls.model_construct(
            areas=audience.areas, roles=audience.roles, devices=audience.devices, everyone=audience.everyone
        )


class QuestionBody(Asked):
    """A question for whoever gets the alert, in the words of each language that the alert has an info in. It becomes parameters
    of the infos, see docs/questions.md."""

    answer: AnswerKind
    """What it wants to hear."""
    text: dict[LanguageTag, str] = Field(min_length=1, max_length=IN_A_QUERY_MAX)
    """Language -> the question."""
    choices: dict[LanguageTag, tuple[str, ...]] = Field(default_factory=dict, max_length=IN_A_QUERY_MAX)
    """Of one-of: language -> the choices, in the same order in each."""
    unit: dict[LanguageTag, str] = Field(default_factory=dict, max_length=IN_A_QUERY_MAX)
    """Of a number: language -> what it counts."""
    min: int | float | None = None
    """Of a number: the least that is taken."""
    max: int | float | None = None
    """Of a number: the most that is taken."""


class PublishBody(Asked):
    """An alert and whom it is for."""

    alert: dict[str, Any]
    """A CAP 1.2 alert under CAP's own names. `identifier` and `sent` may be left to the hub."""
    audience: AudienceBody = AudienceBody()
    question: QuestionBody | None = None
    """What the alert asks. It may also stand in the parameters of its infos, where it is put anyhow."""
    break_glass: Reason | None = None
    """Publish what needs a second person without one, for this reason. It is audited, and told as an event."""


class FollowUpBody(Asked):
    """What is different in an update or cancel; the rest is taken from the alert that it replaces."""

    alert: dict[str, Any] = Field(default_factory=dict)
    """Members of a CAP 1.2 alert. An update needs `info`."""
    audience: AudienceBody | None = None
    """Whom it is for; by default whom the replaced one was for. Those hear of the end of that one in any case."""
    question: QuestionBody | None = None
    """What the new alert asks; the question of the one that it replaces is over."""
    break_glass: Reason | None = None
    """Publish what needs a second person without one, for this reason. It is audited, and told as an event."""


class PublishQuery(Asked):
    """Whom an alert in CAP XML is for."""

    area: Annotated[tuple[AreaCode, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """A code of an area; may be repeated."""
    role: Annotated[tuple[RoleName, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """A role; may be repeated."""
    device: Annotated[tuple[DeviceId, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """A device; may be repeated."""
    everyone: bool = False
    """Every device."""
    dry_run: bool = False
    """Check everything and say who would get the alert, and publish nothing."""
    break_glass: Reason | None = None
    """Publish what needs a second person without one, for this reason. It is audited, and told as an event."""

    def to_audience(self) -> Audience:
        """As the core has it."""
        return Audience(self.area, self.role, self.device, self.everyone)


class PublishedAnswer(Said):
    """An alert that stands durably in the log."""

    identifier: str
    sender: str
    number: int
    """Its number in the log."""
    epoch: int
    """The epoch of the log that the number belongs to."""
    reports: tuple[str, ...]
    """What the publisher should know: remarks on the file, references that are not known here."""

    @classmethod
    def of(cls, published: Published, remarks: tuple[str, ...]) -> PublishedAnswer:
        """From what the hub says, after remarks on the file."""
        return cls(
            identifier=published.identifier,
            sender=published.sender,
            number=published.number,
            epoch=published.epoch,
            reports=(*remarks, *published.reports),
        )


# -- alerts -----------------------------------------------------------------------------------------------------------


class AlertsQuery(Asked):
    """Which alerts to list."""

    after: str = Field(default="0", pattern=POSITION_PATTERN)
    """Only alerts above a position, `<epoch>-<number>` (the `position` of the answer before), or above a bare number."""
    limit: int = Field(default=100, ge=1, le=1000)
    """How many at most."""
    in_force: bool | None = None
    """Only those that are in force (true), or only those that are not (false)."""
    area: Annotated[tuple[AreaCode, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only alerts that reach somebody in this area; may be repeated."""
    severity: Severity | None = None
    """Only alerts at least so grave. An update or cancel counts as what it replaces, where that was graver."""
    wait: float = Field(default=0, ge=0, le=60, allow_inf_nan=False)
    """Where there is none: wait so many seconds for one."""


class AlertSummary(Said):
    """An alert in a list."""

    number: int
    epoch: int
    identifier: str
    sender: str
    sent: str
    """As CAP writes it, with its offset."""
    status: Status
    msg_type: MsgType = Field(serialization_alias="msgType")
    scope: Scope
    event: str | None
    """Of the first info."""
    headline: str | None
    """Of the first info."""
    severity: Severity
    """The gravest of all infos."""
    audience: AudienceBody
    expires: Moment
    """Until when the hub takes it to hold."""
    in_force: bool
    replaced_by: int | None
    """The number of the update or cancel that replaced it."""
    published_at: Moment
    published_by: str
    """The name of the token."""

    @classmethod
    def of(cls, stored: StoredAlert) -> AlertSummary:
        """From the store's."""
        return cls(**_summary(stored))


class AlertAnswer(AlertSummary):
    """An alert with everything."""

    alert: dict[str, Any]
    """The CAP alert, under CAP's own names."""

    @classmethod
    def of(cls, stored: StoredAlert) -> AlertAnswer:
        """From the store's."""
        return cls(**_summary(stored), alert=stored.alert.to_json())


def _summary(stored: StoredAlert) -> dict[str, Any]:
    alert: Alert = stored.alert
    info = alert.info[0] if alert.info else None
    return {
        "number": stored.number,
        "epoch": stored.epoch,
        "identifier": alert.identifier,
        "sender": alert.sender,
        "sent": str(alert.sent),
        "status": alert.status,
        "msg_type": alert.msg_type,
        "scope": alert.scope,
        "event": info.event if info else None,
        "headline": info.headline if info else None,
        "severity": alert.severity,
        "audience": AudienceBody.of(stored.audience),
        "expires": time_of(stored.expires),
        "in_force": stored.in_force,
        "replaced_by": stored.replaced_by,
        "published_at": time_of(stored.published_at),
        "published_by": stored.published_by,
    }


class AlertList(Said):
    """A page of alerts, in the order of their numbers."""

    alerts: tuple[AlertSummary, ...]
    next: int | None
    """Give this as `after` for the next page; null: there is none."""
    position: str
    """Up to here everything was looked at: give it as `after` to hear what comes. Unlike a bare number it tells when the log
    is no longer the one that it was."""


# -- delivery ---------------------------------------------------------------------------------------------------------


class DeliveryQuery(Asked):
    """Which devices to list."""

    state: tuple[DeliveryState, ...] = ()
    """Only devices in this state; may be repeated."""


class DeviceDeliveryAnswer(Said):
    """How far an alert has come with one device."""

    device: str
    name: str
    state: DeliveryState
    seen_at: Moment | None
    """As the device reckoned the hub's time."""
    acknowledged_at: Moment | None
    """As the device reckoned the hub's time."""
    answered_at: Moment | None
    """When it was first answered, as the device reckoned the hub's time."""

    @classmethod
    def of(cls, one: DeviceDelivery) -> DeviceDeliveryAnswer:
        """From the hub's."""
        return cls(
            device=one.device,
            name=one.name,
            state=one.state,
            seen_at=maybe_time_of(one.seen_at),
            acknowledged_at=maybe_time_of(one.acknowledged_at),
            answered_at=maybe_time_of(one.answered_at),
        )


class DeliveryAnswer(Said):
    """How far an alert has come: each device is in one state, the furthest that there is proof of."""

    identifier: str
    number: int
    counts: dict[DeliveryState, int] = Field(
        description="\n".join(f"- `{state}`: {row.meaning} Proof: {row.proof}" for state, row in STATES.items())
    )
    devices: tuple[DeviceDeliveryAnswer, ...]

    @classmethod
    def of(cls, identifier: str, delivery: Delivery, states: tuple[DeliveryState, ...]) -> DeliveryAnswer:
        """From the hub's; only the devices in `states`, if there are any."""
        return cls(
            identifier=identifier,
            number=delivery.number,
            counts={state: delivery.counts.get(state, 0) for state in DeliveryState},
            devices=tuple(
                DeviceDeliveryAnswer.of(one) for one in delivery.devices if not states or one.state in states
            ),
        )


# -- devices ----------------------------------------------------------------------------------------------------------


class EnrolmentCodeBody(Asked):
    """What the device that uses the code will be."""

    areas: AreasOfDevice = ()
    roles: RolesOfDevice = ()
    languages: Languages | None = None
    """The device's languages, best first; null leaves them to the device."""
    name: Name = ""
    """What ops call the device; empty leaves it to the device."""
    valid_seconds: int = Field(default=7 * 86_400, ge=60, le=90 * 86_400, strict=True)
    """How long the code can be used."""


class EnrolmentCodeAnswer(Said):
    """A code that enrols one device, once."""

    code: str
    """Shown this once."""
    expires: Moment
    reports: tuple[str, ...]
    """What whoever made it should know: areas that could not be checked."""


class EnrolmentBody(Asked):
    """A device that asks to be enrolled."""

    code: str = Field(min_length=1, max_length=100)
    """The one-time code; spaces, hyphens and case do not matter."""
    name: Name = ""
    languages: Languages = ()
    """Languages for alerts (BCP 47), best first; `*` asks for all."""


class EnrolmentAnswer(Said):
    """An enrolled device."""

    device: str
    token: str
    """The device's credential, shown this once."""
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    number: int
    """The number of the enrolment in the log."""

    @classmethod
    def of(cls, enrolled: Enrolled) -> EnrolmentAnswer:
        """From the hub's."""
        return cls(
            device=enrolled.device,
            token=enrolled.token,
            name=enrolled.name,
            areas=enrolled.areas,
            roles=enrolled.roles,
            languages=enrolled.languages,
            number=enrolled.number,
        )


class DeviceChange(Asked):
    """What to change; what is null or left out stays."""

    areas: AreasOfDevice | None = None
    roles: RolesOfDevice | None = None
    languages: Languages | None = None
    name: Name | None = None
    supervisor: ContactName | Literal[""] | None = None
    """The contact whom rules call the device's supervisor; empty: none."""
    phone: PhoneNumber | Literal[""] | None = None
    """Where its user is called; empty: none is known."""


class DeviceAnswer(Said):
    """A device."""

    device: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...]
    """Those that hold now: what ops have set, else what the device asks for."""
    enrolled_at: Moment
    revoked_at: Moment | None
    last_seen: Moment | None
    """When the hub last heard of it what it has."""
    cursor: int
    """Up to this number the device has stored everything that is for it."""
    epoch: int
    """The epoch of the log in which it said so."""
    connected: bool
    clone_seen_at: Moment | None
    """When it was proved that two copies of its store are in use."""
    supervisor: str | None
    """The contact whom rules call its supervisor."""
    phone: str | None
    """Where its user is called."""
    reference: str | None
    """The ministry's own name of it, if it came from the roster."""

    @classmethod
    def of(cls, row: DeviceRow, *, connected: bool) -> DeviceAnswer:
        """From the hub's."""
        return cls(
            device=row.device,
            name=row.name,
            areas=row.areas,
            roles=row.roles,
            languages=row.languages if row.languages_set is None else row.languages_set,
            enrolled_at=time_of(row.enrolled_at),
            revoked_at=maybe_time_of(row.revoked_at),
            last_seen=maybe_time_of(row.last_seen),
            cursor=row.cursor,
            epoch=row.epoch,
            connected=connected,
            clone_seen_at=maybe_time_of(row.clone_seen_at),
            supervisor=row.supervisor,
            phone=row.phone,
            reference=row.reference,
        )


class DevicesQuery(Asked):
    """Which devices to list."""

    area: Annotated[tuple[AreaCode, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only those in this area; may be repeated."""
    role: Annotated[tuple[RoleName, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only those whose users have this role; may be repeated."""
    text: Annotated[str, StringConstraints(max_length=100)] = ""
    """Only those with this in their name, identifier, reference or phone number, in any case."""
    revoked: bool | None = None
    """Only those that are revoked (true), or only those that are not (false)."""
    limit: int | None = Field(default=None, ge=1, le=10_000)
    """How many at most; by default all."""


class DeviceList(Said):
    """Devices, the revoked ones too, in the order of their enrolment."""

    devices: tuple[DeviceAnswer, ...]
    total: int
    """How many there are that were asked for, listed or not."""


# -- the rest ---------------------------------------------------------------------------------------------------------


class AreaAnswer(Said):
    """A line of the list of areas."""

    code: str
    name: str
    kind: AreaKind
    """A facility is the leaf of the tree; to an audience both are areas."""
    lat: float | None
    """Where it is on the map, in degrees."""
    lon: float | None

    @classmethod
    def of(cls, row: AreaRow) -> AreaAnswer:
        """From the hub's."""
        lat, lon = (None, None) if row.point is None else (row.point.lat, row.point.lon)
        return cls(code=row.code, name=row.name, kind=row.kind, lat=lat, lon=lon)


class AreaList(Said):
    """The list of areas, by code. While it is empty every well-formed code is taken."""

    areas: tuple[AreaAnswer, ...]


class QuarantineQuery(Asked):
    """How many to list."""

    limit: int = Field(default=1000, ge=1, le=10_000)
    """How many at most, newest first."""


class QuarantineItem(Said):
    """Something that could not be used, or that the log lost."""

    kind: str
    """`quarantined`: a device could not use an entry of the log. `unusable`: the hub could not use what a device sent. `lost`: a
    device holds alerts in force that the log no longer has. `clone`: two copies of a device's store are in use."""
    device: str
    at: Moment
    words: str
    epoch: int
    number: int
    alerts: tuple[str, ...]
    """Identities (sender,identifier) of the alerts that were lost."""

    @classmethod
    def of(cls, report: DeviceReport) -> QuarantineItem:
        """From the hub's."""
        return cls(
            kind=report.kind,
            device=report.device,
            at=time_of(report.at),
            words=report.words,
            epoch=report.epoch,
            number=report.number,
            alerts=report.keys,
        )


class Quarantine(Said):
    """What somebody has to look at, newest first."""

    items: tuple[QuarantineItem, ...]


class HealthAnswer(Said):
    """The process answers."""

    status: str


class CheckAnswer(Said):
    """One thing that was looked at."""

    name: str
    ok: bool
    words: str

    @classmethod
    def of(cls, check: Check) -> CheckAnswer:
        """From the hub's."""
        return cls(name=check.name, ok=check.ok, words=check.words)


class ReadyAnswer(Said):
    """The hub can do its work."""

    checks: tuple[CheckAnswer, ...]


class ViolationAnswer(Said):
    """One thing that is wrong."""

    path: str
    problem: str
    line: int | None = None


class ProblemAnswer(BaseModel):
    """Problem details (RFC 9457). Some problems have further members."""

    model_config = ConfigDict(extra="allow")

    type: str
    """`/v1/docs#` and the problem's name, relative to the hub."""
    title: str
    status: int
    detail: str
    """What is wrong here, where, and what to do."""
    instance: str | None = None
    violations: tuple[ViolationAnswer, ...] = ()
