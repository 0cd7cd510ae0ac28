"""Who may do what: each role against each route, as a table; and what every request goes through."""

from __future__ import annotations

import logging
from typing import Any

import pytest
import requests

from server.accounts.cookies import CSRF_HEADER
from server.api.handler import quality
from server.api.operation import operations_of
from server.api.routes import ROUTES
from server.hub import Role
from tests.support.cap_alerts import example
from tests.support.hub import RunningHub
from tests.support.people import SignedIn, signed_in

OPEN, FETCH, READ, PUBLISH, APPROVE, ADMIN = "open", "fetch", "read", "publish", "approve", "admin"

TABLE: dict[tuple[str, str], tuple[str, Any]] = {
    ("GET", "/v1/alerts"): (READ, None),
    ("POST", "/v1/alerts"): (PUBLISH, {}),
    ("GET", "/v1/alerts/{identifier}"): (READ, None),
    ("POST", "/v1/alerts/{identifier}/update"): (PUBLISH, {}),
    ("POST", "/v1/alerts/{identifier}/cancel"): (PUBLISH, {}),
    ("GET", "/v1/alerts/{identifier}/delivery"): (READ, None),
    ("GET", "/v1/alerts/{identifier}/answers"): (READ, None),
    ("GET", "/v1/alerts/{identifier}/progress"): (READ, None),
    ("GET", "/v1/alerts/{identifier}/calls"): (READ, None),
    ("POST", "/v1/estimates"): (PUBLISH, {}),
    ("GET", "/v1/templates"): (PUBLISH, None),
    ("GET", "/v1/templates/{template}"): (PUBLISH, None),
    ("PUT", "/v1/templates/{template}"): (APPROVE, {}),
    ("DELETE", "/v1/templates/{template}"): (APPROVE, None),
    ("GET", "/v1/drafts"): (PUBLISH, None),
    ("POST", "/v1/drafts"): (PUBLISH, {}),
    ("GET", "/v1/drafts/{draft}"): (PUBLISH, None),
    ("PUT", "/v1/drafts/{draft}"): (PUBLISH, {}),
    ("DELETE", "/v1/drafts/{draft}"): (PUBLISH, None),
    ("POST", "/v1/drafts/{draft}/dry-run"): (PUBLISH, {}),
    ("POST", "/v1/drafts/{draft}/submit"): (PUBLISH, {}),
    ("POST", "/v1/drafts/{draft}/publish"): (PUBLISH, {}),
    ("POST", "/v1/drafts/{draft}/withdraw"): (PUBLISH, {}),
    ("POST", "/v1/drafts/{draft}/approve"): (APPROVE, {}),
    ("POST", "/v1/drafts/{draft}/reject"): (APPROVE, {}),
    ("GET", "/v1/devices"): (READ, None),
    ("GET", "/v1/devices/{device}"): (READ, None),
    ("PATCH", "/v1/devices/{device}"): (ADMIN, {}),
    ("DELETE", "/v1/devices/{device}"): (ADMIN, None),
    ("POST", "/v1/enrolment-codes"): (ADMIN, {}),
    ("POST", "/v1/enrolments"): (OPEN, {}),
    ("GET", "/v1/session"): (READ, None),
    ("POST", "/v1/session"): (OPEN, {}),
    ("PATCH", "/v1/session"): (READ, {}),
    ("DELETE", "/v1/session"): (READ, None),
    ("PUT", "/v1/session/password"): (READ, {}),
    ("GET", "/v1/sessions"): (READ, None),
    ("DELETE", "/v1/sessions"): (READ, None),
    ("POST", "/v1/invitations"): (OPEN, {}),
    ("GET", "/v1/audit"): (ADMIN, None),
    ("GET", "/v1/audit/export"): (ADMIN, None),
    ("GET", "/v1/audit/verification"): (ADMIN, None),
    ("GET", "/v1/people"): (ADMIN, None),
    ("POST", "/v1/people"): (ADMIN, {}),
    ("GET", "/v1/people/first"): (OPEN, None),
    ("POST", "/v1/people/first"): (OPEN, {}),
    ("GET", "/v1/people/{name}"): (ADMIN, None),
    ("PATCH", "/v1/people/{name}"): (ADMIN, {}),
    ("POST", "/v1/people/{name}/invitation"): (ADMIN, None),
    ("DELETE", "/v1/people/{name}/sessions"): (ADMIN, None),
    ("GET", "/v1/tokens"): (ADMIN, None),
    ("POST", "/v1/tokens"): (ADMIN, {}),
    ("DELETE", "/v1/tokens/{name}"): (ADMIN, None),
    ("GET", "/v1/dictionaries"): (READ, None),
    ("POST", "/v1/dictionaries/{address}/use"): (ADMIN, None),
    ("GET", "/v1/dictionaries/{address}"): (FETCH, None),
    ("GET", "/v1/alerts/stream"): (READ, None),
    ("GET", "/v1/events"): (READ, None),
    ("GET", "/v1/events/stream"): (READ, None),
    ("GET", "/v1/areas"): (READ, None),
    ("POST", "/v1/areas"): (ADMIN, {}),
    ("POST", "/v1/areas/within"): (READ, {}),
    ("GET", "/v1/map"): (READ, None),
    ("POST", "/v1/audiences"): (READ, {}),
    ("POST", "/v1/devices/move"): (ADMIN, {}),
    ("POST", "/v1/imports/outlines"): (ADMIN, {}),
    ("POST", "/v1/imports/{kind}"): (ADMIN, {}),
    ("GET", "/v1/exports/{kind}"): (READ, None),
    ("GET", "/v1/roster"): (READ, None),
    ("DELETE", "/v1/roster/{reference}"): (ADMIN, None),
    ("POST", "/v1/enrolment-sheets"): (ADMIN, {}),
    ("GET", "/v1/feeds/alerts.atom"): (READ, None),
    ("GET", "/v1/feeds/alerts.rss"): (READ, None),
    ("GET", "/v1/feeds/alerts/{alert}.xml"): (READ, None),
    ("GET", "/v1/feeds-in"): (READ, None),
    ("POST", "/v1/feeds-in"): (ADMIN, {}),
    ("GET", "/v1/feeds-in/{feed}"): (READ, None),
    ("PATCH", "/v1/feeds-in/{feed}"): (ADMIN, {}),
    ("DELETE", "/v1/feeds-in/{feed}"): (ADMIN, None),
    ("POST", "/v1/feeds-in/{feed}/poll"): (ADMIN, None),
    ("GET", "/v1/feed-items"): (READ, None),
    ("GET", "/v1/feed-items/{item}"): (READ, None),
    ("POST", "/v1/feed-items/{item}/approve"): (PUBLISH, {}),
    ("POST", "/v1/feed-items/{item}/reject"): (PUBLISH, {}),
    ("GET", "/v1/alerts/{identifier}/escalations"): (READ, None),
    ("GET", "/v1/contacts"): (READ, None),
    ("POST", "/v1/contacts"): (ADMIN, {}),
    ("GET", "/v1/contacts/{name}"): (READ, None),
    ("PATCH", "/v1/contacts/{name}"): (ADMIN, {}),
    ("DELETE", "/v1/contacts/{name}"): (ADMIN, None),
    ("POST", "/v1/contacts/{name}/test"): (ADMIN, None),
    ("GET", "/v1/rules"): (READ, None),
    ("POST", "/v1/rules"): (ADMIN, {}),
    ("GET", "/v1/rules/{name}"): (READ, None),
    ("PUT", "/v1/rules/{name}"): (ADMIN, {}),
    ("PATCH", "/v1/rules/{name}"): (ADMIN, {}),
    ("DELETE", "/v1/rules/{name}"): (ADMIN, None),
    ("POST", "/v1/rules/{name}/dry-run"): (READ, {}),
    ("GET", "/v1/rules/{name}/log"): (READ, None),
    ("GET", "/v1/silence"): (READ, None),
    ("GET", "/v1/situation"): (READ, None),
    ("GET", "/v1/webhooks"): (READ, None),
    ("POST", "/v1/webhooks"): (ADMIN, {}),
    ("GET", "/v1/webhooks/{name}"): (READ, None),
    ("PATCH", "/v1/webhooks/{name}"): (ADMIN, {}),
    ("DELETE", "/v1/webhooks/{name}"): (ADMIN, None),
    ("POST", "/v1/webhooks/{name}/rotate"): (ADMIN, {}),
    ("POST", "/v1/webhooks/{name}/test"): (ADMIN, None),
    ("GET", "/v1/webhooks/{name}/deliveries"): (READ, None),
    ("GET", "/v1/quarantine"): (READ, None),
    ("GET", "/v1/openapi.json"): (OPEN, None),
    ("GET", "/v1/docs"): (OPEN, None),
    ("GET", "/healthz"): (OPEN, None),
    ("GET", "/readyz"): (OPEN, None),
    ("GET", "/metrics"): (READ, None),
}
"""Operation -> the least that is needed, and a body that gets past the credential (and no further, where it is wrong)."""

MAY = {
    "nobody": {OPEN},
    "device": {OPEN, FETCH},
    "viewer": {OPEN, FETCH, READ},
    "author": {OPEN, FETCH, READ, PUBLISH},
    "approver": {OPEN, FETCH, READ, PUBLISH, APPROVE},
    "administrator": {OPEN, FETCH, READ, PUBLISH, APPROVE, ADMIN},
}


@pytest.fixture(scope="module")
def device_token(hub: RunningHub) -> str:
    return hub.enrol()[1]


def test_the_table_has_every_operation() -> None:
    assert set(TABLE) == {(method, path) for path, handler in ROUTES.items() for method in operations_of(handler)}


@pytest.mark.parametrize("who", list(MAY))
@pytest.mark.parametrize(("method", "path"), list(TABLE))
def test_each_role_may_what_the_table_says(
    hub: RunningHub, device_token: str, method: str, path: str, who: str
) -> None:
    needed, body = TABLE[method, path]
    token = {"nobody": None, "device": device_token}.get(who) or (None if who == "nobody" else hub.tokens[Role(who)])
    address = path.replace("{identifier}", "none-such").replace("{device}", "none-such")
    query = {"for": "0.01"} if path.endswith("/stream") else {}
    response = hub.ask(method, address, role=None, token=token, json=body, params=query)
    if needed in MAY[who]:
        assert response.status_code not in (401, 403), response.text
    else:
        assert response.status_code == (401 if who == "nobody" else 403), response.text
        if who == "nobody":
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


OF_AREAS = {
    ("PATCH", "/v1/devices/{device}"),
    ("DELETE", "/v1/devices/{device}"),
    ("POST", "/v1/devices/move"),
    ("POST", "/v1/imports/{kind}"),
    ("DELETE", "/v1/roster/{reference}"),
    ("POST", "/v1/enrolment-sheets"),
}
"""What an administrator who is bound to areas decides there; all else that needs one concerns the whole hub."""


@pytest.fixture(scope="module")
def browsers(hub: RunningHub) -> dict[str, SignedIn]:
    """Somebody of each role who has signed in, and an administrator who is bound to areas."""
    found = {str(role): signed_in(hub, role, f"{role} at a browser") for role in Role}
    found["bound"] = signed_in(hub, Role.ADMINISTRATOR, "of a district", ("KE-047",))
    return found


@pytest.fixture(scope="module")
def bound_token(hub: RunningHub) -> str:
    return hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "program of a district", ("KE-047",)))


@pytest.mark.parametrize(("method", "path"), list(TABLE))
def test_who_signed_in_may_what_a_token_of_the_role_may_and_proves_that_a_change_is_theirs(
    hub: RunningHub, browsers: dict[str, SignedIn], bound_token: str, method: str, path: str
) -> None:
    needed, body = TABLE[method, path]
    address = path.replace("{identifier}", "none-such").replace("{device}", "none-such")
    asked: dict[str, Any] = {"json": body, "params": {"for": "0.01"} if path.endswith("/stream") else {}}

    def is_refused(who: str) -> bool:
        return needed == ADMIN and (method, path) not in OF_AREAS if who == "bound" else needed not in MAY[who]

    for who, browser in browsers.items():
        if method != "GET" and needed != OPEN:
            forged = browser.ask(method, address, **asked, headers={CSRF_HEADER: None})
            assert forged.status_code == 403 and forged.json()["type"].endswith("#csrf-refused"), (who, forged.text)
        response = browser.ask(method, address, **asked)
        if is_refused(who):
            assert response.status_code == 403, (who, response.text)
            assert response.json()["type"].endswith("#outside-areas" if who == "bound" else "#forbidden")
        elif who != "bound":
            assert response.status_code not in (401, 403) or needed == OPEN, (who, response.text)
        if response.ok and method == "DELETE":
            assert browser.ask("GET", "/v1/session").status_code == 401 and browser.sign_in().ok
    if is_refused("bound"):
        response = hub.ask(method, address, role=None, token=bound_token, **asked)
        assert response.status_code == 403 and response.json()["type"].endswith("#outside-areas"), response.text


SIMPLE = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "text/plain; charset=utf-8",
)
"""What a page of another origin sends without asking first."""


@pytest.mark.parametrize("content_type", SIMPLE)
@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
def test_a_form_changes_nothing_wherever_it_comes_from(
    hub: RunningHub, browsers: dict[str, SignedIn], content_type: str, origin: str | None
) -> None:
    somebody, before = browsers["administrator"], hub.ask("GET", "/v1/tokens").text
    body = '{"role": "administrator", "name": "forged"}'
    for csrf in (None, somebody.csrf):
        headers = {"Content-Type": content_type, "Origin": origin, CSRF_HEADER: csrf}
        answer = somebody.ask("POST", "/v1/tokens", data=body, headers=headers)
        assert answer.status_code in (400, 403, 415), answer.text  # 400: no form of several parts
        for path in ("/v1/session", "/v1/invitations", "/v1/people/first"):
            sent = {name: value for name, value in headers.items() if value is not None}
            assert hub.ask("POST", path, role=None, data=body, headers=sent).status_code in (400, 403, 415)
    no_body = {"Content-Type": content_type, "Origin": origin, CSRF_HEADER: None}
    assert somebody.ask("DELETE", "/v1/sessions", headers=no_body).status_code in (400, 403)
    assert hub.ask("GET", "/v1/tokens").text == before


def test_a_form_with_the_token_is_no_json_either(browsers: dict[str, SignedIn]) -> None:
    answer = browsers["administrator"].ask("POST", "/v1/dictionaries/shipped/use", data={"a": "b"})
    assert answer.status_code == 415, answer.text


@pytest.mark.parametrize("name", ["token", "access_token", "session", "csrf", "password"])
def test_a_credential_in_an_address_is_refused_and_logged_nowhere(
    hub: RunningHub, browsers: dict[str, SignedIn], caplog: pytest.LogCaptureFixture, name: str
) -> None:
    somebody = browsers["viewer"]
    caplog.set_level(logging.INFO)
    for secret in (hub.tokens[Role.VIEWER], str(somebody.browser.cookies["tocsin_session"]), somebody.csrf):
        for path in ("/v1/alerts", "/v1/session", "/v1/nothing"):
            answer = hub.ask("GET", path, role=None, params={name: secret})
            assert answer.status_code == 400 and answer.json()["type"].endswith("#credential-in-address")
            assert secret not in answer.text
        assert secret not in caplog.text
    assert "request" in caplog.text


def test_a_token_holds_no_more_from_the_next_request_on(hub: RunningHub) -> None:
    secret = hub.do(hub.hub.make_token(Role.VIEWER, "soon gone"))
    with requests.Session() as session:
        session.headers["Authorization"] = f"Bearer {secret}"
        assert session.get(f"{hub.address}/v1/alerts", timeout=30).status_code == 200
        hub.do(hub.hub.revoke_token("soon gone"))
        assert session.get(f"{hub.address}/v1/alerts", timeout=30).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "SAME"}, 201),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Origin": "SAME", "Sec-Fetch-Site": "same-origin"}, 201),
    ],
)
def test_a_page_from_elsewhere_changes_nothing(hub: RunningHub, headers: dict[str, str], status: int) -> None:
    said = {name: value.replace("SAME", hub.address) for name, value in headers.items()}
    assert hub.ask("POST", "/v1/enrolment-codes", json={}, headers=said).status_code == status
    assert hub.ask("GET", "/v1/alerts", headers=said).status_code == 200


@pytest.mark.parametrize("value", ["", "a\tb", "clé", "x" * 256])
def test_a_header_that_an_operation_reads_is_checked(hub: RunningHub, value: str) -> None:
    response = hub.ask("POST", "/v1/alerts", json={}, headers={"Idempotency-Key": value.encode()})
    assert response.status_code == 400 and "Idempotency-Key: 1 to 255" in response.json()["detail"]


def test_head_is_get_without_the_body(hub: RunningHub) -> None:
    response = hub.ask("HEAD", "/v1/areas")
    assert response.status_code == 200 and response.content == b""
    assert int(response.headers["Content-Length"]) == len(hub.ask("GET", "/v1/areas").content)


def test_every_answer_forbids_what_browsers_would_do_with_it(hub: RunningHub) -> None:
    for response in (hub.ask("GET", "/v1/alerts"), hub.ask("GET", "/none"), hub.ask("GET", "/v1/docs", role=None)):
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"
        assert "Server" not in response.headers


@pytest.mark.parametrize("spelling", ["bearer {}", "BEARER {}", "Bearer   {}"])
def test_the_scheme_is_taken_as_rfc_9110_has_it(hub: RunningHub, spelling: str) -> None:
    said = spelling.format(hub.tokens[Role.VIEWER])
    assert hub.ask("GET", "/v1/alerts", role=None, headers={"Authorization": said}).status_code == 200


def test_a_body_that_is_wrong_in_many_places_is_told_all_of_them(hub: RunningHub) -> None:
    body = {"alert": example(status="Actuall", scope=7, info=[{}]), "audience": {"everyone": True}}
    said = hub.ask("POST", "/v1/alerts", json=body).json()
    paths = {violation["path"] for violation in said["violations"]}
    assert {"alert.status", "alert.scope", "alert.info[0].event", "alert.info[0].category"} <= paths


@pytest.mark.parametrize(
    ("accept", "media_type", "expected"),
    [
        ("*/*", "application/json", 1.0),
        ("application/*;q=0.5, application/json;q=0", "application/json", 0.0),
        ("application/*;q=0.5", "application/cap+xml", 0.5),
        ("text/html", "application/json", 0.0),
        ("application/json;q=nonsense", "application/json", 0.0),
    ],
)
def test_accept_is_weighed_as_rfc_9110_has_it(accept: str, media_type: str, expected: float) -> None:
    assert quality(accept, media_type) == expected
