"""Who needs a second person, over every way to publish, and what a break-glass leaves behind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from alerts.cap.model import Alert
from alerts.cap.terms import MsgType
from alerts.cap.times import CapTime
from alerts.cap.to_xml import to_xml
from alerts.errors import SecondPersonError
from server.hub import Credential, Role
from server.ops.approval import NEEDED, Approval
from tests.support.extreme import alert_body, do
from tests.support.hub import RunningHub, running_hub

REASON = "The dam breaks now and nobody else is awake"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), second_person="Extreme") as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("UG", "Uganda")]))
        yield running


def alert_of(severity: str, **members: Any) -> Alert:
    body = alert_body(severity, **members)["alert"]
    return Alert.from_json({"identifier": "a", "sent": "2026-03-01T08:30:00+03:00", **body})


@pytest.mark.parametrize("kind", list(MsgType))
@pytest.mark.parametrize("severity", ["Extreme", "Severe"])
@pytest.mark.parametrize("status", ["Actual", "Exercise", "Test", "System", "Draft"])
def test_the_table_decides(hub: RunningHub, kind: MsgType, severity: str, status: str) -> None:
    references = {"references": "o@example.org,1,2026-03-01T08:00:00+03:00", "note": "n"} if kind != "Alert" else {}
    status_note = {"note": "n"} if status == "Exercise" else {}
    alert = alert_of(severity, status=status, msgType=str(kind), **{**references, **status_note})
    expected = status == "Actual" and severity == "Extreme" and kind is not MsgType.CANCEL
    assert (Approval(hub.hub, "Extreme").why_needed(alert) is not None) is expected
    assert Approval(hub.hub, "never").why_needed(alert) is None
    assert not expected or (kind, True) in NEEDED


def test_what_is_extreme_waits_under_its_key_and_is_not_in_the_log(hub: RunningHub) -> None:
    head = hub.hub.log.head
    first = hub.ask(
        "POST", "/v1/alerts", role=Role.ADMINISTRATOR, json=alert_body(), headers={"Idempotency-Key": "one"}
    )
    assert first.status_code == 202, first.text
    draft = first.json()["draft"]
    assert first.headers["Location"] == f"/v1/drafts/{draft}"
    again = hub.ask(
        "POST", "/v1/alerts", role=Role.ADMINISTRATOR, json=alert_body(), headers={"Idempotency-Key": "one"}
    )
    assert (again.status_code, again.json()["draft"], again.headers["Idempotency-Replayed"]) == (202, draft, "true")
    other = hub.ask(
        "POST", "/v1/alerts", role=Role.ADMINISTRATOR, json=alert_body("Severe"), headers={"Idempotency-Key": "one"}
    )
    assert other.status_code == 409
    assert hub.hub.log.head == head
    waiting = hub.ask("GET", first.headers["Location"]).json()
    assert (waiting["status"], waiting["headline"], waiting["authors"]) == (
        *("waiting", "Leave the valley now"),
        ["the-administrator"],
    )
    tried = do(hub, waiting, "dry-run", Role.APPROVER)
    done = do(hub, waiting, "approve", Role.APPROVER, devices=tried["reached"]["devices"])
    assert hub.hub.log.head == head + 1
    stored = hub.ask("GET", f"/v1/alerts/{done['number']}").json()
    assert stored["published_by"] == "the-administrator"
    assert "identifier" not in waiting["alert"]
    late = hub.ask("POST", "/v1/alerts", role=Role.ADMINISTRATOR, json=alert_body(), headers={"Idempotency-Key": "one"})
    assert (late.status_code, late.json()["number"]) == (202, done["number"])
    assert hub.hub.log.head == head + 1


def test_what_is_wrong_is_refused_at_once_and_does_not_wait(hub: RunningHub) -> None:
    body = alert_body(scope="Private")
    assert hub.ask("POST", "/v1/alerts", json=body).status_code == 422
    assert hub.ask("POST", "/v1/alerts", json={**alert_body(), "audience": {"areas": ["XX"]}}).status_code == 422


def test_a_break_glass_goes_out_at_once_and_everybody_hears_of_it(hub: RunningHub) -> None:
    body = {**alert_body(), "break_glass": REASON}
    response = hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, json=body)
    assert response.status_code == 201, response.text
    number = response.json()["number"]
    found = hub.ask("GET", "/v1/events", params={"kind": "alert.break-glass"}).json()["events"]
    assert (found[-1]["alert"], found[-1]["members"]["reason"], found[-1]["members"]["by"]) == (
        number,
        REASON,
        "the-author",
    )
    short = hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, json={**alert_body(), "break_glass": "x"})
    assert short.status_code == 422


def test_a_break_glass_that_is_not_needed_is_none(hub: RunningHub) -> None:
    before = hub.ask("GET", "/v1/events", params={"kind": "alert.break-glass"}).json()["events"]
    body = {**alert_body("Severe"), "break_glass": REASON}
    assert hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, json=body).status_code == 201
    assert hub.ask("GET", "/v1/events", params={"kind": "alert.break-glass"}).json()["events"] == before


def test_xml_waits_as_it_came_and_goes_out_so(hub: RunningHub) -> None:
    sent = str(CapTime(hub.hub.now()))
    xml = to_xml(alert_of("Extreme", identifier="xml-1", sent=sent))
    answer = hub.ask(
        "POST", "/v1/alerts?everyone=true", role=Role.AUTHOR, data=xml, headers={"Content-Type": "application/cap+xml"}
    )
    assert answer.status_code == 202, answer.text
    waiting = hub.ask("GET", answer.headers["Location"]).json()
    assert waiting["is_xml"]
    devices = do(hub, waiting, "dry-run", Role.APPROVER)["reached"]["devices"]
    do(hub, waiting, "approve", Role.APPROVER, devices=devices)
    assert hub.do(hub.hub.alert("xml-1")).original == xml


def test_an_update_that_stays_extreme_waits_and_a_cancel_or_less_does_not(hub: RunningHub) -> None:
    body = {**alert_body(), "break_glass": REASON}
    number = hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, json=body).json()["number"]
    info = alert_body()["alert"]["info"]
    update = hub.ask("POST", f"/v1/alerts/{number}/update", role=Role.AUTHOR, json={"alert": {"info": info}})
    assert update.status_code == 202
    lower = [{**info[0], "severity": "Moderate"}]
    less = hub.ask("POST", f"/v1/alerts/{number}/update", role=Role.AUTHOR, json={"alert": {"info": lower}})
    assert less.status_code == 201, less.text
    cancelled = hub.ask("POST", f"/v1/alerts/{less.json()['number']}/cancel", role=Role.AUTHOR, json={})
    assert cancelled.status_code == 201
    waiting = hub.ask("GET", update.headers["Location"]).json()
    refused = do(hub, waiting, "dry-run", Role.APPROVER, status=409)
    assert refused["type"].endswith("already-replaced"), "what it would replace is over"


def test_of_a_feed_the_person_who_lets_it_pass_is_the_second_one(hub: RunningHub) -> None:
    approval = Approval(hub.hub, "Extreme")
    approval.check_feed_item(alert_of("Extreme"), Credential("a", Role.APPROVER))
    approval.check_feed_item(alert_of("Severe"), Credential("a", Role.AUTHOR))
    with pytest.raises(SecondPersonError, match="an approver must let it pass"):
        approval.check_feed_item(alert_of("Extreme"), Credential("a", Role.AUTHOR))
