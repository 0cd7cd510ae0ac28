"""A GeoJSON file with outlines (or points) of areas, against the list of areas: what importing it would do.

Features are matched by a property that holds the code. If none is named, it is the one that holds most codes of the list.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from server.places.errors import ShapeError
from server.places.preview import FieldChange, Findings, Preview, RowError
from server.places.shapes import outline_of, point_of
from server.places.table import shown
from server.store.records import AreaRow

FEATURES_MAX = 10_000


@dataclass(frozen=True, slots=True)
class OutlinePlan:
    """What importing a file does: outlines and points to write, nothing if there are errors. `property`: what holds the code."""

    preview: Preview
    property: str
    shapes: Mapping[str, BaseGeometry]
    points: tuple[AreaRow, ...]


def plan(data: bytes, named: str | None, known: Mapping[str, AreaRow], stored: Mapping[str, bytes]) -> OutlinePlan:
    """Read a file against the list and the outlines (WKB) that there are."""
    try:
        features = _features(data)
    except ShapeError as error:
        return OutlinePlan(Preview(0, errors=(RowError(1, "", "", error.problem, error.expected),)), "", {}, ())
    holder = named or _holder(features, known)
    if holder is None:
        expected = "name the property that holds the codes, or import the areas first"
        told = RowError(1, "", "", "no property of the features holds codes of the list of areas", expected)
        return OutlinePlan(Preview(len(features), errors=(told,)), "", {}, ())
    return _read(features, holder, known, stored)


def _features(data: bytes) -> list[Mapping[str, Any]]:
    try:
        whole = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ShapeError("the file is not UTF-8", "GeoJSON, which is JSON in UTF-8 (not a shapefile)") from None
    except (ValueError, RecursionError) as error:
        raise ShapeError(f"the file is not JSON: {str(error)[:100]}", "GeoJSON (RFC 7946)") from None
    found = whole.get("features") if isinstance(whole, dict) and whole.get("type") == "FeatureCollection" else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise ShapeError(
            "the file is no FeatureCollection", "GeoJSON (RFC 7946): a FeatureCollection with a feature for each area"
        )
    if len(found) > FEATURES_MAX:
        raise ShapeError(f"the file has more than {FEATURES_MAX:,} features", "several smaller files")
    return found


def _properties(feature: Mapping[str, Any]) -> Mapping[str, Any]:
    found = feature.get("properties")
    return found if isinstance(found, dict) else {}


def _holder(features: Sequence[Mapping[str, Any]], known: Mapping[str, AreaRow]) -> str | None:
    counted = Counter(
        name for feature in features for name, value in _properties(feature).items() if str(value).strip() in known
    )
    return counted.most_common(1)[0][0] if counted else None


def _read(
    features: Sequence[Mapping[str, Any]], holder: str, known: Mapping[str, AreaRow], stored: Mapping[str, bytes]
) -> OutlinePlan:
    found, first = Findings(), dict[str, int]()
    shapes: dict[str, BaseGeometry] = {}
    points: list[AreaRow] = []
    for number, feature in enumerate(features, 1):
        code = str(_properties(feature).get(holder, "")).strip()
        try:
            _check_code(code, known, first)
            first[code] = number
        except ShapeError as error:
            found.errors.append(RowError(number, holder, shown(code), error.problem, error.expected))
            continue
        before = known[code]
        try:
            changed = _take(feature, before, stored.get(code), shapes, points)
        except ShapeError as error:
            found.errors.append(RowError(number, "geometry", code, error.problem, error.expected))
            continue
        is_new = changed is not None and changed.old == ""
        found.note(number, code, before.name, is_new=is_new, fields=[] if changed is None else [changed])
    preview = found.preview(len(features))
    if preview.errors:
        return OutlinePlan(preview, holder, {}, ())
    return OutlinePlan(preview, holder, shapes, tuple(points))


def _check_code(code: str, known: Mapping[str, AreaRow], first: Mapping[str, int]) -> None:
    if not code:
        raise ShapeError("the feature has no code", "the code of an area in this property")
    if code in first:
        raise ShapeError(
            f"feature {first[code]} has the same code", "one feature for each area (a MultiPolygon for its parts)"
        )
    if code not in known:
        raise ShapeError("no area of the list has this code", "import the areas first, or leave the feature out")


def _take(
    feature: Mapping[str, Any],
    before: AreaRow,
    stored: bytes | None,
    shapes: dict[str, BaseGeometry],
    points: list[AreaRow],
) -> FieldChange | None:
    """Take up what a feature changes; None: it changes nothing."""
    geometry = feature.get("geometry")
    if not isinstance(geometry, dict):
        raise ShapeError("the feature has no geometry", "a Polygon, a MultiPolygon or a Point")
    if geometry.get("type") == "Point":
        point = point_of(geometry)
        if point == before.point:
            return None
        points.append(replace(before, point=point))
        old = "" if before.point is None else f"{before.point.lat:g}, {before.point.lon:g}"
        return FieldChange("point", old, f"{point.lat:g}, {point.lon:g}")
    made = outline_of(geometry)
    if stored is not None and shapely.to_wkb(made) == stored:
        return None
    shapes[before.code] = made
    return FieldChange("outline", "" if stored is None else _corners(shapely.from_wkb(stored)), _corners(made))


def _corners(made: BaseGeometry) -> str:
    return f"{shapely.get_num_coordinates(made):,} corners"
