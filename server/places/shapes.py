"""Outlines as shapes: read from GeoJSON, checked, simplified for the map; and what lies in a polygon.

Neighbours are simplified together where their borders meet exactly, so that the map shows no gaps between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import shapely
from shapely import MultiPolygon, Polygon
from shapely.errors import ShapelyError
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry
from shapely.geometry.polygon import orient

from server.places.errors import ShapeError
from server.store.outlines import StoredOutline
from server.store.records import Point

DIGITS = 5
"""Decimals of a degree that are kept: about a metre."""
DRAWN_DIGITS = 4
DRAWN_SHARE = 1 / 1500
"""How far a drawn border may lie from the true one, as a share of the whole map's extent: less than a pixel of a large screen."""
POINTS_MAX = 400_000
"""Corners of one outline."""


def outline_of(geometry: Mapping[str, Any]) -> BaseGeometry:
    """The outline in a GeoJSON geometry (RFC 7946). Raises ShapeError."""
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        raise ShapeError(f"it is a {str(kind)[:40]}", "a Polygon or a MultiPolygon")
    made = _made(geometry)
    if made.is_empty:
        raise ShapeError("it has no corners", "at least four positions, the last like the first")
    _check_degrees(made)
    return _checked(made)


def point_of(geometry: Mapping[str, Any]) -> Point:
    """The place in a GeoJSON Point. Raises ShapeError."""
    made = _made(geometry)
    if made.is_empty:
        raise ShapeError("it has no coordinates", "longitude and latitude")
    _check_degrees(made)
    lon, lat = shapely.get_coordinates(made)[0]
    return Point(round(float(lat), 6), round(float(lon), 6))


def polygon_of(corners: Sequence[tuple[float, float]]) -> BaseGeometry:
    """The polygon with these corners, each latitude and longitude, closed or not. Raises ShapeError."""
    if len(set(corners)) < 3:
        raise ShapeError("a polygon has at least three different corners", "more corners")
    return _checked(Polygon([(lon, lat) for lat, lon in corners]))


def _made(geometry: Mapping[str, Any]) -> BaseGeometry:
    try:
        made: BaseGeometry = shape_of(dict(geometry))
    except (ShapelyError, ValueError, TypeError, AttributeError, KeyError, IndexError) as error:
        raise ShapeError(
            f"its coordinates cannot be read: {str(error)[:100]}", "RFC 7946: [longitude, latitude] pairs"
        ) from None
    if shapely.get_num_coordinates(made) > POINTS_MAX:
        raise ShapeError(f"it has more than {POINTS_MAX:,} corners", "a simplified outline")
    return shapely.force_2d(made)


def _check_degrees(made: BaseGeometry) -> None:
    west, south, east, north = made.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        found = f"{west:g} to {east:g}, {south:g} to {north:g}"
        raise ShapeError(f"its coordinates are no longitude and latitude: {found}", "degrees in WGS 84 (EPSG:4326)")


def _checked(made: BaseGeometry) -> BaseGeometry:
    if not shapely.is_valid(made):
        raise ShapeError(why_invalid(made), "repair it in the map program (QGIS: Fix geometries), or draw it anew")
    return shapely.normalize(shapely.set_precision(made, 10**-DIGITS, mode="pointwise"))


def why_invalid(made: BaseGeometry) -> str:
    """What is wrong with a shape, in words, and where."""
    reason = shapely.is_valid_reason(made)
    what, _, where = reason.partition("[")
    words = {
        "Self-intersection": "the outline crosses itself",
        "Ring Self-intersection": "the outline touches itself",
        "Hole lies outside shell": "a hole lies outside the outline",
        "Holes are nested": "a hole lies within another",
        "Interior is disconnected": "holes cut the area in two",
        "Nested shells": "one part lies within another",
        "Too few points in geometry component": "a part has too few corners",
    }.get(what.strip(), what.strip().lower())
    lon, _, lat = where.rstrip("]").partition(" ")
    return f"{words} at {float(lat):.4f}, {float(lon):.4f} (latitude, longitude)" if lat else words


# -- the map ----------------------------------------------------------------------------------------------------------


def drawn(shapes: Mapping[str, BaseGeometry]) -> dict[str, str]:
    """How a map draws each outline: simplified to the scale of the whole, as the text of a GeoJSON geometry."""
    if not shapes:
        return {}
    west, south, east, north = shapely.total_bounds(list(shapes.values()))
    tolerance = max(east - west, north - south) * DRAWN_SHARE
    found: dict[str, str] = {}
    for codes in _levels(shapes):
        for code, simple in zip(codes, _simplified([shapes[code] for code in codes], tolerance), strict=True):
            found[code] = _text(simple)
    return found


def _levels(shapes: Iterable[str]) -> list[list[str]]:
    """The codes of each level of the tree: those of one level lie beside each other, not within."""
    by_depth: dict[int, list[str]] = {}
    for code in shapes:
        by_depth.setdefault(code.count("-"), []).append(code)
    return list(by_depth.values())


def _simplified(shapes: list[BaseGeometry], tolerance: float) -> list[BaseGeometry]:
    # a tolerance of coverages is the root of the area of what may be cut off
    if len(shapes) > 1 and shapely.coverage_is_valid(shapes):
        simple = list(shapely.coverage_simplify(shapes, tolerance))
    else:
        simple = [shapely.simplify(shape, tolerance, preserve_topology=True) for shape in shapes]
    return [before if after is None or after.is_empty else after for before, after in zip(shapes, simple, strict=True)]


def _text(shape: BaseGeometry) -> str:
    """A GeoJSON geometry, its outer rings clockwise, as d3-geo draws them (RFC 7946 would have them the other way round)."""
    polygons = shape.geoms if isinstance(shape, MultiPolygon) else [shape]
    found = [_rings(one) for one in polygons if isinstance(one, Polygon)]
    whole = (
        {"type": "Polygon", "coordinates": found[0]}
        if len(found) == 1
        else {"type": "MultiPolygon", "coordinates": found}
    )
    return json.dumps(whole, separators=(",", ":"))


def _rings(polygon: Polygon) -> list[list[list[float]]]:
    turned = orient(polygon, -1)
    return [_ring(turned.exterior.coords), *(_ring(ring.coords) for ring in turned.interiors)]


def _ring(coords: Iterable[tuple[float, ...]]) -> list[list[float]]:
    rounded = [[round(x, DRAWN_DIGITS), round(y, DRAWN_DIGITS)] for x, y in coords]
    kept = [at for index, at in enumerate(rounded) if index == 0 or at != rounded[index - 1]]
    return kept if len(kept) >= 4 else rounded


def drawn_anew(stored: Mapping[str, bytes], new: Mapping[str, BaseGeometry]) -> list[StoredOutline]:
    """All outlines as the map draws them now: the scale is that of the whole."""
    if not new:
        return []
    whole = {code: shapely.from_wkb(wkb) for code, wkb in stored.items()} | dict(new)
    texts = drawn(whole)
    return [StoredOutline(code, shapely.to_wkb(shape), texts[code]) for code, shape in whole.items()]


# -- what lies in a polygon -------------------------------------------------------------------------------------------


def places_in(
    polygon: BaseGeometry, outlines: Mapping[str, bytes], points: Mapping[str, Point]
) -> tuple[list[str], list[str]]:
    """As `lying_in`, of outlines as they are stored, and of places that have a point and no outline."""
    shapes = {code: shapely.from_wkb(wkb) for code, wkb in outlines.items()}
    dots = {code: shapely.Point(point.lon, point.lat) for code, point in points.items() if code not in shapes}
    return lying_in(polygon, shapes | dots)


def lying_in(polygon: BaseGeometry, shapes: Mapping[str, BaseGeometry]) -> tuple[list[str], list[str]]:
    """The codes of the shapes that lie in a polygon with all of them, and of those that it only touches."""
    codes = list(shapes)
    tree = shapely.STRtree([shapes[code] for code in codes])
    shapely.prepare(polygon)
    met = [codes[index] for index in sorted(tree.query(polygon, predicate="intersects"))]
    inside = {codes[index] for index in tree.query(polygon, predicate="covers")}
    touched = [code for code in met if code not in inside and not polygon.touches(shapes[code])]
    return sorted(inside), touched
