"""Tables that are imported and exported."""

from __future__ import annotations

from typing import Any

from server.hub import Role
from tests.server.places.test_outline_file import file_of
from tests.support.hub import RunningHub

AREAS = "code;nom;latitude;longitude\nKE-047;Nairobi;-1,28;36,82\nKE-030;Baringo;;\n"


def post(hub: RunningHub, kind: str, text: str | bytes, query: str = "", **options: Any) -> Any:
    """An import of a table."""
    data = text if isinstance(text, bytes) else text.encode()
    return hub.ask("POST", f"/v1/imports/{kind}{query}", data=data, headers={"Content-Type": "text/csv"}, **options)


def test_a_table_is_looked_at_then_imported_then_changes_nothing(hub: RunningHub) -> None:
    looked = post(hub, "areas", AREAS, "?dry_run=true").json()
    assert (looked["done"], looked["new"], looked["rows"]) == (False, 2, 2)
    assert "Baringo" not in hub.ask("GET", "/v1/areas").text
    done = post(hub, "areas", AREAS).json()
    assert done == {**looked, "done": True}
    again = post(hub, "areas", AREAS).json()
    assert (again["new"], again["changed"], again["unchanged"], again["changes"]) == (0, 0, 2, [])
    changed = post(hub, "areas", AREAS.replace("Baringo", "Baringo County")).json()
    assert changed["changes"][0]["fields"] == [{"column": "name", "old": "Baringo", "new": "Baringo County"}]


def test_one_wrong_row_and_nothing_is_written(hub: RunningHub) -> None:
    text = "code,name\nRW,Rwanda\nR W,x\n"
    looked = post(hub, "areas", text, "?dry_run=true")
    assert looked.status_code == 200 and looked.json()["error_count"] == 1
    error = looked.json()["errors"][0]
    assert (error["row"], error["column"], error["value"]) == (3, "code", "R W") and "hyphens" in error["expected"]
    answer = post(hub, "areas", text)
    assert answer.status_code == 422 and answer.json()["type"].endswith("#import-invalid")
    assert answer.json()["violations"][0]["line"] == 3
    assert "RW" not in hub.ask("GET", "/v1/areas").text


def test_devices_are_expected_then_moved_by_the_same_table(hub: RunningHub) -> None:
    text = "reference,name,areas,roles,phone\nA1,Amina,KE-047,chw,+254700123456\n"
    assert post(hub, "devices", text).json()["new"] == 1
    sheet = hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["A1"]}).json()
    code = sheet["entries"][0]["code"]
    device = hub.ask("POST", "/v1/enrolments", role=None, json={"code": code, "name": "phone"}).json()["device"]
    assert post(hub, "devices", text).json()["unchanged"] == 1
    head = hub.hub.log.head
    moved = post(hub, "devices", text.replace("KE-047", "KE-030").replace("Amina", "Amina N.")).json()
    assert (moved["changed"], [field["column"] for field in moved["changes"][0]["fields"]]) == (1, ["name", "areas"])
    now = hub.ask("GET", f"/v1/devices/{device}").json()
    assert (now["name"], now["areas"], now["phone"], now["reference"]) == (
        *("Amina N.", ["KE-030"], "+254700123456", "A1"),
    )
    assert hub.hub.log.head == head + 1, "a move is an entry of the log"


def test_what_is_exported_can_be_imported_and_holds_no_formula(hub: RunningHub) -> None:
    assert post(hub, "areas", AREAS).json()["done"]
    assert post(hub, "facilities", "code,name\nKE-047-F1,=HYPERLINK(1)\n").json()["done"]
    assert post(hub, "devices", "reference,name,areas\nX1,Nyota,KE-047\n").json()["done"]
    for kind in ("areas", "facilities", "devices"):
        exported = hub.ask("GET", f"/v1/exports/{kind}")
        assert exported.headers["Content-Type"] == "text/csv; charset=utf-8"
        again = post(hub, kind, exported.content).json()
        assert (again["new"], again["changed"], again["error_count"]) == (0, 0, 0) and again["unchanged"]
    assert "'=HYPERLINK" in hub.ask("GET", "/v1/exports/facilities").text


def test_somebody_who_is_bound_to_areas_imports_devices_there_and_nothing_else(hub: RunningHub) -> None:
    token = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district officer", ("KE-047",)))
    assert post(hub, "areas", AREAS, token=token).json()["type"].endswith("#outside-areas")
    table = "reference,name,areas\nZ1,Zawadi,KE-030\n"
    answer = post(hub, "devices", table, "?dry_run=true", token=token).json()
    assert answer["errors"][0]["problem"] == "that is outside your areas"
    assert post(hub, "devices", table.replace("KE-030", "KE-047-F1"), token=token).json()["done"]


def test_what_is_no_table_is_not_there(hub: RunningHub) -> None:
    assert post(hub, "people", "a,b\n").status_code == 404
    assert hub.ask("GET", "/v1/exports/people").status_code == 404
    wrong = hub.ask("POST", "/v1/imports/areas", json={})
    assert wrong.status_code == 415 and "text/csv" in wrong.json()["detail"]


def test_a_long_table_fits_one_request_and_its_answer_is_short(hub: RunningHub) -> None:
    rows = "".join(
        f"KE-047-{number:05},Village number {number} of the district of Nairobi\n" for number in range(19_990)
    )
    answer = post(hub, "areas", "code,name\n" + rows, "?dry_run=true")
    assert answer.json()["new"] == 19_990 and len(answer.json()["changes"]) == 500


def test_outlines_with_an_error_import_nothing(hub: RunningHub) -> None:
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
    options: dict[str, Any] = {"data": file_of(("KE", bow)), "headers": {"Content-Type": "application/json"}}
    looked = hub.ask("POST", "/v1/imports/outlines?dry_run=true&property=pcode", **options).json()
    assert looked["property"] == "pcode" and "crosses itself" in looked["errors"][0]["problem"]
    assert hub.ask("POST", "/v1/imports/outlines", **options).status_code == 422
