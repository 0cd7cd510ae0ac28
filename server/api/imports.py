"""`/v1/imports` and `/v1/exports`: tables of areas, facilities and devices, and outlines."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, CSV, GEOJSON, JSON, VIEWERS, Answer, Body, operation
from server.api.places_types import ImportAnswer, LookQuery, OutlinesQuery
from server.places.exports import device_lines, place_lines
from server.places.preview import ImportKind, Preview
from server.places.table import ROWS_MAX
from server.sheets import csv_text

TAG = "places"
_KINDS = ", ".join(ImportKind)


class _Importing(ApiHandler):
    def answer_import(self, preview: Preview, *, dry_run: bool, holder: str | None = None) -> None:
        """What was done; or, where something is wrong, a problem that names all of it. A look says it in its answer, unless the
        file is no outlines at all (`holder`: the property that holds their codes, perhaps empty)."""
        is_unreadable = holder is not None and preview.rows == 0
        if preview.errors and not preview.is_done and (not dry_run or is_unreadable):
            first = preview.errors[0]
            where = f"row {first.row}" + (f", {first.column} {first.value!r}" if first.column else "")
            more = f"; and {len(preview.errors) - 1} more" if len(preview.errors) > 1 else ""
            self.refuse(
                "import-invalid",
                f"{where}: {first.problem}; needed: {first.expected}{more}",
                violations=[
                    {
                        "path": error.column or "row",
                        "problem": f"{error.value!r}: {error.problem}; needed: {error.expected}",
                        "line": error.row,
                    }
                    for error in preview.errors[:200]
                ],
            )
        self.answer(ImportAnswer.of(preview, holder=holder or None))


class ImportHandler(_Importing):
    """A table."""

    @operation(
        summary="Import a table",
        roles=ADMINS,
        query=LookQuery,
        body=Body(None, is_large=True, is_import=True, files=(CSV,)),
        answers={200: Answer("What was changed, or would be; with `dry_run` also what is wrong.", ImportAnswer)},
        problems=("not-found", "import-invalid", "outside-areas"),
        tag=TAG,
    )
    async def post(self, kind: str) -> None:
        """Import areas, facilities or devices from CSV (RFC 4180, UTF-8; commas, semicolons or tabs; headings in English or
        French). All rows or none; the same table again changes only what is different. With `dry_run` it says what would
        change, and each error by row and column."""
        asked = self.query
        assert isinstance(asked, LookQuery), "the operation says so"
        if kind not in list(ImportKind):
            self.refuse("not-found", f"tables are of {_KINDS}")
        preview = await self.api.places.imports.table(
            ImportKind(kind), self.request.body, self.credential, dry_run=asked.dry_run
        )
        self.answer_import(preview, dry_run=asked.dry_run)


class OutlinesHandler(_Importing):
    """Outlines."""

    @operation(
        summary="Import outlines",
        roles=ADMINS,
        query=OutlinesQuery,
        body=Body(None, is_large=True, is_import=True, files=(GEOJSON, JSON)),
        answers={200: Answer("What was changed, or would be; with `dry_run` also what is wrong.", ImportAnswer)},
        problems=("import-invalid", "outside-areas"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Import outlines of areas (and points of facilities) from a GeoJSON FeatureCollection. A property of the features holds
        the area's code. All features or none."""
        asked = self.query
        assert isinstance(asked, OutlinesQuery), "the operation says so"
        imports = self.api.places.imports
        preview, holder = await imports.outlines(
            self.request.body, asked.property, self.credential, dry_run=asked.dry_run
        )
        self.answer_import(preview, dry_run=asked.dry_run, holder=holder)


class ExportHandler(ApiHandler):
    """A table of what there is."""

    @operation(
        summary="Export a table",
        roles=VIEWERS,
        answers={200: Answer(f"The table, at most {ROWS_MAX} rows of which one import takes.", also=(CSV,))},
        problems=("not-found",),
        tag=TAG,
    )
    async def get(self, kind: str) -> None:
        """Areas, facilities or devices (enrolled or expected) as CSV, with the headings that an import takes. A text that a
        spreadsheet would take for a formula has an apostrophe in front, which an import takes away again."""
        if kind not in list(ImportKind):
            self.refuse("not-found", f"tables are of {_KINDS}")
        if kind == ImportKind.DEVICES:
            devices = await self.api.reading.devices(self.credential)
            columns, lines = device_lines(devices, await self.api.places.enrolment.roster(self.credential))
        else:
            columns, lines = place_lines(await self.hub.areas(), ImportKind(kind))
        self.set_header("Content-Type", f"{CSV}; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="{kind}.csv"')
        self.write("\ufeff" + csv_text(columns, lines))
