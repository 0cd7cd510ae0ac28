"""Publishing and looking: JSON and XML, idempotency, updates and cancels, lists, delivery."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.times import CapTime
from alerts.cap.to_xml import to_xml
from server.delivery import DeliveryState
from server.hub import Role
from server.settings import Limits
from tests.server.api.test_problems import alert
from tests.support.hub import RunningHub, running_hub

XML = {"Content-Type": "application/cap+xml"}


def publish(hub: RunningHub, body: Any = None, **options: Any) -> dict[str, Any]:
    response = hub.ask("POST", "/v1/alerts", json=body or alert(), role=Role.AUTHOR, **options)
    assert response.status_code == 201, response.text
    said: dict[str, Any] = response.json()
    return said


def xml_of(**changes: Any) -> bytes:
    members = alert()["alert"] | {"identifier": "X", "sent": "2020-01-01T00:00:00+00:00"}
    members["info"][0]["expires"] = "2999-01-01T00:00:00+00:00"
    members["info"][0]["area"][0]["geocode"] = [
        {"valueName": "P-code", "value": "047"},
        {"valueName": "?", "value": "1"},
    ]
    return to_xml(Alert.from_json(members | changes))


def test_a_publish_answers_where_the_alert_is(hub: RunningHub) -> None:
    response = hub.ask("POST", "/v1/alerts", json=alert(), role=Role.AUTHOR)
    said = response.json()
    assert response.status_code == 201 and said["number"] > 0 and said["identifier"]
    fetched = hub.ask("GET", response.headers["Location"]).json()
    assert fetched["number"] == said["number"] and fetched["published_by"] == "the-author"
    assert fetched["alert"]["identifier"] == said["identifier"]
    assert fetched["alert"]["sent"].endswith("-00:00"), "the hub's own time is UTC as CAP writes it"


def test_what_expired_is_refused_as_json_and_taken_and_reported_as_xml(hub: RunningHub) -> None:
    body = alert()
    body["alert"]["info"][0]["expires"] = "2020-01-01T00:00:00+03:00"
    response = hub.ask("POST", "/v1/alerts", json=body, role=Role.AUTHOR)
    assert response.status_code == 422 and response.json()["type"] == "/v1/docs#alert-expired"
    assert "expires is not after sent" in response.json()["detail"]
    now = str(CapTime(int(time.time())))
    xml = to_xml(Alert.from_json(body["alert"] | {"identifier": "ended", "sent": now}))
    response = hub.ask("POST", "/v1/alerts?everyone=true", data=xml, headers=XML)
    assert response.status_code == 201 and "never in force" in response.json()["reports"][0]


def test_an_identifier_with_every_character_that_cap_allows_can_be_fetched(hub: RunningHub) -> None:
    identifier = "a/b?c#d%e+f;é&".replace("&", "")
    body = alert()
    body["alert"]["identifier"] = identifier
    response = hub.ask("POST", "/v1/alerts", json=body)
    assert hub.ask("GET", response.headers["Location"]).json()["identifier"] == identifier


def test_an_alert_is_fetched_as_json_or_xml_as_accept_asks(hub: RunningHub) -> None:
    said = publish(hub)
    for accept, media_type in (
        ("application/json", "application/json"),
        ("*/*", "application/json"),
        ("application/cap+xml", "application/cap+xml"),
        ("text/xml;q=0.9, application/json;q=0.1", "text/xml; charset=utf-8"),
    ):
        response = hub.ask("GET", f"/v1/alerts/{said['number']}", headers={"Accept": accept})
        assert response.headers["Content-Type"] == media_type and response.headers["Vary"] == "Accept"
    xml = hub.ask("GET", f"/v1/alerts/{said['number']}", headers={"Accept": "application/cap+xml"}).content
    assert from_xml(xml).alert.identifier == said["identifier"]


@pytest.mark.parametrize("kind", ["application/cap+xml", "application/xml", "text/xml; charset=utf-8"])
def test_xml_is_addressed_by_the_query(hub: RunningHub, kind: str) -> None:
    body = xml_of(identifier=f"by-query-{kind.partition(';')[0]}")
    query = {"area": ["KE-047", "KE-030"], "role": "nurse"}
    response = hub.ask("POST", "/v1/alerts", data=body, params=query, headers={"Content-Type": kind})
    assert response.status_code == 201, response.text
    fetched = hub.ask("GET", response.headers["Location"]).json()
    assert fetched["audience"] == {"areas": ["KE-047", "KE-030"], "roles": ["nurse"], "devices": [], "everyone": False}


def test_xml_without_an_audience_is_refused_never_sent_to_everyone(hub: RunningHub) -> None:
    response = hub.ask("POST", "/v1/alerts", data=xml_of(), headers=XML)
    assert response.status_code == 422 and response.json()["type"].endswith("#audience-invalid")


def test_xml_can_be_addressed_by_geocodes_that_the_settings_map(tmp_path: Path) -> None:
    with running_hub(tmp_path, geocodes={"P-code": "KE-"}) as hub:
        response = hub.ask("POST", "/v1/alerts", data=xml_of(), headers=XML)
        assert response.status_code == 201, response.text
        assert hub.ask("GET", response.headers["Location"]).json()["audience"]["areas"] == ["KE-047"]
        other = hub.ask("POST", "/v1/alerts", data=xml_of(identifier="Y"), params={"everyone": "true"}, headers=XML)
        audience = hub.ask("GET", other.headers["Location"]).json()["audience"]
        assert audience["everyone"] and not audience["areas"]


def test_what_is_outside_cap_in_a_file_is_reported(hub: RunningHub) -> None:
    body = xml_of(identifier="vendor").replace(b"<status>", b'<x:own xmlns:x="urn:x">1</x:own><status>')
    said = hub.ask("POST", "/v1/alerts", data=body, params={"everyone": "true"}, headers=XML).json()
    assert any("outside CAP" in report for report in said["reports"])


def test_an_audience_in_body_and_query_is_one_too_many(hub: RunningHub) -> None:
    body = {"alert": alert()["alert"]}
    assert hub.ask("POST", "/v1/alerts?area=KE", json=body).status_code == 201
    assert hub.ask("POST", "/v1/alerts?area=KE", json=alert()).json()["type"].endswith("#audience-invalid")


@pytest.mark.parametrize(
    ("scope", "audience", "status"),
    [
        ({"scope": "Private", "addresses": "someone"}, {"everyone": True}, 422),
        ({"scope": "Private", "addresses": "someone"}, {"areas": ["KE"]}, 422),
        ({"scope": "Private", "addresses": "someone"}, {"devices": ["DEVICE"]}, 201),
        ({"scope": "Restricted", "restriction": "staff"}, {"devices": ["DEVICE"]}, 422),
        ({"scope": "Restricted", "restriction": "staff"}, {"everyone": True}, 422),
        ({"scope": "Restricted", "restriction": "staff"}, {"roles": ["nurse"]}, 201),
    ],
)
def test_a_scope_demands_its_audience(
    hub: RunningHub, scope: dict[str, str], audience: dict[str, Any], status: int
) -> None:
    device = hub.enrol()[0]
    wanted = {name: [device] if value == ["DEVICE"] else value for name, value in audience.items()}
    response = hub.ask("POST", "/v1/alerts", json={"alert": alert(**scope)["alert"], "audience": wanted})
    assert response.status_code == status, response.text


# -- idempotency ------------------------------------------------------------------------------------------------------


def test_a_repeat_under_the_same_key_gets_the_same_answer_and_does_nothing(hub: RunningHub) -> None:
    body, key = alert(), {"Idempotency-Key": "morning run 7"}
    first = hub.ask("POST", "/v1/alerts", json=body, headers=key)
    head = hub.do(_head(hub))
    again = hub.ask("POST", "/v1/alerts", json=body, headers=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true" and "Idempotency-Replayed" not in first.headers
    assert hub.do(_head(hub)) == head


async def _head(hub: RunningHub) -> int:
    return hub.hub.log.head


def test_the_same_key_for_another_address_body_or_type_is_a_conflict(hub: RunningHub) -> None:
    one, two = publish(hub)["identifier"], publish(hub)["identifier"]
    key = {"Idempotency-Key": "cancel"}
    assert hub.ask("POST", f"/v1/alerts/{one}/cancel", json={}, headers=key).status_code == 201
    assert hub.ask("POST", f"/v1/alerts/{one}/cancel", json={}, headers=key).headers["Idempotency-Replayed"] == "true"
    assert hub.ask("POST", f"/v1/alerts/{two}/cancel", json={}, headers=key).status_code == 409
    assert hub.ask("POST", f"/v1/alerts/{one}/cancel", json={"alert": {"note": "x"}}, headers=key).status_code == 409


def test_a_key_belongs_to_its_token(hub: RunningHub) -> None:
    key = {"Idempotency-Key": "shared"}
    one = hub.ask("POST", "/v1/alerts", json=alert(), headers=key, role=Role.AUTHOR)
    two = hub.ask("POST", "/v1/alerts", json=alert(note="another"), headers=key, role=Role.ADMINISTRATOR)
    assert one.status_code == two.status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256])
def test_a_key_that_is_none_is_refused(hub: RunningHub, key: str) -> None:
    assert hub.ask("POST", "/v1/alerts", json=alert(), headers={"Idempotency-Key": key}).status_code == 400


# -- updates and cancels ----------------------------------------------------------------------------------------------


def test_an_update_says_only_what_is_new(hub: RunningHub) -> None:
    old = publish(hub, {"alert": alert(code=["c"], incidents="flood")["alert"], "audience": {"areas": ["KE-047"]}})
    info = alert()["alert"]["info"]
    info[0]["headline"] = "Boil it longer"
    response = hub.ask("POST", f"/v1/alerts/{old['identifier']}/update", json={"alert": {"info": info}})
    assert response.status_code == 201, response.text
    new = hub.ask("GET", response.headers["Location"]).json()
    was = hub.ask("GET", f"/v1/alerts/{old['identifier']}").json()
    assert new["alert"]["msgType"] == "Update" and new["headline"] == "Boil it longer"
    assert new["alert"]["references"] == f"{was['sender']},{was['identifier']},{was['sent']}"
    for member in ("sender", "status", "scope", "code", "incidents"):
        assert new["alert"][member] == was["alert"][member]
    assert new["audience"] == was["audience"]
    assert was["replaced_by"] == new["number"] and not was["in_force"] and new["in_force"]


def test_a_cancel_needs_nothing(hub: RunningHub) -> None:
    old = publish(hub)
    response = hub.ask("POST", f"/v1/alerts/{old['number']}/cancel", json={})
    assert response.status_code == 201
    was = hub.ask("GET", f"/v1/alerts/{old['number']}").json()
    assert not was["in_force"] and was["replaced_by"] == response.json()["number"]


def test_a_cancel_can_be_published_by_its_msg_type(hub: RunningHub) -> None:
    was = hub.ask("GET", f"/v1/alerts/{publish(hub)['number']}").json()
    reference = f"{was['sender']},{was['identifier']},{was['sent']}"
    said = publish(hub, alert(msgType="Cancel", references=reference))
    assert said["reports"] == []
    assert hub.ask("GET", f"/v1/alerts/{was['number']}").json()["replaced_by"] == said["number"]


def test_a_reference_that_is_not_known_here_is_taken_and_reported(hub: RunningHub) -> None:
    said = publish(hub, alert(msgType="Update", references="else.example,1,2026-01-01T00:00:00+00:00"))
    assert any("not known here" in report for report in said["reports"])


@pytest.mark.parametrize(
    ("operation", "members", "where"),
    [
        ("update", {}, "alert.info"),
        ("update", {"info": [], "note": "x"}, "alert.info"),
        ("cancel", {"msgType": "Update"}, "alert.msgType"),
        ("cancel", {"references": 7}, "alert.references"),
        ("cancel", {"status": "Actuall"}, "alert.status"),
    ],
)
def test_a_wrong_follow_up_says_where(hub: RunningHub, operation: str, members: dict[str, Any], where: str) -> None:
    old = publish(hub)
    response = hub.ask("POST", f"/v1/alerts/{old['number']}/{operation}", json={"alert": members})
    assert response.status_code == 422
    assert where in [violation["path"] for violation in response.json()["violations"]]


# -- lists ------------------------------------------------------------------------------------------------------------


def test_pages_hold_every_alert_once_in_order(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        numbers = [publish(hub)["number"] for _ in range(7)]
        hub.ask("POST", f"/v1/alerts/{numbers[2]}/cancel", json={})
        seen: list[int] = []
        after: int | None = 0
        while after is not None:
            page = hub.ask("GET", f"/v1/alerts?limit=3&after={after}").json()
            seen += [one["number"] for one in page["alerts"]]
            after = page["next"]
        assert seen == [*numbers, numbers[-1] + 1]
        in_force = hub.ask("GET", "/v1/alerts?in_force=true").json()["alerts"]
        over = hub.ask("GET", "/v1/alerts?in_force=false").json()["alerts"]
        assert numbers[2] in [one["number"] for one in over]
        assert {one["number"] for one in in_force} | {one["number"] for one in over} == set(seen)


# -- delivery ---------------------------------------------------------------------------------------------------------


def test_delivery_uses_the_words_of_the_table(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        nairobi = hub.enrol(areas=("KE-047",), name="Nairobi")[0]
        hub.enrol(areas=("KE-030",))
        said = publish(hub, {"alert": alert()["alert"], "audience": {"areas": ["KE-047"]}})
        delivery = hub.ask("GET", f"/v1/alerts/{said['identifier']}/delivery").json()
        assert set(delivery["counts"]) == {str(state) for state in DeliveryState}
        assert delivery["counts"]["addressed"] == 1
        assert [(one["device"], one["name"], one["state"]) for one in delivery["devices"]] == [
            (nairobi, "Nairobi", "addressed")
        ]
        address = f"/v1/alerts/{said['identifier']}/delivery"
        assert hub.ask("GET", f"{address}?state=delivered&state=seen").json()["devices"] == []
        assert len(hub.ask("GET", f"{address}?state=addressed").json()["devices"]) == 1
        assert hub.ask("GET", f"{address}?state=arrived").status_code == 400
        assert b'tocsin_alert_devices{state="addressed"} 1.0' in hub.ask("GET", "/metrics").content


# -- limits -----------------------------------------------------------------------------------------------------------


def test_a_token_that_publishes_too_fast_is_told_when_to_come_back(tmp_path: Path) -> None:
    with running_hub(tmp_path, limits=Limits(publishes_per_second=0.01, publishes_burst=2)) as hub:
        answers = [hub.ask("POST", "/v1/alerts", json=alert(), role=Role.AUTHOR) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 100
        assert hub.ask("POST", "/v1/alerts", json=alert(), role=Role.ADMINISTRATOR).status_code == 201
        assert hub.ask("GET", "/v1/alerts", role=Role.AUTHOR).status_code == 200


def test_a_large_alert_is_taken(hub: RunningHub) -> None:
    text = "x" * 900_000
    said = publish(hub, alert(note=text))
    assert hub.ask("GET", f"/v1/alerts/{said['number']}").json()["alert"]["note"] == text
