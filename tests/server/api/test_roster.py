"""The roster and enrolment sheets."""

from __future__ import annotations

import pytest

from client.address import hub_address, invitation
from server.hub import Role
from tests.server.api.test_imports import post
from tests.support.hub import RunningHub

TABLE = "reference,name,areas,languages,phone\nA1,Amina,KE,sw,0700123456\nB2,Baraka,UG,ar,\nC3,Chipo,KE,,\n"


@pytest.fixture(scope="module", autouse=True)
def rows(hub: RunningHub) -> None:
    assert post(hub, "devices", TABLE).json()["new"] == 3


def states(hub: RunningHub, query: str = "") -> dict[str, str]:
    return {row["reference"]: row["state"] for row in hub.ask("GET", f"/v1/roster{query}").json()["rows"]}


def test_a_sheet_makes_codes_that_enrol_and_a_new_one_ends_the_old(hub: RunningHub) -> None:
    asked = {"references": ["A1", "B2"], "address": "https://hub.example/"}
    first = hub.ask("POST", "/v1/enrolment-sheets", json=asked)
    assert first.status_code == 201
    assert states(hub) == {"A1": "printed", "B2": "printed", "C3": "expected"}
    second = hub.ask("POST", "/v1/enrolment-sheets", json={**asked, "references": ["A1"]}).json()
    old, new = first.json()["entries"][0]["code"], second["entries"][0]["code"]
    assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": old}).status_code == 403
    enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": new, "name": "Nokia"}).json()
    assert (enrolled["name"], enrolled["areas"], enrolled["languages"]) == ("Amina", ["KE"], ["sw"])
    device = hub.ask("GET", f"/v1/devices/{enrolled['device']}").json()
    assert (device["phone"], device["reference"]) == ("0700123456", "A1")
    assert states(hub, "?state=enrolled&area=KE") == {"A1": "enrolled"}
    refused = hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["A1"]})
    assert refused.status_code == 409 and refused.json()["references"] == ["A1"]
    hub.ask("DELETE", f"/v1/devices/{enrolled['device']}")
    assert states(hub)["A1"] == "revoked"
    assert hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["A1"]}).status_code == 201


def test_a_sheet_says_what_to_do_in_the_language_of_the_device_and_its_qr_is_what_join_takes(hub: RunningHub) -> None:
    asked = {"references": ["B2"], "address": "https://hub.example:8443"}
    entry = hub.ask("POST", "/v1/enrolment-sheets", json=asked).json()["entries"][0]
    assert entry["words"]["language"] == "ar" and entry["name"] == "Baraka"
    assert entry["payload"] == f"TOCSIN:{entry['code']}:HTTPS://HUB.EXAMPLE:8443"
    address, code = invitation(entry["payload"])
    assert (hub_address(address), code) == ("https://hub.example:8443", entry["code"])
    assert len(entry["qr"]) == len(entry["qr"][0]) and set("".join(entry["qr"])) == {"0", "1"}


def test_what_a_row_says_when_its_code_is_used_counts(hub: RunningHub) -> None:
    code = hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["C3"]}).json()["entries"][0]["code"]
    post(hub, "devices", "reference,areas\nC3,UG\n")
    assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).json()["areas"] == ["UG"]


def test_codes_for_anybody(hub: RunningHub) -> None:
    body = {"anonymous": {"count": 2, "areas": ["KE"], "roles": ["chw"], "languages": ["fr"]}}
    entries = hub.ask("POST", "/v1/enrolment-sheets", json=body).json()["entries"]
    assert len({entry["code"] for entry in entries}) == 2 and entries[0]["words"]["language"] == "fr"
    assert entries[0]["payload"].endswith(hub.address.upper())
    enrolled = hub.ask("POST", "/v1/enrolments", role=None, json={"code": entries[0]["code"], "name": "x"}).json()
    assert (enrolled["areas"], enrolled["roles"], enrolled["name"]) == (["KE"], ["chw"], "x")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"references": ["B2"], "anonymous": {"count": 1}}, 422),
        ({"references": ["B2", "B2"]}, 422),
        ({"references": ["none"]}, 404),
        ({"references": ["B2"], "address": "ftp://x"}, 422),
        ({"references": ["B2"], "address": "https://hub.example/?token=x"}, 422),
        ({"anonymous": {"count": 1, "areas": ["XX"]}}, 422),
        ({"anonymous": {"count": 21}}, 422),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(hub: RunningHub, body: dict[str, object], status: int) -> None:
    assert hub.ask("POST", "/v1/enrolment-sheets", json=body).status_code == status


def test_a_row_that_is_not_expected_any_more_is_taken_out_and_its_code_ends(hub: RunningHub) -> None:
    post(hub, "devices", "reference,name\nD/4,Dalila\n")
    code = hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["D/4"]}).json()["entries"][0]["code"]
    assert hub.ask("DELETE", "/v1/roster/D%2F4").status_code == 204
    assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).status_code == 403
    assert hub.ask("DELETE", "/v1/roster/D%2F4").status_code == 404


def test_somebody_who_is_bound_to_areas_prints_only_for_them(hub: RunningHub) -> None:
    token = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "officer of Uganda", ("UG",)))
    assert hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["A1"]}, token=token).status_code == 404
    body = {"anonymous": {"count": 1, "areas": ["KE"]}}
    assert hub.ask("POST", "/v1/enrolment-sheets", json=body, token=token).status_code == 403
    listed = hub.ask("GET", "/v1/roster", token=token).json()["rows"]
    assert {row["reference"] for row in listed} == {"B2", "C3"}
