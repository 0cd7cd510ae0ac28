"""Tables of what there is, under the headings that an import takes."""

from __future__ import annotations

from collections.abc import Sequence

from server.places.enrolment import Expected
from server.places.preview import ImportKind
from server.store.records import AreaKind, AreaRow, DeviceRow

Lines = list[tuple[str, ...]]
PLACE_COLUMNS = ("code", "name", "kind", "latitude", "longitude")
DEVICE_COLUMNS = ("reference", "device", "name", "areas", "roles", "languages", "supervisor", "phone")


def place_lines(rows: Sequence[AreaRow], kind: ImportKind) -> tuple[tuple[str, ...], Lines]:
    """The list of areas; of facilities, only these."""
    wanted = [row for row in rows if kind is not ImportKind.FACILITIES or row.kind is AreaKind.FACILITY]
    lines: Lines = []
    for row in wanted:
        lat, lon = ("", "") if row.point is None else (repr(row.point.lat), repr(row.point.lon))
        lines.append((row.code, row.name, str(row.kind), lat, lon))
    return PLACE_COLUMNS, lines


def device_lines(devices: Sequence[DeviceRow], roster: Sequence[Expected]) -> tuple[tuple[str, ...], Lines]:
    """The devices that are enrolled, and the rows of the roster that are not."""
    enrolled = [row for row in devices if row.revoked_at is None]
    lines: Lines = [
        (
            *(row.reference or "", row.device, row.name, " ".join(row.areas), ", ".join(row.roles)),
            *(" ".join(row.languages_set or ()), row.supervisor or "", row.phone or ""),
        )
        for row in enrolled
    ]
    expected = [one.line for one in roster if one.line.device is None or one.is_revoked]
    lines += [
        (
            *(line.reference, "", line.name, " ".join(line.areas), ", ".join(line.roles)),
            *(" ".join(line.languages or ()), line.supervisor or "", line.phone or ""),
        )
        for line in expected
    ]
    return DEVICE_COLUMNS, lines
