from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from server.hub import Role
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import OtherServer, answer, other_server
from tests.support.waiting import wait_until

RULE = "not acknowledged by 80% within 30m: tell role officer; within 2h: tell contact minister"


@pytest.fixture(scope="module")
def gate() -> Iterator[OtherServer]:
    with other_server() as server:
        server.routes["/sms"] = answer(b"ok")
        yield server


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory, gate: OtherServer) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), contact_services=("json",)) as running:
        body = {"name": "minister", "url": f"json://127.0.0.1:{gate.port}/sms"}
        assert running.ask("POST", "/v1/contacts", json=body).status_code == 201
        yield running


def alert(**more: Any) -> dict[str, Any]:
    info = {
        "category": ["Health"],
        "event": "Cholera",
        "urgency": "Immediate",
        "severity": "Extreme",
        "certainty": "Observed",
        "headline": "Boil all water",
    }
    said = {"sender": "ops@health.example", "status": "Actual", "msgType": "Alert", "scope": "Public", "info": [info]}
    return {"alert": {**said, **more}, "audience": {"everyone": True}}


def test_rules_by_the_api(hub: RunningHub) -> None:
    added = hub.ask("POST", "/v1/rules", json={"name": "one", "rule": RULE})
    assert added.status_code == 201 and added.json()["rule"] == RULE and added.json()["made_by"] == "the-administrator"
    assert added.json()["steps"][1] == {
        "after_seconds": 7200,
        "unless": {"act": "acknowledged", "percent": 80},
        "tell": [{"contact": "minister"}],
    }
    assert hub.ask("POST", "/v1/rules", json={"name": "one", "rule": RULE}).status_code == 409
    spec = {name: value for name, value in added.json().items() if name in ("when", "steps")}
    assert hub.ask("PUT", "/v1/rules/one", json=spec).json()["rule"] == RULE
    wrong = hub.ask("PUT", "/v1/rules/one", json={"rule": RULE.replace("30m", "soon")})
    assert wrong.json()["violations"][0]["path"] == "text" and "▸soon" in wrong.json()["violations"][0]["problem"]
    assert [one["name"] for one in hub.ask("GET", "/v1/rules", role=Role.VIEWER).json()["rules"]] == ["one"]
    for is_on in (False, True):
        said = hub.ask("PATCH", "/v1/rules/one", json={"enabled": is_on})
        assert (said.status_code, said.json()["enabled"], said.json()["rule"]) == (200, is_on, RULE)
        assert [one["enabled"] for one in hub.ask("GET", "/v1/rules").json()["rules"]] == [is_on]
    assert hub.ask("PATCH", "/v1/rules/one", json={"enabled": "no"}).status_code == 422
    assert hub.ask("PATCH", "/v1/rules/two", json={"enabled": False}).status_code == 404
    assert hub.ask("DELETE", "/v1/rules/one").status_code == 204
    for method, path in (("GET", "one"), ("DELETE", "one"), ("GET", "one/log")):
        expected = 200 if path == "one/log" and method == "GET" else 404
        assert hub.ask(method, f"/v1/rules/{path}").status_code in (404, expected)


def test_who_was_told_what_can_be_read(hub: RunningHub, gate: OtherServer) -> None:
    hub.ask("POST", "/v1/rules", json={"name": "now", "rule": "Extreme, at once: tell contact minister"})
    number = hub.ask("POST", "/v1/alerts", json=alert()).json()["number"]

    def escalations(**options: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = hub.ask("GET", f"/v1/alerts/{number}/escalations", **options).json()[
            "escalations"
        ]
        return found

    wait_until(lambda: [one["told"][0]["state"] for one in escalations() if one["told"]] == ["sent"], "it is told")
    (done,) = escalations(role=Role.VIEWER)
    assert (done["rule"], done["alert"], done["step"], done["state"]) == ("now", number, 1, "told")
    (told,) = done["told"]
    assert told["text"] == json.loads(gate.asked[-1].body)["message"]
    assert told["text"].startswith("Extreme: Boil all water. No device is addressed, less than 1 min after")
    assert hub.ask("GET", "/v1/rules/now/log").json()["escalations"] == [done]
    district = hub.do(hub.hub.make_token(Role.VIEWER, "district", ("KE",)))
    assert escalations(token=district)[0]["told"][0]["text"] is None
    assert hub.ask("GET", "/v1/alerts/none/escalations").status_code == 404
    hub.ask("DELETE", "/v1/rules/now")


def test_a_dry_run_by_the_api(hub: RunningHub, gate: OtherServer) -> None:
    number = hub.ask("POST", "/v1/alerts", json=alert()).json()["number"]
    hub.ask("POST", "/v1/rules", json={"name": "dry", "rule": RULE})
    before = len(gate.asked)
    said = hub.ask("POST", "/v1/rules/dry/dry-run", role=Role.VIEWER, json={"alert": str(number)}).json()
    assert said["why_not"] is None and [len(step["tell"]) for step in said["steps"]] == [0, 1]
    assert said["steps"][0]["nobody_for"] == ["there is no contact of the role officer"]
    assert hub.ask("POST", "/v1/rules/dry/dry-run", json={"alert": "none"}).status_code == 404
    other = {"alert": str(number), "rule": "status Test, at once: tell contact ops"}
    for name in ("dry", "not-added-yet"):
        assert "not about this alert" in hub.ask("POST", f"/v1/rules/{name}/dry-run", json=other).json()["why_not"]
    wrong = hub.ask("POST", "/v1/rules/dry/dry-run", json={"alert": str(number), "rule": "Extreme, soon: tell"})
    assert wrong.status_code == 422 and wrong.json()["violations"][0]["path"] == "text"
    assert len(gate.asked) == before
    hub.ask("PATCH", "/v1/rules/dry", json={"enabled": False})
    said = hub.ask("POST", "/v1/rules/dry/dry-run", json={"alert": str(number)}).json()
    assert said["why_not"] == "the rule is off" and [len(step["tell"]) for step in said["steps"]] == [0, 1]
    hub.ask("DELETE", "/v1/rules/dry")


def test_only_an_admin_of_the_whole_hub_decides(hub: RunningHub) -> None:
    assert hub.ask("POST", "/v1/rules", role=Role.AUTHOR, json={"name": "x", "rule": RULE}).status_code == 403
    district = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district-admin", ("KE",)))
    assert hub.ask("PATCH", "/v1/rules/x", token=district, json={"enabled": True}).status_code == 403
    for method, path in (("POST", ""), ("PUT", "/x"), ("DELETE", "/x"), ("POST", "/x/dry-run"), ("GET", "/x/log")):
        bodies: dict[str, Any] = {"": {"name": "x", "rule": RULE}, "/x": {"rule": RULE}, "/x/dry-run": {"alert": "1"}}
        options = {"json": bodies[path]} if method in ("POST", "PUT") else {}
        said = hub.ask(method, f"/v1/rules{path}", token=district, **options)
        assert said.json()["type"].endswith("#outside-areas"), (method, path)
