"""The list of areas: hierarchical codes with their names; the leaves of the tree may be facilities.

A code is known if it stands in the list, or lies under something that does. As long as the list is empty there is nothing to
check against: every well-formed code is taken, and whoever uses one is told that it was not checked. So a hub works from
its first minute, and a typing error is caught from the first import on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from peewee import EXCLUDED, SqliteDatabase, chunked

from alerts.errors import UnknownAreaError, UserError
from server.store.models import Area
from server.store.records import AreaKind, AreaRow, Point

CODE_CHARS_MAX = 255
_CODE = re.compile(r"[A-Za-z0-9._]+(-[A-Za-z0-9._]+)*", re.ASCII)


def is_well_formed(code: str) -> bool:
    """Whether a text can be a code: letters, digits, dots and underscores, its levels joined by hyphens."""
    return len(code) <= CODE_CHARS_MAX and _CODE.fullmatch(code) is not None


def malformed(code: str, where: str) -> UserError:
    """What to say of a text that cannot be a code."""
    return UserError(
        f"{where}: {code[:60]!r} is no code of an area",
        "A code has letters, digits, dots and underscores, its levels joined by hyphens: KE-047-0312.",
    )


def import_areas(db: SqliteDatabase, rows: Iterable[tuple[str, str]]) -> int:
    """Add lines to the list, or rename them; how many. Raises UserError: a line is wrong; nothing is imported then."""
    checked = [{"code": code.strip(), "name": name.strip()} for code, name in rows]
    for line, row in enumerate(checked, 1):
        if not is_well_formed(row["code"]):
            raise malformed(row["code"], f"area {line}")
    for some in chunked(checked, 200):
        insert = Area.insert_many(some)
        insert.on_conflict(conflict_target=[Area.code], update={Area.name: EXCLUDED.name}).execute(db)
    return len(checked)


def write_areas(db: SqliteDatabase, rows: Iterable[AreaRow]) -> None:
    """Write lines as they are, in the place of those with the same codes."""
    update = {field: getattr(EXCLUDED, field.name) for field in (Area.name, Area.kind, Area.lat, Area.lon)}
    for some in chunked([_written(row) for row in rows], 200):
        Area.insert_many(some).on_conflict(conflict_target=[Area.code], update=update).execute(db)


def _written(row: AreaRow) -> dict[str, object]:
    lat, lon = (None, None) if row.point is None else (row.point.lat, row.point.lon)
    return {"code": row.code, "name": row.name, "kind": str(row.kind), "lat": lat, "lon": lon}


def areas(db: SqliteDatabase) -> list[AreaRow]:
    """The list, by code."""
    return [_read(row) for row in Area.select().order_by(Area.code).execute(db)]


def _read(row: Area) -> AreaRow:
    point = None if row.lat is None or row.lon is None else Point(row.lat, row.lon)
    return AreaRow(row.code, row.name, AreaKind(row.kind), point)


def check_areas(db: SqliteDatabase, codes: Iterable[str]) -> tuple[str, ...]:
    """What is to be reported about codes that are used. Raises UnknownAreaError naming each that is unknown."""
    asked = list(dict.fromkeys(codes))
    malformed = [code for code in asked if not is_well_formed(code)]
    if malformed:
        raise UnknownAreaError(malformed)
    if not asked:
        return ()
    if not Area.select().exists(db):
        return (f"no list of areas has been imported, so {', '.join(asked)} could not be checked",)
    known = known_areas(db, asked)
    unknown = [code for code in asked if code not in known]
    if unknown:
        raise UnknownAreaError(unknown)
    return ()


def known_areas(db: SqliteDatabase, codes: Iterable[str]) -> tuple[str, ...]:
    """Those of these codes that are known, each once, in their order; all that are well-formed while the list is empty."""
    asked = [code for code in dict.fromkeys(codes) if is_well_formed(code)]
    if not Area.select().exists(db):
        return tuple(asked)
    above = {code: _lineage(code) for code in asked}
    known: set[str] = set()
    for some in chunked(sorted(set().union(*above.values())), 500):
        known.update(row.code for row in Area.select(Area.code).where(Area.code.in_(some)).execute(db))
    return tuple(code for code in asked if not known.isdisjoint(above[code]))


def _lineage(code: str) -> set[str]:
    """A code and all that it lies under."""
    levels = code.split("-")
    return {"-".join(levels[: depth + 1]) for depth in range(len(levels))}
