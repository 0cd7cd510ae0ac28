"""Audiences looked at, and many devices moved."""

from __future__ import annotations

import pytest

from server.hub import Role
from tests.support.hub import RunningHub


@pytest.fixture(scope="module")
def devices(hub: RunningHub) -> list[str]:
    grants = [("KE-1", "chw"), ("KE-2", "chw"), ("KE-2", "nurse"), ("UG", "chw")]
    return [hub.enrol(areas=(area,), roles=(role,), name=f"{area} {role}")[0] for area, role in grants]


def test_an_audience_is_counted_where_it_is(hub: RunningHub, devices: list[str]) -> None:
    found = hub.ask("POST", "/v1/audiences", json={"areas": ["KE"], "roles": ["chw"]}).json()
    assert (found["reached"]["devices"], found["reached"]["never"], found["all"]) == (2, 2, 4)
    assert found["areas"] == [
        {"code": "KE", "devices": 2},
        {"code": "KE-1", "devices": 1},
        {"code": "KE-2", "devices": 1},
    ]
    assert {one["device"] for one in found["devices"]} == set(devices[:2])
    assert found["roles"] == [{"role": "chw", "devices": 3}, {"role": "nurse", "devices": 1}]
    assert hub.ask("POST", "/v1/audiences", json={}).json()["reached"]["devices"] == 0
    assert hub.ask("POST", "/v1/audiences", json={"areas": ["XX"]}).status_code == 422
    assert hub.ask("POST", "/v1/audiences", json={"devices": ["d-none"]}).status_code == 404


def test_somebody_who_is_bound_to_areas_looks_only_there(hub: RunningHub, devices: list[str]) -> None:
    token = hub.do(hub.hub.make_token(Role.AUTHOR, "officer", ("KE-2",)))
    assert hub.ask("POST", "/v1/audiences", json={"everyone": True}, token=token).status_code == 403
    found = hub.ask("POST", "/v1/audiences", json={"areas": ["KE-2"]}, token=token).json()
    assert (found["reached"]["devices"], found["all"]) == (2, 2)


def test_many_are_moved_after_a_look_each_an_entry_of_the_log(hub: RunningHub, devices: list[str]) -> None:
    body = {"where": {"areas": ["KE-2"], "roles": []}, "areas": ["KE-3"]}
    head = hub.hub.log.head
    looked = hub.ask("POST", "/v1/devices/move?dry_run=true", json=body).json()
    assert (looked["moved"], hub.hub.log.head) == (2, head)
    moved = hub.ask("POST", "/v1/devices/move", json=body).json()
    assert moved == looked and hub.hub.log.head == head + 2
    assert {row["device"] for row in moved["devices"]} == set(devices[1:3])
    again = hub.ask("POST", "/v1/devices/move", json={"devices": devices[1:3], "areas": ["KE-3"]}).json()
    assert (again["moved"], again["unchanged"], hub.hub.log.head) == (0, 2, head + 2)
    roles = hub.ask("POST", "/v1/devices/move", json={"devices": devices[:1], "roles": ["nurse"]}).json()
    assert roles["devices"][0]["roles"] == ["nurse"] and roles["devices"][0]["areas"] == ["KE-1"]


def test_one_that_cannot_be_moved_does_not_stop_the_others(hub: RunningHub, devices: list[str]) -> None:
    both, _ = hub.enrol(areas=("KE-9", "UG"))
    gone, _ = hub.enrol(areas=("KE-9",))
    hub.ask("DELETE", f"/v1/devices/{gone}")
    own, _ = hub.enrol(areas=("KE-9",))
    token = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "head of KE", ("KE",)))
    body = {"devices": [both, gone, own], "areas": ["KE-8"]}
    found = hub.ask("POST", "/v1/devices/move", json=body, token=token).json()
    assert [row["outcome"] for row in found["devices"]] == ["failed", "failed", "moved"]
    assert "not yours" in found["devices"][0]["problem"] and "revoked" in found["devices"][1]["problem"]
    outside = hub.ask("POST", "/v1/devices/move", json={"devices": [own], "areas": ["UG"]}, token=token)
    assert outside.status_code == 403
    foreign = hub.ask("POST", "/v1/devices/move", json={"devices": [devices[3]], "areas": ["KE"]}, token=token)
    assert foreign.status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {"devices": ["d-1"]},
        {"areas": ["KE"]},
        {"devices": ["d-1"], "where": {}, "areas": ["KE"]},
        {"devices": [], "where": {}, "areas": ["XX"]},
    ],
)
def test_a_move_that_says_not_all_is_refused(hub: RunningHub, body: dict[str, object]) -> None:
    assert hub.ask("POST", "/v1/devices/move", json=body).status_code == 422
