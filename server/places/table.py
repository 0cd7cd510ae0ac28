"""A table from a spreadsheet: CSV as RFC 4180 has it, in UTF-8, its cells separated by commas, semicolons or tabs.

Headings may be English or French, in any case, with or without accents. A row is numbered as the spreadsheet numbers it: the
headings are row 1, an empty row counts.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.places.preview import RowError
from server.sheets import restored

ROWS_MAX = 20_000
CELL_CHARS_MAX = 2000
_SEPARATORS = ",;\t"
_SHOWN_CHARS = 80
_SAVE_AS = "save it from your spreadsheet as “CSV UTF-8”"
_FAILED = ("#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#NOM?", "#VALEUR!", "#NOMBRE!", "#NUL!")

Headings = Mapping[str, tuple[str, ...]]
"""Column → how it may be headed, in the form that `plain` makes; the first is shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number, and the cell of each known column that the table has."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that was read: how many rows it has, and those that can be read. `headed`: known column → its heading there."""

    count: int
    rows: tuple[Row, ...]
    headed: Mapping[str, str]
    ignored: tuple[str, ...]
    errors: tuple[RowError, ...]


def plain(heading: str) -> str:
    """A heading without case, accents and separators: `Téléphone mobile` is `telephonemobile`."""
    letters = unicodedata.normalize("NFKD", heading).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def shown(value: str) -> str:
    """A value as an error shows it."""
    return value if len(value) <= _SHOWN_CHARS else f"{value[:_SHOWN_CHARS]}…"


def read_table(
    data: bytes, headings: Headings, needed: tuple[str, ...], without_headings: tuple[str, ...] = ()
) -> Table:
    """The table in a file. `needed`: columns that it must have; `without_headings`: what the columns are where the first row has
    none of the headings (nothing: then that is an error)."""
    try:
        text = _decoded(data)
        records = list(_records(text))
    except _UnreadableError as error:
        return Table(0, (), {}, (), (error.told,))
    if not records:
        return Table(
            0, (), {}, (), (RowError(1, "", "", "the file is empty", "a row of headings, and a row for each entry"),)
        )
    return _read(records, headings, needed, without_headings)


class _UnreadableError(Exception):
    def __init__(self, row: int, value: str, problem: str, expected: str) -> None:
        super().__init__(problem)
        self.told = RowError(row, "", value, problem, expected)


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _UnreadableError(1, "", "the file is UTF-16, not UTF-8", _SAVE_AS)
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise _UnreadableError(1, "", "the file is a spreadsheet (xlsx, ods or xls), not CSV", _SAVE_AS)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(
            row, repr(data[error.start : error.start + 1])[2:-1], "the file is not UTF-8", _SAVE_AS
        ) from None


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with their numbers."""
    separator, skipped = _separator(text)
    # without `strict`, a quote that is not closed would swallow the rest of the file
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            if number <= skipped or not any(cell.strip() for cell in cells):
                continue
            if number > ROWS_MAX:
                raise _UnreadableError(number, "", f"the file has more than {ROWS_MAX:,} rows", "several smaller files")
            yield number, cells
    except csv.Error as error:
        raise _UnreadableError(
            number + 1,
            "",
            f"the row is not CSV: {error}",
            "a cell with quotes in it stands in quotes, and they are doubled",
        ) from None


def _separator(text: str) -> tuple[str, int]:
    """What separates the cells, and how many rows say so rather than hold something."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    if first.lower().startswith("sep=") and len(first) == 5 and first[4] in _SEPARATORS:  # Excel's own note
        return first[4], 1
    outside = "".join(first.split('"')[::2])
    return max(_SEPARATORS, key=outside.count), 0


def _read(
    records: list[tuple[int, list[str]]], headings: Headings, needed: tuple[str, ...], without_headings: tuple[str, ...]
) -> Table:
    number, first = records[0]
    known = {name: column for column, names in headings.items() for name in names}
    found = [known.get(plain(cell)) for cell in first]
    if without_headings and not any(found):
        columns: list[str | None] = [*without_headings]
        names = list(without_headings)
        errors: list[RowError] = []
        ignored: tuple[str, ...] = ()
    else:
        columns, names, records = found, [restored(cell.strip()) for cell in first], records[1:]
        errors = _of_headings(number, columns, names, headings, needed)
        ignored = tuple(shown(name) for name, column in zip(names, columns, strict=True) if column is None and name)
    rows = []
    for at, cells in records:
        row, wrong = _row(at, cells, columns, names)
        errors += wrong
        rows += [] if wrong else [row]
    headed = {column: name for column, name in zip(columns, names, strict=True) if column is not None}
    return Table(len(records), tuple(rows), headed, ignored, tuple(errors))


def _of_headings(
    number: int, columns: list[str | None], names: list[str], headings: Headings, needed: tuple[str, ...]
) -> list[RowError]:
    errors = [
        RowError(number, column, "", f"there is no column {column}", f"headings like {', '.join(list(headings)[:6])}")
        for column in needed
        if column not in columns
    ]
    for at, column in enumerate(columns):
        if column is not None and column in columns[:at]:
            first = names[columns.index(column)]
            errors.append(
                RowError(number, names[at], names[at], f"it is the same column as {first!r}", "each column once")
            )
    return errors


def _row(number: int, cells: list[str], columns: list[str | None], names: list[str]) -> tuple[Row, list[RowError]]:
    errors = []
    beyond = next((cell for cell in cells[len(columns) :] if cell.strip()), None)
    if beyond is not None:
        problem = f"the row has more cells than there are headings ({len(columns)})"
        errors.append(RowError(number, "", shown(beyond), problem, "a cell with a separator in it stands in quotes"))
    values: dict[str, str] = {}
    for at, column in enumerate(columns):
        if column is None or column in values:
            continue
        value = restored(cells[at].strip()) if at < len(cells) else ""
        wrong = _wrong(value)
        if wrong is not None:
            errors.append(RowError(number, names[at], shown(value), *wrong))
        values[column] = value
    return Row(number, values), errors


def _wrong(value: str) -> tuple[str, str] | None:
    """What no cell may hold, and what would be right."""
    if len(value) > CELL_CHARS_MAX:
        return f"it has {len(value):,} characters", f"at most {CELL_CHARS_MAX:,}"
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
        return "it holds a line break or another control character", "text in one line"
    if value.upper() in _FAILED:
        return "it is the failure of a formula", "the value itself"
    return None
