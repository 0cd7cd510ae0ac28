"""Outlines of areas: as they came, for what lies in a polygon, and as a map draws them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from peewee import EXCLUDED, SqliteDatabase, chunked

from server.store.models_places import Outline


@dataclass(frozen=True, slots=True)
class StoredOutline:
    """The outline of an area: `shape` as WKB, `drawn` as the text of a GeoJSON geometry."""

    code: str
    shape: bytes
    drawn: str


def outlines(db: SqliteDatabase) -> list[StoredOutline]:
    """All of them, by code."""
    rows = Outline.select().order_by(Outline.code).execute(db)
    return [StoredOutline(row.code, bytes(row.shape), row.drawn) for row in rows]


def drawn(db: SqliteDatabase) -> dict[str, str]:
    """How a map draws each area that has an outline."""
    return {row.code: row.drawn for row in Outline.select(Outline.code, Outline.drawn).execute(db)}


def write(db: SqliteDatabase, rows: Iterable[StoredOutline]) -> None:
    """Write outlines, in the place of those of the same areas."""
    update = {Outline.shape: EXCLUDED.shape, Outline.drawn: EXCLUDED.drawn}
    written = [{"code": row.code, "shape": row.shape, "drawn": row.drawn} for row in rows]
    for some in chunked(written, 200):
        Outline.insert_many(some).on_conflict(conflict_target=[Outline.code], update=update).execute(db)
