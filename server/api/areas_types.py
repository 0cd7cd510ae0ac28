"""What an import of areas takes and answers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from server.api.places_types import Latitude, Longitude, LookQuery
from server.api.types import AreaCode, Asked, Said
from server.store.records import AreaKind, AreaRow, Point

IN_AN_IMPORT_MAX = 5000
AreaName = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]*$", max_length=200)]


class AreaLine(Asked):
    """A line of the list of areas. What is null or left out stays as it is."""

    code: AreaCode
    """Its levels joined by hyphens: KE-047-0312 lies in KE-047."""
    name: AreaName
    kind: AreaKind | None = None
    """Of a new line `area`, where it is left out."""
    lat: Latitude | None = None
    lon: Longitude | None = None

    @model_validator(mode="after")
    def _has_a_whole_point(self) -> AreaLine:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("lat and lon come together")
        return self

    def over(self, before: AreaRow | None) -> AreaRow:
        """The line as it will be, given what is there."""
        kept = before or AreaRow(self.code, "")
        point = kept.point if self.lat is None or self.lon is None else Point(self.lat, self.lon)
        return AreaRow(self.code, self.name.strip(), self.kind or kept.kind, point)


class AreasBody(Asked):
    """Lines to add to the list of areas, or to change in it."""

    areas: Annotated[tuple[AreaLine, ...], Field(max_length=IN_AN_IMPORT_MAX)]
    """More than these are imported by several requests. Of lines with the same code the last one holds."""


class AreasQuery(LookQuery):
    """Whether to import, or only to look."""


class AreaRenamed(Said):
    """An area that gets another name."""

    code: str
    old: str
    new: str


class AreasImported(Said):
    """What an import changed, or would change."""

    added: tuple[str, ...]
    """Codes that were not in the list."""
    renamed: tuple[AreaRenamed, ...]
    moved: tuple[str, ...]
    """Codes that get another kind, or another place on the map."""
    unchanged: int
    """Lines that stand in the list as they are."""

    @classmethod
    def of(cls, known: dict[str, AreaRow], wanted: dict[str, AreaRow]) -> AreasImported:
        """What lines change in the list."""
        before = {code: known[code] for code in wanted if code in known}
        return cls(
            added=tuple(code for code in wanted if code not in known),
            renamed=tuple(
                AreaRenamed(code=code, old=row.name, new=wanted[code].name)
                for code, row in before.items()
                if row.name != wanted[code].name
            ),
            moved=tuple(
                code for code, row in before.items() if (row.kind, row.point) != (wanted[code].kind, wanted[code].point)
            ),
            unchanged=sum(row == wanted[code] for code, row in before.items()),
        )
