"""What an import would do: what is new, what changes from what to what, and what is wrong, by row and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class ImportKind(StrEnum):
    """What a table is a list of."""

    AREAS = "areas"
    FACILITIES = "facilities"
    DEVICES = "devices"


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one cell, and what would be right. Row 1 is that of the headings; of outlines it is the feature."""

    row: int
    column: str
    value: str
    problem: str
    expected: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that an import changes."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that an import adds (`is_new`) or changes. `key` is its code or reference."""

    row: int
    key: str
    name: str
    is_new: bool
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would do. It does nothing as long as there are errors."""

    rows: int
    changes: tuple[RowChange, ...] = ()
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()
    ignored: tuple[str, ...] = ()
    """Headings of columns that are not known, and so not read."""
    is_done: bool = False

    @property
    def new(self) -> int:
        """How many rows are new."""
        return sum(change.is_new for change in self.changes)

    @property
    def changed(self) -> int:
        """How many rows change what is there."""
        return sum(not change.is_new for change in self.changes)


@dataclass(slots=True)
class Findings:
    """What is found while rows are read, in their order."""

    changes: list[RowChange] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    unchanged: int = 0

    def note(self, row: int, key: str, name: str, *, is_new: bool, fields: list[FieldChange]) -> None:
        """A row that is right."""
        if not is_new and not fields:
            self.unchanged += 1
        else:
            self.changes.append(RowChange(row, key, name, is_new, tuple(fields)))

    def preview(self, rows: int, ignored: tuple[str, ...] = ()) -> Preview:
        """All of it."""
        errors = sorted(self.errors, key=lambda error: error.row)
        return Preview(rows, tuple(self.changes), self.unchanged, tuple(errors), ignored)
