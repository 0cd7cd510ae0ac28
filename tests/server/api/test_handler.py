"""Who may do what: each role against each route, as a table; and what every request goes through."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from server.api.handler import quality
from server.api.operation import operations_of
from server.api.routes import ROUTES
from server.hub import Role
from tests.support.cap_alerts import example
from tests.support.hub import RunningHub

OPEN, FETCH, READ, PUBLISH, ADMIN = "open", "fetch", "read", "publish", "admin"

TABLE: dict[tuple[str, str], tuple[str, Any]] = {
    ("GET", "/v1/alerts"): (READ, None),
    ("POST", "/v1/alerts"): (PUBLISH, {}),
    ("GET", "/v1/alerts/{identifier}"): (READ, None),
    ("POST", "/v1/alerts/{identifier}/update"): (PUBLISH, {}),
    ("POST", "/v1/alerts/{identifier}/cancel"): (PUBLISH, {}),
    ("GET", "/v1/alerts/{identifier}/delivery"): (READ, None),
    ("GET", "/v1/devices"): (READ, None),
    ("GET", "/v1/devices/{device}"): (READ, None),
    ("PATCH", "/v1/devices/{device}"): (ADMIN, {}),
    ("DELETE", "/v1/devices/{device}"): (ADMIN, None),
    ("POST", "/v1/enrolment-codes"): (ADMIN, {}),
    ("POST", "/v1/enrolments"): (OPEN, {}),
    ("GET", "/v1/dictionaries/{address}"): (FETCH, None),
    ("GET", "/v1/areas"): (READ, None),
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
    "publisher": {OPEN, FETCH, READ, PUBLISH},
    "admin": {OPEN, FETCH, READ, PUBLISH, ADMIN},
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
    response = hub.ask(method, address, role=None, token=token, json=body)
    if needed in MAY[who]:
        assert response.status_code not in (401, 403), response.text
    else:
        assert response.status_code == (401 if who == "nobody" else 403), response.text
        if who == "nobody":
            assert response.headers["WWW-Authenticate"].startswith("Bearer")


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
