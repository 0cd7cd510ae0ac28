"""GeoJSON files of outlines, against the list of areas."""

from __future__ import annotations

import json
from typing import Any

import pytest
import shapely

from server.places.outline_file import plan
from server.places.shapes import outline_of
from server.store.records import AreaRow, Point
from tests.server.places.test_shapes import square

KNOWN = {"KE-047": AreaRow("KE-047", "Nairobi"), "KE-030": AreaRow("KE-030", "Baringo")}


def file_of(*features: tuple[str, Any], name: str = "pcode") -> bytes:
    """A FeatureCollection: codes and geometries."""
    made = [
        {"type": "Feature", "properties": {"label": "x", name: code}, "geometry": geometry}
        for code, geometry in features
    ]
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


def test_features_are_matched_by_the_property_that_holds_codes() -> None:
    data = file_of(("KE-047", square(0, 0)), ("KE-030", {"type": "Point", "coordinates": [36, 0.5]}))
    found = plan(data, None, KNOWN, {})
    assert found.property == "pcode" and (found.preview.new, found.preview.changed) == (2, 0)
    assert list(found.shapes) == ["KE-047"] and found.points[0].point == Point(0.5, 36)


def test_the_same_outlines_again_change_nothing() -> None:
    stored = {"KE-047": shapely.to_wkb(outline_of(square(0, 0)))}
    data = file_of(("KE-047", square(0, 0)), ("KE-030", square(5, 5)))
    found = plan(data, "pcode", KNOWN, stored)
    assert (found.preview.unchanged, list(found.shapes)) == (1, ["KE-030"])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"{", "not JSON"),
        (b'{"type": "Polygon"}', "no FeatureCollection"),
        (file_of(("XX", square(0, 0))), "no property"),
        (file_of(("KE-047", square(0, 0)), ("XX", square(2, 2))), "no area of the list"),
        (file_of(("KE-047", square(0, 0)), ("KE-047", square(2, 2))), "feature 1 has the same code"),
        (file_of(("KE-047", square(0, 0)), ("", square(2, 2))), "no code"),
        (file_of(("KE-047", None)), "no geometry"),
        (file_of(("KE-047", {"type": "LineString", "coordinates": []})), "LineString"),
    ],
)
def test_a_wrong_file_or_feature_is_told_and_nothing_is_done(data: bytes, words: str) -> None:
    found = plan(data, None, KNOWN, {})
    assert not found.shapes and not found.points
    assert words in found.preview.errors[0].problem and found.preview.errors[0].expected
