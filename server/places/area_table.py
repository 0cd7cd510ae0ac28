"""A table of areas or facilities, against the list of areas: what importing it would do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from server.places import cells
from server.places.cells import CellError
from server.places.preview import FieldChange, Findings, ImportKind, Preview, RowError
from server.places.table import Headings, Row, Table, plain, read_table, shown
from server.store.records import AreaKind, AreaRow, Point

HEADINGS: Headings = {
    "code": ("code", "pcode", "areacode", "codezone", "codedelazone", "codeetablissement"),
    "name": ("name", "nom", "libelle", "areaname"),
    "kind": ("kind", "type", "genre", "nature"),
    "latitude": ("latitude", "lat", "y"),
    "longitude": ("longitude", "lon", "long", "lng", "x"),
}
"""How the columns may be headed."""


@dataclass(frozen=True, slots=True)
class AreaPlan:
    """What importing a table does: lines to write, unless there are errors."""

    preview: Preview
    writes: tuple[AreaRow, ...]


def plan(data: bytes, kind: ImportKind, known: Iterable[AreaRow]) -> AreaPlan:
    """Read a file of areas or facilities against the list."""
    table = read_table(data, HEADINGS, ("code", "name"), ("code", "name"))
    return _Reading(table, kind, {row.code: row for row in known}).plan()


class _Reading:
    def __init__(self, table: Table, kind: ImportKind, known: Mapping[str, AreaRow]) -> None:
        self._table = table
        self._kind = kind
        self._known = known
        self._bare = {cells.without_zeros(code): code for code in known}
        self._found = Findings(errors=list(table.errors))
        self._first: dict[str, int] = {}
        self._writes: dict[str, AreaRow] = {}

    def plan(self) -> AreaPlan:
        for row in self._table.rows:
            self._read(row)
        self._check_parents()
        preview = self._found.preview(self._table.count, self._table.ignored)
        return AreaPlan(preview, () if preview.errors else tuple(self._writes.values()))

    def _read(self, row: Row) -> None:
        wanted = self._wanted(row)
        if wanted is None:
            return
        before = self._known.get(wanted.code)
        fields = [] if before is None else _differences(before, wanted)
        if before is None or fields:
            self._writes[wanted.code] = wanted
        self._found.note(row.number, wanted.code, wanted.name, is_new=before is None, fields=fields)

    def _wanted(self, row: Row) -> AreaRow | None:
        """The line that a row makes; None: something is wrong with it, and said."""
        try:
            column = "code"
            code = cells.code(row.cells.get("code", ""))
            cells.lost_zeros(code, self._known, self._bare)
            if code in self._first:
                raise CellError(f"row {self._first[code]} has the same code", "each code once")
            self._first[code] = row.number
            before = self._known.get(code) or AreaRow(code, "", self._own_kind())
            column = "name"
            made = replace(before, name=cells.name(row.cells.get("name", "")))
            column = "kind"
            made = replace(made, kind=self._kind_of(row, before))
            column = "latitude"
            return replace(made, point=self._point(row, before.point))
        except CellError as error:
            column = "longitude" if error.problem.startswith("it is no longitude") else column
            self._wrong(row, column, error)
            return None

    def _wrong(self, row: Row, column: str, error: CellError) -> None:
        headed = self._table.headed.get(column, column)
        value = shown(row.cells.get(column, ""))
        self._found.errors.append(RowError(row.number, headed, value, error.problem, error.expected))

    def _own_kind(self) -> AreaKind:
        return AreaKind.FACILITY if self._kind is ImportKind.FACILITIES else AreaKind.AREA

    def _kind_of(self, row: Row, before: AreaRow) -> AreaKind:
        text = row.cells.get("kind")
        if self._kind is ImportKind.FACILITIES:
            if text and cells.kind(text, plain(text)) is not AreaKind.FACILITY:
                raise CellError("this is a table of facilities", "facility, or import it as areas")
            return AreaKind.FACILITY
        return before.kind if text is None else cells.kind(text, plain(text))

    @staticmethod
    def _point(row: Row, before: Point | None) -> Point | None:
        if "latitude" not in row.cells and "longitude" not in row.cells:
            return before
        return cells.point(row.cells.get("latitude", ""), row.cells.get("longitude", ""))

    def _check_parents(self) -> None:
        """A facility lies in an area that is known, else nobody who addresses the area reaches it."""
        codes = {*self._known, *self._writes}
        rows = {row.number: row for row in self._table.rows}
        for code, made in self._writes.items():
            if made.kind is AreaKind.FACILITY and not any(above in codes for above in above_of(code)):
                parent = code.rpartition("-")[0]
                problem = f"no area above it is known: {parent}" if parent else "it lies in no area"
                expected = "import the areas first; a facility's code is that of its area and a part of its own"
                self._wrong(rows[self._first[code]], "code", CellError(problem, expected))


def above_of(code: str) -> list[str]:
    """The codes that a code lies under, the nearest last."""
    levels = code.split("-")
    return ["-".join(levels[:depth]) for depth in range(1, len(levels))]


def _differences(before: AreaRow, after: AreaRow) -> list[FieldChange]:
    pairs = (
        ("name", before.name, after.name),
        ("kind", str(before.kind), str(after.kind)),
        ("point", _shown(before.point), _shown(after.point)),
    )
    return [FieldChange(column, old, new) for column, old, new in pairs if old != new]


def _shown(point: Point | None) -> str:
    return "" if point is None else f"{point.lat:g}, {point.lon:g}"
