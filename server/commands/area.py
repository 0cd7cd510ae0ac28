"""`tocsin-hub area`: the areas and facilities that alerts and devices can be in, and the map."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

from cyclopts import App, Parameter

from alerts.errors import UserError
from server.commands import importing, output
from server.commands.at_hub import HERE, Where, at_hub
from server.commands.output import Flag, Json, Table

app = App(name="area", help="Areas and facilities: import, export, list; outlines, the map, what lies in a polygon.")

GEOJSON = "application/geo+json"
File = Annotated[Path, Parameter(name="FILE")]


@app.command(name="import")
def import_(
    file: File, /, *, facilities: Flag = False, dry_run: Flag = False, where: Where = HERE, json: Json = False
) -> int:
    """Add areas to the list, or change those that are in it: all rows of a table, or none.

    Parameters
    ----------
    file
        CSV in UTF-8 with the columns code and name, and perhaps kind, latitude, longitude. A code's levels are joined by
        hyphens: KE-047-0312 lies in KE-047. Without headings the columns are code and name.
    facilities
        Every row is a facility; its code is that of its area and a part of its own.
    dry_run
        Say what would change, and change nothing.
    """
    kind = "facilities" if facilities else "areas"
    data = importing.read_file(file)
    with at_hub(where, make=True) as api:
        found = importing.import_table(api, kind, data, dry_run=dry_run)
    return importing.show(found, kind, json=json)


@app.command
def outlines(
    file: File,
    /,
    *,
    property: Annotated[str | None, Parameter()] = None,
    dry_run: Flag = False,
    where: Where = HERE,
    json: Json = False,
) -> int:
    """Give areas their outlines on the map, and facilities their points: all features of a file, or none.

    Parameters
    ----------
    file
        GeoJSON, a FeatureCollection of polygons and points.
    property
        The property of the features that holds the area's code; by default the one that holds most codes of the list.
    dry_run
        Say what would change, and change nothing.
    """
    data = importing.read_file(file)
    with at_hub(where) as api:
        found = api.post("/v1/imports/outlines", content=data, media_type=GEOJSON, property=property, dry_run=dry_run)
    return importing.show(found, "outlines", json=json)


@app.command
def add(
    code: Annotated[str, Parameter(name="CODE")],
    name: Annotated[str, Parameter(name="NAME")],
    /,
    *,
    facility: Flag = False,
    lat: float | None = None,
    lon: float | None = None,
    where: Where = HERE,
    json: Json = False,
) -> None:
    """Add one area to the list, or change it.

    Parameters
    ----------
    facility
        It is a facility.
    lat
        Where it is on the map, in degrees; with --lon.
    lon
        The same.
    """
    line: dict[str, Any] = {"code": code, "name": name, "lat": lat, "lon": lon}
    line |= {"kind": "facility"} if facility else {}
    with at_hub(where, make=True) as api:
        found = api.post("/v1/areas", {"areas": [line]})
    words = f"{code} is in the list." if found["added"] or found["unchanged"] else f"{code} is changed."
    output.answer(found, lambda _: output.say(words), json=json)


@app.command(name="list")
def list_(*, where: Where = HERE, json: Json = False) -> None:
    """List all areas and facilities, by code."""
    with at_hub(where) as api:
        rows = api.get("/v1/areas")["areas"]
    output.answer_rows(rows, ("code", "name", "kind", "place"), _cells, json=json)


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    place = "" if row["lat"] is None else f"{row['lat']:g}, {row['lon']:g}"
    return row["code"], row["name"], row["kind"], place


@app.command
def export(*, facilities: Flag = False, where: Where = HERE) -> None:
    """Print the list as CSV, with the headings that an import takes.

    Parameters
    ----------
    facilities
        Only the facilities.
    """
    kind = "facilities" if facilities else "areas"
    with at_hub(where) as api:
        importing.print_table(api, kind)


@app.command(name="map")
def map_(*, where: Where = HERE) -> None:
    """Print the map as GeoJSON: all areas and facilities that have an outline or a point, simplified for a screen."""
    with at_hub(where) as api:
        sys.stdout.write(api.text("/v1/map", GEOJSON) + "\n")


@app.command
def within(
    *corner: Annotated[str, Parameter(name="LAT,LON", allow_leading_hyphen=True)],
    where: Where = HERE,
    json: Json = False,
) -> None:
    """List the areas and facilities that lie in a polygon, and those that it only touches.

    Parameters
    ----------
    corner
        The polygon's corners, each latitude and longitude, as CAP writes them: -1.2,36.8 -1.3,36.8 -1.3,36.9
    """
    with at_hub(where) as api:
        found = api.post("/v1/areas/within", {"polygon": [_corner(one) for one in corner]})
    output.answer(found, _show_within, json=json)


def _show_within(found: dict[str, Any]) -> None:
    table = Table("code", "name", "kind", "lies")
    for name, words in (("inside", "inside"), ("touched", "in part")):
        for row in found[name]:
            table.add_row(row["code"], row["name"], row["kind"], words)
    output.show(table)


def _corner(written: str) -> list[float]:
    try:
        lat, lon = (float(part) for part in written.split(","))
    except ValueError:
        raise UserError(f"{written!r} is no corner", "Write latitude,longitude, like -1.28,36.82") from None
    return [lat, lon]
