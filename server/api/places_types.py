"""What imports, the map, audiences, bulk moves, the roster and enrolment sheets take and answer."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from server.api.rehearsal_types import ReachedAnswer
from server.api.types import (
    AreaAnswer,
    AreaCode,
    Areas,
    AreasOfDevice,
    Asked,
    DeviceAnswer,
    DeviceId,
    Languages,
    Moment,
    Name,
    Roles,
    RolesOfDevice,
    Said,
    maybe_time_of,
    time_of,
)
from server.places.enrolment import IN_A_SHEET_MAX, Expected, PrintedSheet, SheetEntry
from server.places.map import Within
from server.places.moving import MOVED_MAX, Moved, MoveOutcome
from server.places.preview import FieldChange, Preview, RowChange, RowError

LISTED_MAX = 500
"""Changes and errors that an answer lists; all are counted."""
CORNERS_MAX = 2000
ADDRESS_CHARS_MAX = 200


def _address(written: str) -> str:
    """A hub's address, or nothing."""
    if not written:
        return written
    parts = urlsplit(written)
    if (
        parts.scheme.lower() not in ("http", "https")
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in written
    ):
        raise ValueError("write the address of the hub as https://alerts.health.example")
    if any(character.isspace() or not character.isprintable() for character in written):
        raise ValueError("an address has no spaces")
    return written.rstrip("/")


Reference = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]


class LookQuery(Asked):
    """Whether to do it, or only to look."""

    dry_run: bool = False
    """Say what would change, and change nothing."""


class OutlinesQuery(LookQuery):
    """As for every import, and which property of the features holds the code."""

    property: Annotated[str, StringConstraints(max_length=100)] | None = None
    """The property that holds the area's code; by default the one that holds most codes of the list of areas."""


# -- imports ----------------------------------------------------------------------------------------------------------


class RowErrorAnswer(Said):
    """What is wrong with one cell."""

    row: int
    """As a spreadsheet numbers it: the headings are row 1. Of outlines: the feature."""
    column: str
    """The column's heading in the file; empty: it is about the whole row."""
    value: str
    problem: str
    expected: str
    """What would be right."""

    @classmethod
    def of(cls, error: RowError) -> RowErrorAnswer:
        """From the import's."""
        return cls(
            row=error.row, column=error.column, value=error.value, problem=error.problem, expected=error.expected
        )


class FieldChangeAnswer(Said):
    """One value that changes."""

    column: str
    old: str
    new: str

    @classmethod
    def of(cls, change: FieldChange) -> FieldChangeAnswer:
        """From the import's."""
        return cls(column=change.column, old=change.old, new=change.new)


class RowChangeAnswer(Said):
    """A row that is new, or changes what is there."""

    row: int
    key: str
    """The code of the area, or the reference of the device."""
    name: str
    is_new: bool
    fields: tuple[FieldChangeAnswer, ...]

    @classmethod
    def of(cls, change: RowChange) -> RowChangeAnswer:
        """From the import's."""
        fields = tuple(FieldChangeAnswer.of(one) for one in change.fields)
        return cls(row=change.row, key=change.key, name=change.name, is_new=change.is_new, fields=fields)


class ImportAnswer(Said):
    """What an import did (`done`), or would do; with errors it does nothing."""

    done: bool
    rows: int
    new: int
    changed: int
    unchanged: int
    error_count: int
    errors: tuple[RowErrorAnswer, ...] = Field(description=f"The first {LISTED_MAX}.")
    changes: tuple[RowChangeAnswer, ...] = Field(description=f"The first {LISTED_MAX} rows that are new or change.")
    ignored: tuple[str, ...]
    """Headings of columns that are not known, and so not read."""
    property: str | None
    """Of outlines: the property that holds the codes."""

    @classmethod
    def of(cls, preview: Preview, *, holder: str | None = None) -> ImportAnswer:
        """From the import's."""
        return cls(
            done=preview.is_done,
            rows=preview.rows,
            new=preview.new,
            changed=preview.changed,
            unchanged=preview.unchanged,
            error_count=len(preview.errors),
            errors=tuple(RowErrorAnswer.of(error) for error in preview.errors[:LISTED_MAX]),
            changes=tuple(RowChangeAnswer.of(change) for change in preview.changes[:LISTED_MAX]),
            ignored=preview.ignored,
            property=holder,
        )


# -- the map ----------------------------------------------------------------------------------------------------------

Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class PolygonBody(Asked):
    """A polygon that was drawn on the map."""

    polygon: Annotated[tuple[tuple[Latitude, Longitude], ...], Field(min_length=3, max_length=CORNERS_MAX)]
    """Its corners, each latitude and longitude as CAP has them, closed or not. It must not cross itself."""


class WithinAnswer(Said):
    """What a polygon holds."""

    audience: tuple[str, ...]
    """The fewest codes that stand for all that lies inside; what is only touched is in none of them."""
    inside: tuple[AreaAnswer, ...]
    """Areas and facilities that lie inside with all of them."""
    touched: tuple[AreaAnswer, ...]
    """Areas that lie inside only in part."""

    @classmethod
    def of(cls, within: Within) -> WithinAnswer:
        """From the map's."""
        return cls(
            audience=within.audience,
            inside=tuple(AreaAnswer.of(row) for row in within.inside),
            touched=tuple(AreaAnswer.of(row) for row in within.touched),
        )


# -- audiences --------------------------------------------------------------------------------------------------------


class AreaCount(Said):
    """How many devices of an audience are in an area, with all that lies below it."""

    code: str
    devices: int


class RoleCount(Said):
    """How many devices have a role."""

    role: str
    devices: int


class AudienceAnswer(Said):
    """Whom an audience reaches now."""

    reached: ReachedAnswer
    all: int
    """All devices in the areas of whoever asks."""
    areas: tuple[AreaCount, ...]
    """Each area that has any of them, by code; also those above."""
    roles: tuple[RoleCount, ...]
    """Each role of all devices in the areas of whoever asks, whether it is addressed or not."""
    devices: tuple[DeviceAnswer, ...]
    """Some of them, those first that were heard of longest ago."""
    reports: tuple[str, ...]


# -- moves ------------------------------------------------------------------------------------------------------------


class ChosenBody(Asked):
    """All devices that are in any of the areas and have any of the roles; of neither: all that there are."""

    areas: Areas = ()
    roles: Roles = ()


class MoveBody(Asked):
    """Which devices, and where they go. Either `devices` or `where`."""

    devices: Annotated[tuple[DeviceId, ...], Field(max_length=MOVED_MAX)] = ()
    where: ChosenBody | None = None
    areas: AreasOfDevice | None = None
    """Their areas from now on, in the place of those before; null leaves them."""
    roles: RolesOfDevice | None = None
    """The roles of their users from now on; null leaves them."""

    @model_validator(mode="after")
    def _says_which_and_where(self) -> MoveBody:
        if bool(self.devices) == (self.where is not None):
            raise ValueError("either devices or where says which devices are meant")
        if self.areas is None and self.roles is None:
            raise ValueError("areas or roles says what changes")
        return self


class MovedAnswer(Said):
    """What became of one device."""

    device: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    outcome: MoveOutcome
    problem: str
    """Why it could not be moved."""

    @classmethod
    def of(cls, moved: Moved) -> MovedAnswer:
        """From the hub's."""
        row = moved.device
        return cls(
            device=row.device,
            name=row.name,
            areas=row.areas,
            roles=row.roles,
            outcome=moved.outcome,
            problem=moved.problem,
        )


class MoveAnswer(Said):
    """What became of each device, or (dry run) would."""

    moved: int
    unchanged: int
    failed: int
    devices: tuple[MovedAnswer, ...]

    @classmethod
    def of(cls, found: list[Moved]) -> MoveAnswer:
        """From the hub's."""
        return cls(
            moved=sum(one.outcome is MoveOutcome.MOVED for one in found),
            unchanged=sum(one.outcome is MoveOutcome.UNCHANGED for one in found),
            failed=sum(one.outcome is MoveOutcome.FAILED for one in found),
            devices=tuple(MovedAnswer.of(one) for one in found),
        )


# -- the roster and sheets --------------------------------------------------------------------------------------------

RosterState = Literal["expected", "printed", "enrolled", "revoked"]


class RosterAnswer(Said):
    """A device that ops expect, or that came from the roster."""

    reference: str
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    languages: tuple[str, ...] | None
    """Null: left to the device."""
    supervisor: str | None
    phone: str | None
    state: RosterState
    """`expected`: it has no code. `printed`: it has one, which nobody has used. `enrolled`: see its device. `revoked`: its device
    was; another code can be printed."""
    device: str | None
    code_until: Moment | None
    """Until when the code that was printed for it can be used."""

    @classmethod
    def of(cls, one: Expected) -> RosterAnswer:
        """From the hub's."""
        line = one.line
        return cls(
            reference=line.reference,
            name=line.name,
            areas=line.areas,
            roles=line.roles,
            languages=line.languages,
            supervisor=line.supervisor,
            phone=line.phone,
            state=_state(one),
            device=line.device,
            code_until=maybe_time_of(one.code_until),
        )


def _state(one: Expected) -> RosterState:
    if one.line.device is not None and not one.is_revoked:
        return "enrolled"
    if one.code_until is not None:
        return "printed"
    return "revoked" if one.is_revoked else "expected"


class RosterList(Said):
    """The roster, by reference."""

    rows: tuple[RosterAnswer, ...]


class AnonymousBody(Asked):
    """Codes for devices of which nothing else is known."""

    count: int = Field(ge=1, le=IN_A_SHEET_MAX, strict=True)
    areas: AreasOfDevice = ()
    roles: RolesOfDevice = ()
    languages: Languages | None = None
    name: Name = ""
    """What ops call each of them; empty leaves it to the device."""


class SheetBody(Asked):
    """What to print: codes for rows of the roster, or so many for anybody."""

    references: Annotated[tuple[Reference, ...], Field(max_length=IN_A_SHEET_MAX)] = ()
    """Rows of the roster. Codes that were printed for them before, and not used, end."""
    anonymous: AnonymousBody | None = None
    address: Annotated[str, StringConstraints(max_length=ADDRESS_CHARS_MAX), AfterValidator(_address)] = ""
    """How devices reach the hub, like https://alerts.health.example; by default the setting `public_address`, else as this
    request has reached it."""
    valid_seconds: int = Field(default=30 * 86_400, ge=60, le=90 * 86_400, strict=True)
    """How long the codes can be used."""

    @model_validator(mode="after")
    def _says_for_whom(self) -> SheetBody:
        if bool(self.references) == (self.anonymous is not None):
            raise ValueError("either references or anonymous says for whom codes are made")
        if len(set(self.references)) < len(self.references):
            raise ValueError("a reference is there twice")
        return self


class SheetWordsAnswer(Said):
    """Words beside a code, in the first of its languages that there are words in."""

    language: str
    title: str
    steps: tuple[str, ...]
    once: str
    """That the code works once; `{until}` stands for the last day."""


class SheetEntryAnswer(Said):
    """One code of a sheet."""

    reference: str | None
    name: str
    areas: tuple[str, ...]
    roles: tuple[str, ...]
    code: str
    """Shown this once."""
    payload: str
    """What the QR code says, and `tocsin-field join` takes."""
    qr: tuple[str, ...]
    """The QR code: its rows of modules, 1 is dark. Leave four modules of white around it."""
    words: SheetWordsAnswer

    @classmethod
    def of(cls, entry: SheetEntry) -> SheetEntryAnswer:
        """From the hub's."""
        words = entry.words
        return cls(
            reference=entry.grant.reference,
            name=entry.grant.name,
            areas=entry.grant.areas,
            roles=entry.grant.roles,
            code=entry.code,
            payload=entry.payload,
            qr=entry.modules,
            words=SheetWordsAnswer(language=words.language, title=words.title, steps=words.steps, once=words.once),
        )


class SheetAnswer(Said):
    """A sheet, ready to be printed."""

    address: str
    expires: Moment
    entries: tuple[SheetEntryAnswer, ...]
    reports: tuple[str, ...]

    @classmethod
    def of(cls, sheet: PrintedSheet) -> SheetAnswer:
        """From the hub's."""
        return cls(
            address=sheet.address,
            expires=time_of(sheet.expires),
            entries=tuple(SheetEntryAnswer.of(entry) for entry in sheet.entries),
            reports=sheet.reports,
        )


class RosterQuery(Asked):
    """Which rows to list."""

    area: Annotated[tuple[AreaCode, ...], Field(max_length=50)] = ()
    """Only those in this area; may be repeated."""
    state: RosterState | None = None
    """Only those of which it is so far."""
