"""Enrolment, lists, changes and revocation of devices over the API."""

from __future__ import annotations

import pytest

from server.hub import Role
from server.settings import Limits
from tests.support.hub import RunningHub, running_hub


def test_a_code_enrols_one_device_once(hub: RunningHub) -> None:
    asked = {"areas": ["KE-047", "KE-047"], "roles": ["nurse"], "name": "Nurse 7", "languages": ["sw", "en"]}
    made = hub.ask("POST", "/v1/enrolment-codes", json=asked)
    assert made.status_code == 201 and made.json()["expires"].endswith("Z")
    code = made.json()["code"]
    enrolled = hub.ask(
        "POST", "/v1/enrolments", role=None, json={"code": code.lower(), "name": "own", "languages": ["fr"]}
    )
    assert enrolled.status_code == 201
    said = enrolled.json()
    assert (said["areas"], said["roles"], said["name"], said["languages"]) == (
        ["KE-047"],
        ["nurse"],
        "Nurse 7",
        ["sw", "en"],
    )
    assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).status_code == 403
    listed = hub.ask("GET", "/v1/devices").json()["devices"]
    assert said["device"] in [one["device"] for one in listed]
    assert said["token"] not in hub.ask("GET", f"/v1/devices/{said['device']}").text


def test_a_device_can_be_moved_renamed_and_given_languages(hub: RunningHub) -> None:
    device = hub.enrol(areas=("KE",))[0]
    changed = hub.ask("PATCH", f"/v1/devices/{device}", json={"areas": ["UG-1"], "roles": ["chw"], "languages": ["lg"]})
    assert changed.status_code == 200
    now = hub.ask("GET", f"/v1/devices/{device}").json()
    assert (now["areas"], now["roles"], now["languages"]) == (["UG-1"], ["chw"], ["lg"])
    assert now == changed.json() and now["connected"] is False and now["last_seen"] is None
    hub.ask("PATCH", f"/v1/devices/{device}", json={"name": "Moved"})
    after = hub.ask("GET", f"/v1/devices/{device}").json()
    assert after == now | {"name": "Moved"}


def test_a_device_is_not_moved_to_nowhere(hub: RunningHub) -> None:
    device = hub.enrol(areas=("KE",))[0]
    response = hub.ask("PATCH", f"/v1/devices/{device}", json={"areas": ["XX-1"]})
    assert response.status_code == 422 and response.json()["areas"] == ["XX-1"]
    assert hub.ask("GET", f"/v1/devices/{device}").json()["areas"] == ["KE"]


def test_a_revoked_device_stays_in_the_list(hub: RunningHub) -> None:
    device, token = hub.enrol()
    for _ in range(2):
        response = hub.ask("DELETE", f"/v1/devices/{device}")
        assert response.status_code == 204 and response.content == b""
    assert hub.ask("GET", f"/v1/devices/{device}").json()["revoked_at"]
    assert hub.ask("GET", "/v1/alerts", role=None, token=token).json()["type"].endswith("#credential-revoked")


@pytest.mark.parametrize("value", [["not a tag"], ["en"] * 9 + ["fr"] * 9, [""], "en"])
def test_wrong_languages_are_refused(hub: RunningHub, value: object) -> None:
    assert hub.ask("POST", "/v1/enrolment-codes", json={"languages": value}).status_code == 422


def test_one_guesser_of_codes_is_stopped_and_right_ones_do_not_count(tmp_path_factory: pytest.TempPathFactory) -> None:
    limits = Limits(enrolment_tries_burst=3, enrolment_tries_per_second=0.001)
    with running_hub(tmp_path_factory.mktemp("guessed"), limits=limits) as hub:
        for _ in range(5):
            code = hub.ask("POST", "/v1/enrolment-codes", json={}).json()["code"]
            assert hub.ask("POST", "/v1/enrolments", role=None, json={"code": code}).status_code == 201
        statuses = [hub.ask("POST", "/v1/enrolments", role=None, json={"code": "wrong"}).status_code for _ in range(5)]
        assert statuses == [403, 403, 403, 429, 429]


def test_only_an_admin_makes_codes(hub: RunningHub) -> None:
    assert hub.ask("POST", "/v1/enrolment-codes", json={}, role=Role.AUTHOR).status_code == 403


def test_devices_are_found_by_area_role_and_words(hub: RunningHub) -> None:
    one, _ = hub.enrol(areas=("KE-77-1",), roles=("vaccinator",), name="Clinic Karibu")
    two, _ = hub.enrol(areas=("KE-77-2",), roles=("chw",), name="Amina")
    hub.ask("PATCH", f"/v1/devices/{two}", json={"phone": "+254700111222"})
    hub.ask("DELETE", f"/v1/devices/{one}")

    def found(query: str) -> tuple[set[str], int]:
        said = hub.ask("GET", f"/v1/devices?{query}").json()
        return {row["device"] for row in said["devices"]}, said["total"]

    assert found("area=KE-77") == ({one, two}, 2)
    assert found("area=KE-77&role=chw") == ({two}, 1)
    assert found("area=KE-77&revoked=true") == ({one}, 1)
    assert found("text=kariBU") == ({one}, 1) and found("text=0700111")[1] == 0 and found("text=700111") == ({two}, 1)
    assert found("area=KE-77&limit=1")[1] == 2
