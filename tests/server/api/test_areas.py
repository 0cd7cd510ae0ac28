"""Areas and facilities, the map, and what lies in a polygon."""

from __future__ import annotations

from typing import Any

from server.api.areas_types import AreaLine
from server.hub import Role
from server.store.records import AreaKind, AreaRow, Point
from tests.server.places.test_outline_file import file_of
from tests.server.places.test_shapes import square
from tests.support.hub import RunningHub


def named(hub: RunningHub) -> dict[str, str]:
    """The list: code -> name."""
    return {row["code"]: row["name"] for row in hub.ask("GET", "/v1/areas").json()["areas"]}


def test_areas_are_listed_by_code(hub: RunningHub) -> None:
    listed = hub.ask("GET", "/v1/areas").json()["areas"]
    none = {"kind": "area", "lat": None, "lon": None}
    assert listed == [{"code": "KE", "name": "Kenya", **none}, {"code": "UG", "name": "Uganda", **none}]


def test_areas_are_imported_after_a_look_at_what_would_change(hub: RunningHub) -> None:
    lines = [("KE", "Kenya"), ("UG", "Uganda (UG)"), ("TZ", "Tanzania")]
    body = {"areas": [{"code": code, "name": name} for code, name in lines]}
    changes = {"added": ["TZ"], "renamed": [{"code": "UG", "old": "Uganda", "new": "Uganda (UG)"}], "unchanged": 1}
    changes |= {"moved": []}
    assert hub.ask("POST", "/v1/areas?dry_run=true", json=body).json() == changes
    assert named(hub)["UG"] == "Uganda"
    assert hub.ask("POST", "/v1/areas", json=body).json() == changes
    again = {"added": [], "renamed": [], "moved": [], "unchanged": 3}
    assert hub.ask("POST", "/v1/areas", json=body).json() == again
    assert len(named(hub)) == 3
    twice = {"areas": [{"code": "UG", "name": "x"}, {"code": "UG", "name": "Uganda"}]}
    assert hub.ask("POST", "/v1/areas", json=twice).json()["renamed"][0]["new"] == "Uganda"
    assert named(hub)["UG"] == "Uganda"


def test_a_facility_gets_its_place_and_keeps_it(hub: RunningHub) -> None:
    line: dict[str, Any] = {"code": "UG-1-F1", "name": "Clinic", "kind": "facility", "lat": 0.3, "lon": 32.5}
    assert hub.ask("POST", "/v1/areas", json={"areas": [line]}).json()["added"] == ["UG-1-F1"]
    assert hub.ask("POST", "/v1/areas", json={"areas": [{**line, "lat": 0.4}]}).json()["moved"] == ["UG-1-F1"]
    renamed = {"areas": [{"code": "UG-1-F1", "name": "Clinic 1"}]}
    assert hub.ask("POST", "/v1/areas", json=renamed).json()["moved"] == []
    listed = hub.ask("GET", "/v1/areas").json()["areas"]
    assert listed[-1] == {"code": "UG-1-F1", "name": "Clinic 1", "kind": "facility", "lat": 0.4, "lon": 32.5}
    half = hub.ask("POST", "/v1/areas", json={"areas": [{"code": "UG", "name": "x", "lat": 1}]})
    assert half.status_code == 422 and "come together" in half.text


def test_a_line_over_what_is_there() -> None:
    before = AreaRow("KE", "Kenya", AreaKind.FACILITY, Point(1, 2))
    assert AreaLine(code="KE", name=" K ").over(before) == AreaRow("KE", "K", AreaKind.FACILITY, Point(1, 2))


def test_the_map_is_fetched_once_and_what_lies_in_a_polygon_is_found(hub: RunningHub) -> None:
    known = [{"code": "KE", "name": "Kenya"}, {"code": "TZ", "name": "Tanzania"}]
    spot = {"code": "UG-1-F1", "name": "Clinic", "kind": "facility", "lat": 0.3, "lon": 32.6}
    assert hub.ask("POST", "/v1/areas", json={"areas": [*known, spot]}).status_code == 200
    data = file_of(("KE", square(36, -2)), ("TZ", square(37, -2)))
    answer = hub.ask("POST", "/v1/imports/outlines", data=data, headers={"Content-Type": "application/geo+json"})
    assert answer.json()["done"], answer.text
    first = hub.ask("GET", "/v1/map")
    features = {one["id"]: one for one in first.json()["features"]}
    assert set(features) == {"KE", "TZ", "UG-1-F1"} and features["UG-1-F1"]["geometry"]["type"] == "Point"
    assert features["KE"]["properties"] == {"code": "KE", "name": "Kenya", "kind": "area"}
    again = hub.ask("GET", "/v1/map", headers={"If-None-Match": f'W/"x", {first.headers["ETag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    body = {"polygon": [[-3, 35.5], [-3, 37.5], [0.5, 37.5], [0.5, 32], [0, 32]]}
    found = hub.ask("POST", "/v1/areas/within", json=body).json()
    assert found["audience"] == ["KE", "UG-1-F1"]
    assert [row["code"] for row in found["touched"]] == ["TZ"]
    crossed = hub.ask("POST", "/v1/areas/within", json={"polygon": [[0, 0], [2, 2], [2, 0], [0, 2]]})
    assert crossed.status_code == 422 and "crosses itself" in crossed.json()["detail"]
    assert crossed.json()["type"].endswith("#polygon-invalid")


def test_a_wrong_line_imports_nothing_and_is_named(hub: RunningHub) -> None:
    body = {"areas": [{"code": "RW", "name": "Rwanda"}, {"code": "R W", "name": "x"}]}
    answer = hub.ask("POST", "/v1/areas", json=body)
    assert answer.status_code == 422 and answer.json()["violations"][0]["path"] == "areas[1].code"
    assert "RW" not in named(hub)


def test_the_list_of_areas_is_for_admins_of_the_whole_hub_to_change(hub: RunningHub) -> None:
    body = {"areas": [{"code": "RW", "name": "Rwanda"}]}
    assert hub.ask("POST", "/v1/areas", json=body, role=Role.AUTHOR).status_code == 403
    bound = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district", ("KE",)))
    assert hub.ask("POST", "/v1/areas", json=body, token=bound).json()["type"].endswith("#outside-areas")


def test_a_large_list_fits_one_request(hub: RunningHub) -> None:
    body = {"areas": [{"code": f"KE-{number:05}", "name": f"Village number {number}"} for number in range(5000)]}
    assert len(hub.ask("POST", "/v1/areas?dry_run=true", json=body).json()["added"]) == 5000
