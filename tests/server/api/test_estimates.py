"""`/v1/estimates`: from the first word to the last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from server.hub import Role
from tests.support.extreme import alert_body
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    data = tmp_path_factory.mktemp("hub")
    with running_hub(data, second_person="Extreme", cost_per_megabyte=100.0, currency="KES") as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("UG", "Uganda")]))
        running.enrol(areas=("KE",), languages=("sw",))
        running.enrol(areas=("KE",), languages=("en",))
        yield running


def estimated(hub: RunningHub, **body: Any) -> dict[str, Any]:
    response = hub.ask("POST", "/v1/estimates", role=Role.AUTHOR, json=body)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def paths(found: dict[str, Any]) -> set[str]:
    return {one["path"] for one in found["violations"]}


def test_nothing_yet_has_a_size_and_says_what_is_missing(hub: RunningHub) -> None:
    found = estimated(hub)
    assert found["variants"] and found["devices"] == 0
    assert {"alert.sender", "audience"} <= paths(found)


def test_a_whole_one_says_whom_what_and_how_much(hub: RunningHub) -> None:
    found = estimated(hub, **{**alert_body(), "audience": {"areas": ["KE"]}})
    assert (found["violations"], found["devices"], found["reached"]["never"]) == ([], 2, 2)
    assert found["missing_languages"] == {"sw": 1}
    assert found["fleet_bytes"] == sum(one["devices"] * one["link_bytes"] for one in found["variants"])
    assert (found["cost"], found["currency"]) == (round(found["fleet_bytes"] / 10_000, 2), "KES")
    assert found["second_person"] and estimated(hub, **alert_body("Minor"))["second_person"] is None


def test_what_is_wrong_is_said_where_it_is(hub: RunningHub) -> None:
    info = {**alert_body()["alert"]["info"][0], "severity": "Awful"}
    found = estimated(hub, **{**alert_body(info=[info]), "audience": {"areas": ["XX"]}})
    assert {"alert.info[0].severity", "audience"} <= paths(found)
    question = {"answer": "one-of", "text": {"fr": "Quoi ?"}}
    assert any(path.startswith("question") for path in paths(estimated(hub, **alert_body(), question=question)))
    assert any(path.startswith("question") for path in paths(estimated(hub, **alert_body(), question={"answer": 1})))


def test_an_update_is_for_whoever_had_the_alert(hub: RunningHub) -> None:
    number = hub.ask("POST", "/v1/alerts", json={**alert_body("Severe"), "audience": {"areas": ["KE"]}}).json()[
        "number"
    ]
    info = alert_body("Minor")["alert"]["info"]
    found = estimated(hub, alert={"info": info}, replaces={"alert": str(number), "by": "Update"})
    assert (found["violations"], found["devices"]) == ([], 2)
