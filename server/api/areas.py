"""`/v1/areas` and `/v1/map`: what there is to address, where it lies, and what lies in a polygon."""

from __future__ import annotations

from peewee import SqliteDatabase

from server.api.areas_types import AreasBody, AreasImported, AreasQuery
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, GEOJSON, VIEWERS, Answer, Body, operation
from server.api.places_types import PolygonBody, WithinAnswer
from server.api.types import AreaAnswer, AreaList
from server.audit import AuditAction
from server.scope import check_hub_wide
from server.store import areas as area_rows
from server.store import audit
from server.store.records import AreaRow

TAG = "places"
NOTED_MAX = 100


class AreasHandler(ApiHandler):
    """The list of areas."""

    @operation(summary="List areas", roles=VIEWERS, answers={200: Answer("The list of areas.", AreaList)}, tag=TAG)
    async def get(self) -> None:
        """The areas and facilities that were imported."""
        self.answer(AreaList(areas=tuple(AreaAnswer.of(row) for row in await self.hub.areas())))

    @operation(
        summary="Write areas",
        roles=ADMINS,
        query=AreasQuery,
        body=Body(AreasBody, is_large=True),
        answers={200: Answer("What was changed, or would be.", AreasImported)},
        problems=("content-invalid", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Add areas and facilities to the list, or change those that are in it; all lines or none. With `dry_run` it says what
        would change. From the first import on a code that is not in the list, and lies under nothing in it, is refused
        everywhere. (A table is imported by /v1/imports.)"""
        check_hub_wide(self.credential.areas, "the list of areas")
        asked = self.query
        assert isinstance(asked, AreasQuery), "the operation says so"
        lines = self.read_body(AreasBody).areas
        now, by = self.hub.now(), self.credential.name

        def job(db: SqliteDatabase) -> AreasImported:
            known = {row.code: row for row in area_rows.areas(db)}
            wanted: dict[str, AreaRow] = {line.code: line.over(known.get(line.code)) for line in lines}
            if not asked.dry_run:
                area_rows.write_areas(db, wanted.values())
                subject = ", ".join(list(wanted)[:NOTED_MAX])
                audit.note(db, now, by, AuditAction.AREA_CHANGED, subject, areas=len(wanted))
            return AreasImported.of(known, wanted)

        self.answer(await (self.hub.read(job) if asked.dry_run else self.hub.write(job)))


class WithinHandler(ApiHandler):
    """What lies in a polygon."""

    @operation(
        summary="Find the areas in a polygon",
        roles=VIEWERS,
        body=Body(PolygonBody, is_large=True),
        answers={200: Answer("What lies in it.", WithinAnswer)},
        problems=("content-invalid", "polygon-invalid"),
        tag=TAG,
    )
    async def post(self) -> None:
        """The areas and facilities that lie in a polygon, and those that it only touches, by their outlines; by their points
        where they have none. `audience` names the fewest codes for what lies inside."""
        body = self.read_body(PolygonBody)
        self.answer(WithinAnswer.of(await self.api.places.maps.within(body.polygon)))


class MapHandler(ApiHandler):
    """The map."""

    @operation(
        summary="Fetch the map",
        roles=VIEWERS,
        headers={"If-None-Match": "The entity tag that you have."},
        answers={
            200: Answer("The map.", also=(GEOJSON,), headers={"ETag": "Changes when the map does."}),
            304: Answer("You have it already.", headers={"ETag": "As you have it."}),
        },
        tag=TAG,
    )
    async def get(self) -> None:
        """All areas and facilities that have an outline or a point, as GeoJSON, simplified for a screen. Outer rings turn
        clockwise. Properties: `code`, `name`, `kind`, and `point` beside an outline."""
        made = await self.api.places.maps.drawn()
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("ETag", made.etag)
        has = self.request.headers.get("If-None-Match", "")
        if made.etag in (tag.strip().removeprefix("W/") for tag in has.split(",")):
            self.set_status(304)
            self.clear_header("Content-Type")
            return
        self.set_header("Content-Type", GEOJSON)
        self.write(made.body)
