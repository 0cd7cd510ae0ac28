"""Shapes: checked, simplified, and what lies in them."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import shapely

from server.places.errors import ShapeError
from server.places.shapes import drawn, lying_in, outline_of, point_of, polygon_of
from server.store.records import Point


def square(west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    """A GeoJSON square."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.mark.parametrize(
    ("geometry", "words"),
    [
        ({"type": "LineString", "coordinates": [[0, 0], [1, 1]]}, "it is a LineString"),
        ({"type": "Polygon", "coordinates": []}, "no corners"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "cannot be read"),
        (square(400000, 9800000), "no longitude and latitude"),
        (
            {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]},
            "crosses itself at 1.0000, 1.0000",
        ),
    ],
)
def test_a_shape_that_cannot_be_used_says_why(geometry: dict[str, Any], words: str) -> None:
    with pytest.raises(ShapeError, match=words) as caught:
        outline_of(geometry)
    assert caught.value.expected


def test_a_point_is_latitude_and_longitude() -> None:
    assert point_of({"type": "Point", "coordinates": [36.8, -1.3, 1700]}) == Point(-1.3, 36.8)


def test_a_polygon_may_be_closed_or_not() -> None:
    corners = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]
    assert polygon_of(corners).equals(polygon_of([*corners, corners[0]]))
    with pytest.raises(ShapeError, match="three different corners"):
        polygon_of([(0, 0), (1, 1), (0, 0)])


def test_neighbours_stay_neighbours_when_they_are_simplified() -> None:
    border = [(1 + 0.02 * math.sin(step), step / 100) for step in range(101)]
    left = outline_of({"type": "Polygon", "coordinates": [[[0, 0], *border, [0, 1], [0, 0]]]})
    right = outline_of({"type": "Polygon", "coordinates": [[[2, 0], *border, [2, 1], [2, 0]]]})
    shapes = {"A-1": left, "A-2": right, "A": outline_of(square(-40, -40, 80))}
    found = {code: shapely.from_geojson(text) for code, text in drawn(shapes).items()}
    assert shapely.get_num_coordinates(found["A-1"]) < shapely.get_num_coordinates(left) / 4
    common = shapely.intersection(found["A-1"], found["A-2"])
    assert common.area == 0 and common.length > 0.9


def test_outer_rings_turn_clockwise() -> None:
    ring = json.loads(drawn({"A": outline_of(square(0, 0))})["A"])["coordinates"][0]
    assert not shapely.is_ccw(shapely.LinearRing(ring))
    assert drawn({}) == {}


def test_what_lies_inside_and_what_is_touched() -> None:
    shapes = {f"A-{x}": outline_of(square(x, 0)) for x in range(4)} | {"A-P": shapely.Point(0.5, 0.5)}
    polygon = polygon_of([(-0.5, -0.5), (-0.5, 1.5), (1.5, 1.5), (1.5, -0.5)])
    assert lying_in(polygon, shapes) == (["A-0", "A-P"], ["A-1"])
    assert lying_in(polygon, {}) == ([], [])
