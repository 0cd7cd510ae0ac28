"""A table of devices, against the roster and the devices that are enrolled: what importing it would do.

A row is known by the ministry's own reference. One that is enrolled is compared with its device as it is now; the others with the
roster. A column that the table does not have stays as it is; an empty cell empties it (languages: leaves them to the device).
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from alerts.audience import contains
from server import scope
from server.places import cells
from server.places.cells import CellError
from server.places.preview import FieldChange, Findings, Preview, RowError
from server.places.table import Headings, Row, Table, read_table, shown
from server.store.records import DeviceRow, RosterLine

HEADINGS: Headings = {
    "reference": ("reference", "ref", "matricule", "assetnumber", "staffnumber", "numero", "referencenumber"),
    "device": ("device", "appareil", "deviceid"),
    "name": ("name", "nom"),
    "areas": ("areas", "area", "zones", "zone", "aire", "aires"),
    "facility": ("facility", "facilities", "etablissement", "etablissements", "structure"),
    "roles": ("roles", "role", "fonction", "fonctions"),
    "languages": ("languages", "language", "langues", "langue"),
    "supervisor": ("supervisor", "superviseur", "responsable"),
    "phone": ("phone", "telephone", "tel", "phonenumber", "mobile"),
}
"""How the columns may be headed."""

GUESSES_MAX = 20
"""For how many unknown codes a likely one is looked for: it takes a while in a long list."""


@dataclass(frozen=True, slots=True)
class Known:
    """What a table of devices is compared with. `areas`: the codes of the list; while it is empty every code is taken. `bound`:
    the areas that whoever imports is bound to."""

    roster: Mapping[str, RosterLine]
    devices: Mapping[str, DeviceRow]
    areas: frozenset[str]
    contacts: frozenset[str]
    bound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DeviceMove:
    """What changes at a device that is enrolled, as `Hub.change_device` takes it. `key`: how its row is known."""

    key: str
    device: str
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """What importing a table does: rows of the roster to write, then devices to change; nothing if there are errors."""

    preview: Preview
    lines: tuple[RosterLine, ...]
    moves: tuple[DeviceMove, ...]


def plan(data: bytes, known: Known) -> DevicePlan:
    """Read a file of devices against what is known."""
    return _Reading(read_table(data, HEADINGS, ()), known).plan()


@dataclass(slots=True)
class _Reading:
    table: Table
    known: Known
    found: Findings = field(init=False)
    bare: dict[str, str] = field(init=False)
    first: dict[str, int] = field(default_factory=dict)
    guesses: int = 0
    lines: list[RosterLine] = field(default_factory=list)
    moves: list[DeviceMove] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.found = Findings(errors=list(self.table.errors))
        self.bare = {cells.without_zeros(code): code for code in self.known.areas}

    def plan(self) -> DevicePlan:
        columns = self.table.headed
        if self.table.count and not {"reference", "device"} & set(columns):
            expected = "a column reference with the ministry's own number of each device or user"
            self.found.errors.append(RowError(1, "reference", "", "there is no column reference", expected))
        else:
            for row in self.table.rows:
                self._read(row)
        preview = self.found.preview(self.table.count, self.table.ignored)
        if preview.errors:
            return DevicePlan(preview, (), ())
        return DevicePlan(preview, tuple(self.lines), tuple(self.moves))

    def _read(self, row: Row) -> None:
        before = self._before(row)
        if before is None:
            return
        after = self._after(row, before)
        if after is None or not self._is_within(row, before, after):
            return
        is_new = before.device is None and before.reference not in self.known.roster
        fields = _differences(before, after)
        device = self._live(before.device)
        roster = self.known.roster.get(before.reference)
        if device is not None and before.reference and (roster is None or roster.device != device.device):
            fields.append(FieldChange("device", "" if roster is None else roster.device or "", device.device))
        key = before.reference or str(before.device)
        self.found.note(row.number, key, after.name, is_new=is_new, fields=fields)
        if not is_new and not fields:
            return
        if after.reference:
            self.lines.append(after)
        if device is not None:
            self.moves.append(DeviceMove(key, device.device, _changes(before, after)))

    def _live(self, device: str | None) -> DeviceRow | None:
        row = self.known.devices.get(device or "")
        return row if row is not None and row.revoked_at is None else None

    def _before(self, row: Row) -> RosterLine | None:
        """What is known of the row's device; None: something is wrong with how it is named, and said."""
        column = "reference"
        try:
            reference = cells.reference(row.cells.get("reference", ""))
            named = row.cells.get("device", "")
            if not reference and not named:
                raise CellError("it is empty", "the ministry's own number of the device or its user")
            self._check_once(row, reference or named)
            line = self.known.roster.get(reference)
            column = "device"
            device = self._named_device(named, line)
        except CellError as error:
            self._wrong(row, column, error)
            return None
        if device is not None:
            return _line_of(device, reference or device.reference or "")
        return replace(line, device=None) if line is not None else RosterLine(reference, "")

    def _check_once(self, row: Row, key: str) -> None:
        if key in self.first:
            raise CellError(f"row {self.first[key]} has the same", "each device once")
        self.first[key] = row.number

    def _named_device(self, named: str, line: RosterLine | None) -> DeviceRow | None:
        """The device of a row that is enrolled: by the roster, or as the row itself says."""
        joined = self._live(None if line is None else line.device)
        if not named:
            return joined
        device = self._live(named)
        if device is None:
            raise CellError("no such device is enrolled", "a device as `device list` shows it, or nothing")
        if joined is not None and joined.device != device.device:
            raise CellError(
                f"the reference belongs to the device {joined.device}", "revoke that one first, or leave this empty"
            )
        if line is not None and device.reference not in (None, line.reference):
            raise CellError(f"the device has the reference {device.reference}", "one reference for a device")
        return device

    def _after(self, row: Row, before: RosterLine) -> RosterLine | None:
        """What the row makes of it; None: something is wrong, and said."""
        readers: tuple[tuple[str, Callable[[str], dict[str, Any]]], ...] = (
            ("name", lambda text: {"name": cells.name(text, cells.DEVICE_NAME_CHARS_MAX)}),
            ("areas", lambda text: {"areas": self._areas(text)}),
            ("roles", lambda text: {"roles": cells.roles(text)}),
            ("languages", lambda text: {"languages": cells.languages(text)}),
            ("supervisor", lambda text: {"supervisor": self._contact(text)}),
            ("phone", lambda text: {"phone": _same_phone(before.phone, cells.phone(text))}),
        )
        values: dict[str, Any] = {}
        is_right = True
        for column, read in readers:
            try:
                if column in row.cells:
                    values |= read(row.cells[column])
            except CellError as error:
                is_right = self._wrong(row, column, error)
        try:
            if "facility" in row.cells:
                own = values.get("areas", ()) if "areas" in row.cells else ()
                values["areas"] = _merged(own, self._areas(row.cells["facility"]))
        except CellError as error:
            is_right = self._wrong(row, "facility", error)
        if is_right and not values.get("name", before.name):
            is_right = self._wrong(row, "name", CellError("it is empty", "a name"))
        if values.get("languages", before.languages) is None and before.device is not None:
            values["languages"] = before.languages  # an enrolled device keeps what it has
        return replace(before, **values) if is_right else None

    def _areas(self, text: str) -> tuple[str, ...]:
        found = cells.codes(text)
        for code in found if self.known.areas else ():
            cells.lost_zeros(code, self.known.areas, self.bare)
            if not any(known in self.known.areas for known in _lineage(code)):
                raise CellError(f"{code[:60]} is not in the list of areas", self._guess(code))
        return found

    def _guess(self, code: str) -> str:
        self.guesses += 1
        near = difflib.get_close_matches(code, self.known.areas, 1, 0.8) if self.guesses <= GUESSES_MAX else []
        return f"{near[0]}?" if near else "a code of the list of areas"

    def _contact(self, text: str) -> str | None:
        if text and text not in self.known.contacts:
            near = difflib.get_close_matches(text, self.known.contacts, 1, 0.6)
            raise CellError("there is no such contact", f"{near[0]}?" if near else "the name of a contact, or nothing")
        return text or None

    def _is_within(self, row: Row, before: RosterLine, after: RosterLine) -> bool:
        """Whether whoever imports decides about the row, as it is and as it will be."""
        is_known = before.device is not None or before.reference in self.known.roster
        for areas, problem in (
            (before.areas, "it is in areas that are not yours"),
            (after.areas, "that is outside your areas"),
        ):
            if (areas is after.areas or is_known) and not scope.may_change_device(self.known.bound, areas):
                expected = f"an area in {', '.join(self.known.bound)}"
                return self._wrong(row, "areas", CellError(problem, expected))
        return True

    def _wrong(self, row: Row, column: str, error: CellError) -> bool:
        headed = self.table.headed.get(column, column)
        value = shown(row.cells.get(column, ""))
        self.found.errors.append(RowError(row.number, headed, value, error.problem, error.expected))
        return False


def _line_of(device: DeviceRow, reference: str) -> RosterLine:
    """An enrolled device as a row of the roster would say it."""
    return RosterLine(
        reference,
        device.name,
        device.areas,
        device.roles,
        device.languages_set,
        device.supervisor,
        device.phone,
        device.device,
    )


def _same_phone(before: str | None, after: str | None) -> str | None:
    """The number as it is known, where a spreadsheet has only taken the + from it."""
    return before if before and after and before == f"+{after}" else after


def _lineage(code: str) -> list[str]:
    levels = code.split("-")
    return ["-".join(levels[: depth + 1]) for depth in range(len(levels))]


def _merged(areas: tuple[str, ...], facilities: tuple[str, ...]) -> tuple[str, ...]:
    """Areas and facilities of a row; an area that a facility lies in says nothing more."""
    own = [area for area in areas if not any(contains(area, facility) for facility in facilities)]
    return tuple(dict.fromkeys((*own, *facilities)))


def _differences(before: RosterLine, after: RosterLine) -> list[FieldChange]:
    return [
        FieldChange(name, old, new)
        for name in ("name", "areas", "roles", "languages", "supervisor", "phone")
        if (old := _shown(getattr(before, name))) != (new := _shown(getattr(after, name)))
    ]


def _shown(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value or "")


def _changes(before: RosterLine, after: RosterLine) -> dict[str, Any]:
    """What `Hub.change_device` is told: what differs; what is to be none is empty."""
    changes: dict[str, Any] = {
        name: getattr(after, name)
        for name in ("name", "areas", "roles", "languages")
        if getattr(before, name) != getattr(after, name)
    }
    changes |= {
        name: getattr(after, name) or ""
        for name in ("supervisor", "phone")
        if getattr(before, name) != getattr(after, name)
    }
    return changes
