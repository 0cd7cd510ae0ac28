"""Publishing over STOMP does what publishing over HTTP does, and refuses with the same words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from alerts.cap.model import Alert
from alerts.cap.to_xml import to_xml
from server.api.problems import ProblemError
from server.bridges.stomp_publish import audience_of, media_type_of
from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import PLENTY, RunningHub, running_hub
from tests.support.stomp_client import StompClient, stomp

XML = {"content-type": "application/cap+xml"}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya")]))
        yield running


@pytest.fixture
def publisher(hub: RunningHub) -> Iterator[StompClient]:
    with stomp(hub, hub.tokens[Role.AUTHOR]) as client:
        yield client


def _body(identifier: str | None = None, *, audience: dict[str, Any] | None = None, **changes: Any) -> bytes:
    body = alert(**changes)
    body["alert"] |= {} if identifier is None else {"identifier": identifier}
    return json.dumps({"alert": body["alert"]} | ({} if audience is None else {"audience": audience})).encode()


def _xml(identifier: str, **changes: Any) -> bytes:
    members = alert()["alert"] | {"identifier": identifier, "sent": "2020-01-01T00:00:00+00:00"}
    members["info"][0]["expires"] = "2999-01-01T00:00:00+00:00"
    return to_xml(Alert.from_json(members | changes))


def test_json_is_published_and_the_receipt_says_where_it_stands(hub: RunningHub, publisher: StompClient) -> None:
    receipt = publisher.request("SEND", {"destination": "/alerts"}, _body("j-1", audience={"areas": ["KE-1"]}))
    found = hub.ask("GET", "/v1/alerts/j-1").json()
    assert receipt.headers == {
        "receipt-id": "asked",
        "message-id": f"{found['epoch']}-{found['number']}",
        "number": str(found["number"]),
        "identifier": "j-1",
        "sender": "moh.example",
    }
    assert (found["audience"]["areas"], found["published_by"]) == (["KE-1"], "the-author")


def test_xml_is_published_for_whom_the_headers_say(hub: RunningHub, publisher: StompClient) -> None:
    headers = {"destination": "/alerts", "area": "KE-1, KE-2", "role": "nurse", **XML}
    publisher.request("SEND", headers, _xml("x-1"))
    found = hub.ask("GET", "/v1/alerts/x-1").json()["audience"]
    assert (found["areas"], found["roles"]) == (["KE-1", "KE-2"], ["nurse"])


def test_an_update_names_what_it_replaces(hub: RunningHub, publisher: StompClient) -> None:
    everyone = {"destination": "/alerts", "everyone": "true"}
    publisher.request("SEND", everyone | XML, _xml("v-1"))
    references = "moh.example,v-1,2020-01-01T00:00:00+00:00"
    publisher.request("SEND", everyone | XML, _xml("v-2", msgType="Update", references=references))
    assert hub.ask("GET", "/v1/alerts/v-1").json()["replaced_by"]
    receipt = publisher.request(
        "SEND", everyone | XML, _xml("v-3", msgType="Update", references="moh.example,none,2020-01-01T00:00:00+00:00")
    )
    assert "not known here" in receipt.headers["reports"]


def test_what_is_sent_twice_under_a_key_is_done_once(hub: RunningHub, publisher: StompClient) -> None:
    headers = {"destination": "/alerts", "everyone": "true", "idempotency-key": "k-1"}
    first = publisher.request("SEND", headers, _body("once"))
    again = publisher.request("SEND", headers, _body("once"))
    assert again.headers == {**first.headers, "idempotency-replayed": "true"}
    publisher.send("SEND", headers | {"area": "KE"}, _body("once"))
    assert publisher.error().headers["problem"] == "idempotency-conflict"


REFUSALS: list[tuple[dict[str, str], bytes, str]] = [
    ({}, b"", "body-invalid"),
    ({"everyone": "true"}, b"{}", "content-invalid"),
    ({}, _body(), "audience-invalid"),
    ({"everyone": "true"}, _body(audience={"areas": ["KE"]}), "audience-invalid"),
    ({"everyone": "true"}, _body(scope="Private", addresses="a"), "audience-invalid"),
    ({"everyone": "true"}, _body(status="actual"), "alert-invalid"),
    ({"area": "UG"}, _body(), "unknown-area"),
    ({"device": "d-none"}, _body(), "unknown-addressee"),
    ({"area": "KE,,"}, _body(), "parameter-invalid"),
    ({"everyone": "perhaps"}, _body(), "parameter-invalid"),
    ({"everyone": "true", "idempotency-key": "é"}, _body(), "parameter-invalid"),
    ({"everyone": "true", "content-type": "text/plain"}, _body(), "unsupported-media-type"),
    ({"everyone": "true", **XML}, b"<alert/>", "alert-invalid"),
    ({"everyone": "true", **XML}, b"<!DOCTYPE a><alert/>", "alert-invalid"),
    ({"destination": "/alerts/x"}, _body(), "not-found"),
]


@pytest.mark.parametrize(("headers", "body", "problem"), REFUSALS)
def test_a_refusal_ends_the_connection_with_the_problem(
    publisher: StompClient, headers: dict[str, str], body: bytes, problem: str
) -> None:
    publisher.send("SEND", {"destination": "/alerts", "receipt": "r", **headers}, body)
    error = publisher.error()
    assert (error.headers["problem"], error.headers["receipt-id"]) == (problem, "r")
    assert json.loads(error.body)["type"] == f"/v1/docs#{problem}"


def test_the_words_are_those_of_the_http_api(hub: RunningHub, publisher: StompClient) -> None:
    body = _body(audience={"everyone": True}, status="actual")
    publisher.send("SEND", {"destination": "/alerts"}, body)
    over_http = hub.ask("POST", "/v1/alerts", data=body, headers={"Content-Type": "application/json"}).json()
    assert json.loads(publisher.error().body) == over_http


def test_a_viewer_and_somebody_elsewhere_publish_nothing(hub: RunningHub) -> None:
    bound = hub.do(hub.hub.make_token(Role.AUTHOR, "district", ("KE-1",)))
    for token, problem in ((hub.tokens[Role.VIEWER], "forbidden"), (bound, "outside-areas")):
        with stomp(hub, token) as client:
            client.send("SEND", {"destination": "/alerts", "everyone": "true"}, _body())
            assert client.error().headers["problem"] == problem
    with stomp(hub, bound) as client:
        client.request("SEND", {"destination": "/alerts", "area": "KE-1-7"}, _body())


def test_publishing_has_its_rate(tmp_path_factory: pytest.TempPathFactory) -> None:
    limits = PLENTY.model_copy(update={"publishes_per_second": 0.001, "publishes_burst": 1})
    with (
        running_hub(tmp_path_factory.mktemp("hub"), limits=limits) as hub,
        stomp(hub, hub.tokens[Role.ADMINISTRATOR]) as client,
    ):
        headers = {"destination": "/alerts", "everyone": "true"}
        client.request("SEND", headers, _body())
        client.send("SEND", headers, _body())
        assert client.error().headers["problem"] == "rate-limited"


def test_a_transaction_publishes_at_its_end(hub: RunningHub, publisher: StompClient) -> None:
    publisher.request("BEGIN", {"transaction": "t"})
    headers = {"destination": "/alerts", "everyone": "true", "transaction": "t"}
    publisher.request("SEND", headers, _body("t-1"))
    assert hub.ask("GET", "/v1/alerts/t-1").status_code == 404
    receipt = publisher.request("COMMIT", {"transaction": "t"})
    assert receipt.headers["identifier"] == "t-1"
    assert hub.ask("GET", "/v1/alerts/t-1").status_code == 200


def test_a_type_may_have_parameters_and_json_is_meant_without_one() -> None:
    assert media_type_of({}) == "application/json"
    assert media_type_of({"content-type": "Application/CAP+XML; charset=utf-8"}) == "application/cap+xml"
    assert audience_of({}).to_audience().is_empty()
    with pytest.raises(ProblemError):
        audience_of({"role": ""})
