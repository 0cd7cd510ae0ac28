"""The map: all areas and facilities that have a place on it, as GeoJSON; and what lies in a polygon that was drawn on it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from peewee import SqliteDatabase

from alerts.audience import contains
from server.hub import Hub
from server.store import areas as area_rows
from server.store import outlines as outline_rows
from server.store.records import AreaRow


@dataclass(frozen=True, slots=True)
class Drawn:
    """The map as it is answered, and its entity tag."""

    body: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class Within:
    """What a polygon holds. `audience`: the fewest codes that stand for all that is inside; what is only touched is in none."""

    inside: tuple[AreaRow, ...]
    touched: tuple[AreaRow, ...]
    audience: tuple[str, ...]


class Maps:
    """The map of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def drawn(self) -> Drawn:
        """The map, simplified, as a GeoJSON FeatureCollection."""
        return await self._hub.read(_drawn)

    async def within(self, corners: Sequence[tuple[float, float]]) -> Within:
        """What lies in the polygon with these corners (latitude, longitude). Raises ShapeError."""
        from server.places.shapes import places_in, polygon_of  # see Imports.outlines

        polygon = polygon_of(corners)
        rows, outlines = await self._hub.read(_places)
        points = {row.code: row.point for row in rows.values() if row.point is not None}
        inside, touched = await asyncio.to_thread(places_in, polygon, outlines, points)
        return Within(
            tuple(rows[code] for code in inside if code in rows),
            tuple(rows[code] for code in touched if code in rows),
            _fewest(inside),
        )


def _places(db: SqliteDatabase) -> tuple[dict[str, AreaRow], dict[str, bytes]]:
    return {row.code: row for row in area_rows.areas(db)}, {one.code: one.shape for one in outline_rows.outlines(db)}


def _drawn(db: SqliteDatabase) -> Drawn:
    outlines = outline_rows.drawn(db)
    features = [
        _feature(row, outlines.get(row.code))
        for row in area_rows.areas(db)
        if row.point is not None or row.code in outlines
    ]
    body = f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'.encode()
    return Drawn(body, f'"{hashlib.sha256(body).hexdigest()[:32]}"')


def _feature(row: AreaRow, outline: str | None) -> str:
    """A feature; the outline stands there as it is stored."""
    point = None if row.point is None else [row.point.lon, row.point.lat]
    geometry = outline or json.dumps({"type": "Point", "coordinates": point}, separators=(",", ":"))
    properties = {"code": row.code, "name": row.name, "kind": str(row.kind)} | (
        {"point": point} if outline and point else {}
    )
    said = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","id":{json.dumps(row.code)},"properties":{said},"geometry":{geometry}}}'


def _fewest(codes: Sequence[str]) -> tuple[str, ...]:
    found: list[str] = []
    for code in sorted(codes):
        if not any(contains(above, code) for above in found):
            found.append(code)
    return tuple(found)
