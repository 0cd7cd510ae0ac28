"""`/v1/alerts/{identifier}/answers` on a real hub."""

from __future__ import annotations

from typing import Any

from alerts.cap.question import AnswerValue, Question
from alerts.session.commits import TakeUplink
from alerts.wire.uplink import Answer, pack_uplink
from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import RunningHub
from tests.support.questions import ONE_OF, YES_NO, parameters_for


def publish(hub: RunningHub, question: Question | None) -> dict[str, Any]:
    """Publish an alert that asks; what the hub answered."""
    body = alert()
    named = parameters_for(question) if question else []
    body["alert"]["info"][0]["parameter"] = [{"valueName": name, "value": value} for name, value in named]
    response = hub.ask("POST", "/v1/alerts", json=body, role=Role.AUTHOR)
    assert response.status_code == 201, response.text
    said: dict[str, Any] = response.json()
    return said


def answer(hub: RunningHub, area: str, said: dict[str, Any], value: AnswerValue) -> str:
    """A new device in an area answers."""
    device, _ = hub.enrol(areas=(area,))
    item = pack_uplink(Answer(hub.hub.now(), value, said["epoch"], said["number"]))
    outcome = hub.do(hub.hub.take_uplink(device, TakeUplink(9, 0, 1, ((1, item),))))
    assert not outcome.refusals
    return device


def test_the_question_the_counts_and_the_devices(hub: RunningHub) -> None:
    said = publish(hub, ONE_OF)
    first, second = answer(hub, "KE-1", said, 1), answer(hub, "KE-2", said, 1)
    found = hub.ask("GET", f"/v1/alerts/{said['identifier']}/answers", role=Role.VIEWER).json()
    assert found["questions"] == [
        {
            "language": "en",
            "text": "How is the road?",
            "answer": "one-of",
            "choices": ["open", "flooded", "closed"],
            "unit": None,
            "min": None,
            "max": None,
        }
    ]
    assert found["tally"]["choices"] == [0, 2, 0]
    assert [(one["area"], one["count"]) for one in found["areas"]] == [("KE-1", 1), ("KE-2", 1)]
    assert {one["device"]: one["value"] for one in found["devices"]} == {first: 1, second: 1}
    assert found["next"] is None
    some = hub.ask("GET", f"/v1/alerts/{said['number']}/answers?area=KE-1&limit=1").json()
    assert [one["device"] for one in some["devices"]] == [first]
    assert some["tally"]["count"] == 1
    delivery = hub.ask("GET", f"/v1/alerts/{said['number']}/delivery?state=answered").json()
    assert delivery["counts"]["answered"] == 2
    assert {one["device"] for one in delivery["devices"]} == {first, second}


def test_who_is_bound_to_areas_sees_their_devices(hub: RunningHub) -> None:
    said = publish(hub, YES_NO)
    answer(hub, "KE-1-5", said, True), answer(hub, "UG", said, False)
    token = hub.do(hub.hub.make_token(Role.VIEWER, "one district", ("KE-1",)))
    found = hub.ask("GET", f"/v1/alerts/{said['number']}/answers", token=token).json()
    assert (found["tally"]["yes"], found["tally"]["no"]) == (1, 0)
    assert [one["areas"] for one in found["devices"]] == [["KE-1-5"]]


def test_an_alert_that_asks_nothing_and_one_that_is_not_there(hub: RunningHub) -> None:
    said = publish(hub, None)
    found = hub.ask("GET", f"/v1/alerts/{said['number']}/answers").json()
    assert (found["questions"], found["devices"], found["tally"]["count"]) == ([], [], 0)
    response = hub.ask("GET", "/v1/alerts/nowhere/answers")
    assert response.status_code == 404 and response.json()["type"] == "/v1/docs#unknown-alert"


def test_a_question_may_stand_beside_the_alert(hub: RunningHub) -> None:
    body = alert() | {"question": {"answer": "yes-no", "text": {"en": "Is the fridge cold?"}}}
    said = hub.ask("POST", "/v1/alerts", json=body, role=Role.AUTHOR).json()
    answer(hub, "KE", said, True)
    again = {"alert": {"info": body["alert"]["info"]}, "question": {"answer": "text", "text": {"en": "Why?"}}}
    path = f"/v1/alerts/{said['identifier']}"
    update = hub.ask("POST", f"{path}/update", json=again, role=Role.AUTHOR)
    assert update.status_code == 201, update.text
    found = hub.ask("GET", f"{path}/answers").json()
    assert (found["questions"][0]["text"], found["tally"]["yes"]) == ("Is the fridge cold?", 1)
    found = hub.ask("GET", f"/v1/alerts/{update.json()['number']}/answers").json()
    assert (found["questions"][0]["text"], found["tally"]["count"]) == ("Why?", 0), "an update asks anew"


def test_a_question_with_a_fault_is_refused_with_its_path(hub: RunningHub) -> None:
    body = alert()
    body["alert"]["info"][0]["parameter"] = [{"valueName": "tocsin.question", "value": "Cold?"}]
    response = hub.ask("POST", "/v1/alerts", json=body, role=Role.AUTHOR)
    assert response.status_code == 422
    assert [one["path"] for one in response.json()["violations"]] == ["alert.info[0].parameter"]
