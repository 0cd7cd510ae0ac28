"""A publish that is not done: whom it would reach, what would be refused, and that nothing is left of it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from server.clock import HubClock
from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import RunningHub, running_hub

DAY_S = 86_400


def rehearsed(hub: RunningHub, path: str = "/v1/alerts", **body: Any) -> dict[str, Any]:
    answer = hub.ask("POST", f"{path}?dry_run=true", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def later(ahead: list[float]) -> HubClock:
    """A clock that the test puts forward, both of its clocks together."""
    return HubClock(lambda: time.time() + ahead[0], lambda: time.monotonic() + ahead[0])


def test_devices_are_counted_by_when_they_were_last_heard_of(tmp_path: Path) -> None:
    ahead = [0.0]
    with running_hub(tmp_path, later(ahead)) as hub:

        async def hear(device: str) -> None:
            hub.hub.record_claim(device, hub.hub.claim(device))

        devices = [hub.enrol(areas=("KE-047",), roles=("chw",))[0] for _ in range(5)]
        elsewhere, _ = hub.enrol(areas=("UG",))
        hub.do(hear(devices[0]))
        ahead[0] += 5 * DAY_S
        hub.do(hear(devices[1]))
        ahead[0] += 3 * DAY_S
        for device in (devices[2], elsewhere):
            hub.do(hear(device))
        hub.ask("DELETE", f"/v1/devices/{devices[4]}")
        body = alert() | {"audience": {"areas": ["KE"], "roles": ["chw"]}}
        found = rehearsed(hub, **body)
        assert found["reached"] == {
            "devices": 4,
            "connected": 0,
            "within_day": 1,
            "within_week": 1,
            "longer_ago": 1,
            "never": 1,
        }
        assert found["audience"]["areas"] == ["KE"] and any("could not be checked" in one for one in found["reports"])
        assert rehearsed(hub, **alert())["reached"]["devices"] == 5


def test_nothing_is_left_of_it_and_an_idempotency_key_stays_unused(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        head = hub.hub.log.head
        headers = {"Idempotency-Key": "one"}
        for _ in range(2):
            assert hub.ask("POST", "/v1/alerts?dry_run=true", json=alert(), headers=headers).status_code == 200
        assert hub.hub.log.head == head and hub.ask("GET", "/v1/alerts").json()["alerts"] == []
        assert hub.ask("POST", "/v1/alerts?dry_run=false", json=alert(), headers=headers).status_code == 201


def test_an_update_counts_whoever_hears_that_the_old_one_is_over(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        hub.enrol(areas=("KE",))
        hub.enrol(areas=("UG",))
        body = alert() | {"audience": {"areas": ["KE"]}}
        number = hub.ask("POST", "/v1/alerts", json=body).json()["number"]
        info = body["alert"]["info"]
        path = f"/v1/alerts/{number}"
        found = rehearsed(hub, f"{path}/update", alert={"info": info}, audience={"areas": ["UG"]})
        assert found["reached"]["devices"] == 2 and found["audience"]["areas"] == ["UG"]
        assert rehearsed(hub, f"{path}/cancel")["reached"]["devices"] == 1
        assert hub.ask("GET", path).json()["in_force"]


def test_cap_xml_says_whom_its_geocodes_mean(tmp_path: Path) -> None:
    with running_hub(tmp_path, geocodes={"P-code": ""}) as hub:
        hub.enrol(areas=("KE-047",))
        body = alert()
        body["alert"]["info"][0]["area"] = [
            {"areaDesc": "Nairobi", "geocode": [{"valueName": "P-code", "value": "KE-047"}]}
        ]
        number = hub.ask("POST", "/v1/alerts", json=body).json()["number"]
        xml = hub.ask("GET", f"/v1/alerts/{number}", headers={"Accept": "application/cap+xml"}).content
        other = xml.replace(b"<identifier>", b"<identifier>of-")
        headers = {"Content-Type": "application/cap+xml"}
        found = hub.ask("POST", "/v1/alerts?dry_run=true", data=other, headers=headers).json()
        assert found["audience"]["areas"] == ["KE-047"] and found["reached"]["devices"] == 1


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"audience": {}}, "audience-invalid"),
        ({"audience": {"areas": ["XX"]}}, "unknown-area"),
        ({"audience": {"devices": ["d-none"]}}, "unknown-addressee"),
        ({"alert": {"sender": "x"}}, "alert-invalid"),
    ],
)
def test_what_a_publish_would_refuse_it_refuses(tmp_path: Path, change: dict[str, Any], problem: str) -> None:
    with running_hub(tmp_path) as hub:
        hub.do(hub.hub.import_areas([("KE", "Kenya")]))
        answer = hub.ask("POST", "/v1/alerts?dry_run=true", json=alert() | change)
        assert answer.json()["type"].endswith(f"#{problem}")


def test_who_is_bound_to_areas_asks_about_these(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        token = hub.do(hub.hub.make_token(Role.AUTHOR, "district", ("KE",)))
        hub.enrol(areas=("KE-047",))
        for areas, status in ((["KE-047"], 200), (["UG"], 403)):
            body = alert() | {"audience": {"areas": areas}}
            assert hub.ask("POST", "/v1/alerts?dry_run=true", json=body, token=token).status_code == status
