"""`/v1/webhooks` on a real hub, with a receiver that verifies by the reference library."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from server.hub import Role
from tests.server.api.test_problems import alert
from tests.support.hub import RunningHub, running_hub
from tests.support.other_server import OtherServer, answer, other_server
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A hub that may reach this machine."""
    with running_hub(tmp_path_factory.mktemp("hub"), outbound_networks=("127.0.0.1/32",)) as running:
        yield running


@pytest.fixture
def receiver() -> Iterator[OtherServer]:
    with other_server() as server:
        server.routes |= {"/hook": answer(b"ok"), "/down": answer(b"", 500)}
        yield server


def said(hub: RunningHub, method: str, path: str, status: int = 200, **options: Any) -> Any:
    response = hub.ask(method, path, **options)
    assert response.status_code == status, response.text
    return response.json() if response.content else None


def added(hub: RunningHub, name: str, url: str, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = said(hub, "POST", "/v1/webhooks", 201, json={"name": name, "url": url, **more})
    return made


def test_what_happens_arrives_signed(hub: RunningHub, receiver: OtherServer) -> None:
    made = added(hub, "ops", f"{receiver.address}/hook", kinds=["alert.published"])
    number = said(hub, "POST", "/v1/alerts", 201, json=alert())["number"]
    wait_until(lambda: receiver.asked_for("/hook"), "the event arrives")
    (asked,) = receiver.asked_for("/hook")
    event = Webhook(made["secret"]).verify(asked.body, dict(asked.headers))
    assert (event["type"], event["data"]["alert"], event["data"]["by"]) == (
        "alert.published",
        number,
        "the-administrator",
    )
    wait_until(lambda: not said(hub, "GET", "/v1/webhooks/ops")["lag"], "nothing waits")
    (delivery,) = said(hub, "GET", "/v1/webhooks/ops/deliveries")["deliveries"]
    assert (delivery["arrived"], delivery["status"], delivery["type"]) == (True, 200, "alert.published")
    said(hub, "DELETE", "/v1/webhooks/ops", 204)
    said(hub, "GET", "/v1/webhooks/ops", 404)


def test_a_secret_is_shown_once_and_an_address_whole_to_admins_only(hub: RunningHub, receiver: OtherServer) -> None:
    made = added(hub, "quiet", f"{receiver.address}/hook?key=geheim")
    assert made["secret"].startswith("whsec_")
    for role, url in (
        (Role.ADMINISTRATOR, f"{receiver.address}/hook?key=geheim"),
        (Role.VIEWER, f"{receiver.address}/…"),
    ):
        found = said(hub, "GET", "/v1/webhooks/quiet", role=role)
        assert "secret" not in found
        assert found["url"] == url
        assert "geheim" in str(found) or role is Role.VIEWER
    rotated = said(hub, "POST", "/v1/webhooks/quiet/rotate", json={"keep_seconds": 60})
    assert rotated["secret"] != made["secret"] and rotated["old_secret_until"]
    tried = said(hub, "POST", "/v1/webhooks/quiet/test")
    assert (tried["arrived"], tried["type"]) == (True, "webhook.test")
    asked = receiver.asked_for("/hook")[-1]
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(asked.body, dict(asked.headers))["data"] == {"webhook": "quiet"}
    said(hub, "DELETE", "/v1/webhooks/quiet", 204)


def test_one_that_fails_shows_why(hub: RunningHub, receiver: OtherServer) -> None:
    added(hub, "down", f"{receiver.address}/down")
    again = said(hub, "POST", "/v1/webhooks", 409, json={"name": "down", "url": "https://x.example/"})
    assert again["type"] == "/v1/docs#name-taken"
    hub.enrol()
    wait_until(lambda: said(hub, "GET", "/v1/webhooks/down")["tries"], "it was tried")
    found = said(hub, "GET", "/v1/webhooks/down", role=Role.VIEWER)
    assert (found["last_error"], found["lag"] > 0) == ("the receiver answered 500", True)
    assert found["next_try_at"] and found["failing_since"]
    changed = said(hub, "PATCH", "/v1/webhooks/down", json={"enabled": False, "kinds": ["feed.held"]})
    assert (changed["enabled"], changed["stopped_why"], changed["kinds"]) == (
        *(False, "it was switched off here"),
        ["feed.held"],
    )
    assert [one["name"] for one in said(hub, "GET", "/v1/webhooks")["webhooks"]] == ["down"]
    page = hub.ask("GET", "/metrics").text
    assert 'tocsin_webhook_attempts_total{outcome="failed",webhook="down"}' in page
    said(hub, "DELETE", "/v1/webhooks/down", 204)


def test_addresses_that_may_not_be_asked_are_refused(tmp_path: Path, hub: RunningHub) -> None:
    for url, words in (
        ("http://10.0.0.1/x", "is of a private network"),
        ("http://169.254.169.254/latest", "is link-local"),
        ("https://user:word@x.example/", "must not have a user name"),
        ("https://x.example:25/", "port 25"),
    ):
        refused = said(hub, "POST", "/v1/webhooks", 422, json={"name": "bad", "url": url})
        assert refused["type"] == "/v1/docs#address-refused"
        assert words in refused["detail"]
    refused = said(hub, "POST", "/v1/webhooks", 422, json={"name": "a b", "url": "ftp://x", "kinds": ["alert.lost"]})
    assert {one["path"].partition("[")[0] for one in refused["violations"]} == {"name", "url", "kinds"}
    assert said(hub, "GET", "/v1/webhooks")["webhooks"] == []


def test_who_may_what(hub: RunningHub) -> None:
    district = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "a district", ("KE-1",)))
    body = {"name": "x", "url": "https://receiver.example/"}
    assert said(hub, "POST", "/v1/webhooks", 403, token=district, json=body)["type"] == "/v1/docs#outside-areas"
    for role in (Role.VIEWER, Role.AUTHOR):
        assert said(hub, "POST", "/v1/webhooks", 403, role=role, json=body)["type"] == "/v1/docs#forbidden"
        assert said(hub, "GET", "/v1/webhooks", role=role) == {"webhooks": []}
