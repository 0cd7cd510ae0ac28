"""Every problem of the table is provoked on a real hub, and nothing else than the table's problems is ever answered."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from alerts.dictionary.shipped import shipped
from alerts.errors import StoreError, StoreFullError
from server.accounts.cookies import CSRF_HEADER
from server.api.problems import ERRORS, MEDIA_TYPE, PROBLEMS, document, problem_of, type_of
from server.hub import Hub, Role
from server.store.feed_records import FoundAlert, Outcome
from server.store.feeds import record
from tests.support.cap_alerts import example
from tests.support.extreme import do, made
from tests.support.hub import PATIENCE_S, RunningHub, running_hub
from tests.support.people import make_person, signed_in

Answer = tuple[int, dict[str, str], dict[str, Any]]
Provoke = Callable[[RunningHub, pytest.MonkeyPatch], Answer]


def alert(**changes: Any) -> dict[str, Any]:
    """A body that the hub takes."""
    members = example(identifier=None, sent=None, **changes)
    for info in members["info"]:
        info.pop("expires", None)
    return {"alert": members, "audience": {"everyone": True}}


def ask(hub: RunningHub, method: str, path: str, **options: Any) -> Answer:
    response = hub.ask(method, path, **options)
    return response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.json()


def from_a_district(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    """A publish to everyone by who is bound to an area."""
    token = hub.do(hub.hub.make_token(Role.AUTHOR, "district", ("KE-1",)))
    return ask(hub, "POST", "/v1/alerts", token=token, json=alert())


def decided(hub: RunningHub, verb: str, *, is_submitted: bool = False, **said: Any) -> Answer:
    """A decision about a new draft, by who wrote it."""
    draft = made(hub, Role.ADMINISTRATOR)
    if is_submitted:
        draft = do(hub, draft, "submit", Role.ADMINISTRATOR, status=202)
    return ask(hub, "POST", f"/v1/drafts/{draft['id']}/{verb}", json={"version": draft["version"], **said})


def add_webhook(hub: RunningHub, name: str) -> Answer:
    return ask(
        hub, "POST", "/v1/webhooks", json={"name": name, "url": "https://receiver.example/", "kinds": ["feed.held"]}
    )


def too_many_webhooks(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setattr("server.store.webhooks.WEBHOOKS_MAX", 0)
    return add_webhook(hub, "one-more")


def too_many_chosen(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Answer:
    device, _ = hub.enrol()
    monkeypatch.setattr("server.places.moving.MOVED_MAX", 0)
    return ask(hub, "POST", "/v1/devices/move", json={"devices": [device], "roles": ["nurse"]})


def enrolled_already(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    table = "reference,name,areas\nN-1,Nyota,KE-047\n"
    said = hub.ask("POST", "/v1/imports/devices", data=table, headers={"Content-Type": "text/csv"})
    assert said.status_code == 200, said.text
    sheet = hub.ask("POST", "/v1/enrolment-sheets", json={"references": ["N-1"]})
    hub.do(hub.hub.enrol(sheet.json()["entries"][0]["code"]))
    return ask(hub, "POST", "/v1/enrolment-sheets", json={"references": ["N-1"]})


def without_its_token(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    response = signed_in(hub, Role.VIEWER, "forged").ask("DELETE", "/v1/session", headers={CSRF_HEADER: None})
    return response.status_code, {k.lower(): v for k, v in response.headers.items()}, response.json()


def first_account(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setattr("server.store.people.is_anybody", lambda db: False)
    body = {"code": "WRONG", "name": "x", "password": "a boat on the lake"}
    return ask(hub, "POST", "/v1/people/first", json=body)


def the_last(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    name = make_person(hub, Role.ADMINISTRATOR, "the-last")
    return ask(hub, "PATCH", f"/v1/people/{name}", json={"disabled": True})


def short_password(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    code = ask(hub, "POST", "/v1/people", json={"name": "hasty", "role": "viewer"})[2]["code"]
    return ask(hub, "POST", "/v1/invitations", json={"name": "hasty", "code": code, "password": "short"})


def raw(hub: RunningHub, data: bytes) -> Answer:
    with hub.connect() as connection:
        connection.sendall(data)
        return parsed(connection)


def parsed(connection: socket.socket) -> Answer:
    """One answer from a connection that the hub then closes."""
    connection.settimeout(PATIENCE_S)
    head, body = b"", b""
    with connection.makefile("rb") as file:
        while not head.endswith(b"\r\n\r\n"):
            line = file.readline()
            assert line, f"the connection ended: {head!r}"
            head += line
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines[1:] if line)}
        body = file.read(int(headers["content-length"]))
    return int(lines[0].split()[1]), headers, json.loads(body)


def publish(hub: RunningHub, body: Any, **options: Any) -> Answer:
    return ask(hub, "POST", "/v1/alerts", json=body, **options)


def upgrade(hub: RunningHub, headers: dict[str, str], path: str = "/v1/connect", token: str | None = None) -> Answer:
    said = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        **headers,
    }
    return ask(hub, "GET", path, role=None, token=token, headers=said)


def failing(error: Exception) -> Callable[..., Any]:
    async def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


def duplicate(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    body = alert()
    body["alert"]["identifier"] = "twice"
    publish(hub, body)
    return publish(hub, body)


def replaced(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    identifier = publish(hub, alert())[2]["identifier"]
    ask(hub, "POST", f"/v1/alerts/{identifier}/cancel", json={})
    return ask(hub, "POST", f"/v1/alerts/{identifier}/update", json={"alert": {"info": alert()["alert"]["info"]}})


def crowded(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
    publish(hub, alert())
    patch.setattr("server.publish.ROLL_ENTRIES_MAX", 1)
    return publish(hub, alert())


def conflict(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    publish(hub, alert(), headers={"Idempotency-Key": "k"})
    return publish(hub, alert(note="another"), headers={"Idempotency-Key": "k"})


def revoked_device(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    device, token = hub.enrol()
    hub.do(hub.hub.revoke_device(device))
    return ask(hub, "GET", "/v1/alerts", role=None, token=token)


def too_many(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    answers = [ask(hub, "POST", "/v1/enrolments", role=None, json={"code": "XXXXX-XXXXX"}) for _ in range(12)]
    return answers[-1]


def slow_body(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
    patch.setattr(hub.process.server, "limits", hub.process.server.limits.model_copy(update={"body_seconds": 0.05}))
    return raw(hub, head("POST", "/v1/alerts", length=10) + b"{")


def full(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
    limits = hub.process.server.limits.model_copy(update={"http_connections_max": 0})
    patch.setattr(hub.process.server, "limits", limits)
    return raw(hub, b"")


def stopping(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
    patch.setattr(hub.process.server, "is_stopping", True)
    return ask(hub, "GET", "/v1/alerts")


FEED = {"address": "https://feed.example/cap.atom", "paused": True}


def add_feed(hub: RunningHub, name: str, **settings: Any) -> Answer:
    return ask(hub, "POST", "/v1/feeds-in", json={"name": name, **FEED, **settings})


def decided_twice(hub: RunningHub, _: pytest.MonkeyPatch) -> Answer:
    add_feed(hub, "decided")
    found = FoundAlert("a,b", Outcome.HELD, identifier="b", xml=b"")
    feed = hub.do(hub.process.feeds_in.feed("decided"))
    item = hub.do(hub.hub.write(lambda db: record(db, feed.id, found, 0)))
    ask(hub, "POST", f"/v1/feed-items/{item}/reject", json={})
    return ask(hub, "POST", f"/v1/feed-items/{item}/reject", json={})


def broken(error: Exception) -> Provoke:
    def provoke(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
        patch.setattr(Hub, "areas", failing(error))
        return ask(hub, "GET", "/v1/areas")

    return provoke


def not_ready(hub: RunningHub, patch: pytest.MonkeyPatch) -> Answer:
    patch.setattr("server.hub.DISK_FREE_BYTES_MIN", 2**80)
    return ask(hub, "GET", "/readyz", role=None)


def head(method: str, path: str, *, length: int | str | None = None, more: str = "", token: str = "") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: hub", "Content-Type: application/json"]
    lines += [f"Content-Length: {length}"] if length is not None else []
    lines += [f"Authorization: Bearer {token}"] if token else []
    return "\r\n".join([*lines, *([more] if more else []), "", ""]).encode()


def xml(hub: RunningHub, body: bytes, query: str = "", kind: str = "application/cap+xml") -> Answer:
    return ask(hub, "POST", f"/v1/alerts{query}", data=body, headers={"Content-Type": kind})


PROVOKED: dict[str, Provoke] = {
    "bad-request": lambda hub, _: raw(hub, b"GET / HTTP/1.1\r\nno colon here\r\n\r\n"),
    "body-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/alerts", data=b'{"alert": NaN}', headers={"Content-Type": "application/json"}
    ),
    "unknown-parameter": lambda hub, _: ask(hub, "GET", "/v1/alerts?afer=3"),
    "parameter-invalid": lambda hub, _: ask(hub, "GET", "/v1/alerts?after=-3"),
    "credential-in-address": lambda hub, _: ask(hub, "GET", "/v1/alerts?access_token=abc"),
    "handshake-invalid": lambda hub, _: upgrade(
        hub, {"Sec-WebSocket-Protocol": "tocsin.v1", "Tocsin-At": "!"}, token=hub.enrol()[1]
    ),
    "subprotocol-missing": lambda hub, _: upgrade(hub, {}, token=hub.enrol()[1]),
    "unauthorized": lambda hub, _: ask(hub, "GET", "/v1/alerts", role=None),
    "credential-revoked": revoked_device,
    "forbidden": lambda hub, _: ask(hub, "POST", "/v1/alerts", role=Role.VIEWER, json=alert()),
    "outside-areas": from_a_district,
    "origin-refused": lambda hub, _: publish(hub, alert(), headers={"Origin": "https://elsewhere.example"}),
    "enrolment-code-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/enrolments", role=None, json={"code": "AAAAA-AAAAA"}
    ),
    "not-found": lambda hub, _: ask(hub, "GET", "/v2/alerts"),
    "unknown-alert": lambda hub, _: ask(hub, "GET", "/v1/alerts/none-such"),
    "unknown-token": lambda hub, _: ask(hub, "DELETE", "/v1/tokens/none-such"),
    "name-taken": lambda hub, _: ask(hub, "POST", "/v1/tokens", json={"role": "viewer", "name": "the-viewer"}),
    "own-token": lambda hub, _: ask(hub, "DELETE", "/v1/tokens/the-administrator"),
    "unknown-contact": lambda hub, _: ask(hub, "GET", "/v1/contacts/none-such"),
    "unknown-rule": lambda hub, _: ask(hub, "GET", "/v1/rules/none-such"),
    "rule-invalid": lambda hub, _: ask(hub, "POST", "/v1/rules", json={"name": "r", "rule": "Extreme, tell all"}),
    "contact-invalid": lambda hub, _: ask(hub, "POST", "/v1/contacts", json={"name": "c", "url": "json://127.0.0.1/"}),
    "unknown-device": lambda hub, _: ask(hub, "GET", "/v1/devices/none-such"),
    "unknown-dictionary": lambda hub, _: ask(hub, "GET", "/v1/dictionaries/000000000000"),
    "unknown-draft": lambda hub, _: ask(hub, "GET", "/v1/drafts/none-such"),
    "unknown-template": lambda hub, _: ask(hub, "GET", "/v1/templates/none-such"),
    "draft-changed": lambda hub, _: decided(hub, "submit", version=99),
    "draft-state": lambda hub, _: decided(hub, "reject", words="no"),
    "numbers-changed": lambda hub, _: decided(hub, "publish", devices=1_000_000),
    "second-person-needed": lambda hub, _: decided(hub, "approve", is_submitted=True, devices=0),
    "unknown-reference": lambda hub, _: ask(hub, "POST", "/v1/enrolment-sheets", json={"references": ["none-such"]}),
    "already-enrolled": enrolled_already,
    "too-many-chosen": too_many_chosen,
    "import-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/imports/areas", data="code,name\n!,x\n", headers={"Content-Type": "text/csv"}
    ),
    "polygon-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/areas/within", json={"polygon": [[0, 0], [2, 2], [2, 0], [0, 2]]}
    ),
    "unknown-feed": lambda hub, _: ask(hub, "GET", "/v1/feeds-in/none-such"),
    "unknown-webhook": lambda hub, _: ask(hub, "GET", "/v1/webhooks/none-such"),
    "too-many-webhooks": too_many_webhooks,
    "method-not-allowed": lambda hub, _: ask(hub, "PUT", "/v1/alerts", json={}),
    "not-acceptable": lambda hub, _: ask(
        hub, "GET", f"/v1/alerts/{publish(hub, alert())[2]['identifier']}", headers={"Accept": "image/png"}
    ),
    "csrf-refused": without_its_token,
    "sign-in-refused": lambda hub, _: ask(hub, "POST", "/v1/session", json={"name": "nobody", "password": "wrong"}),
    "invitation-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/invitations", json={"name": "nobody", "code": "WRONG", "password": "x" * 12}
    ),
    "setup-code-invalid": first_account,
    "unknown-person": lambda hub, _: ask(hub, "GET", "/v1/people/nobody"),
    "last-administrator": the_last,
    "no-session": lambda hub, _: ask(hub, "GET", "/v1/sessions"),
    "password-refused": short_password,
    "request-timeout": slow_body,
    "duplicate-alert": duplicate,
    "already-replaced": replaced,
    "already-decided": decided_twice,
    "too-many-in-force": crowded,
    "position-lost": lambda hub, _: ask(hub, "GET", "/v1/alerts?after=7-1"),
    "idempotency-conflict": conflict,
    "length-required": lambda hub, _: raw(
        hub, head("POST", "/v1/alerts", more="Connection: close", token=hub.tokens[Role.ADMINISTRATOR])
    ),
    "content-too-large": lambda hub, _: publish(hub, alert(note="x" * 2_000_000)),
    "unsupported-media-type": lambda hub, _: xml(hub, b"a: 1", kind="application/yaml"),
    "range-not-satisfiable": lambda hub, _: ask(
        hub, "GET", f"/v1/dictionaries/{shipped().address.hex()}", headers={"Range": "bytes=99999999-"}
    ),
    "alert-invalid": lambda hub, _: publish(hub, alert(status="Actuall")),
    "content-invalid": lambda hub, _: publish(hub, {"alert": {}, "audiences": {}}),
    "address-refused": lambda hub, _: add_feed(hub, "inner", address="http://127.0.0.1/"),
    "audience-invalid": lambda hub, _: publish(hub, {"alert": alert()["alert"]}),
    "unknown-area": lambda hub, _: publish(hub, {"alert": alert()["alert"], "audience": {"areas": ["KX-047"]}}),
    "unknown-addressee": lambda hub, _: publish(hub, {"alert": alert()["alert"], "audience": {"devices": ["d-none"]}}),
    "alert-expired": lambda hub, _: publish(hub, {"alert": example(), "audience": {"everyone": True}}),
    "upgrade-required": lambda hub, _: upgrade(
        hub,
        {"Sec-WebSocket-Protocol": "tocsin.v1", "Tocsin-At": "kQE", "Sec-WebSocket-Version": "8"},
        token=hub.enrol()[1],
    ),
    "rate-limited": too_many,
    "headers-too-large": lambda hub, _: ask(hub, "GET", "/v1/alerts", headers={"X-Padding": "x" * 40_000}),
    "internal": broken(ZeroDivisionError("a bug")),
    "not-ready": not_ready,
    "stopping": stopping,
    "overloaded": full,
    "store-failed": broken(StoreError("the database failed")),
    "store-full": broken(StoreFullError("there is no room left")),
}


def test_every_problem_of_the_table_is_provoked() -> None:
    assert set(PROVOKED) == set(PROBLEMS)


@pytest.mark.parametrize("name", list(PROVOKED))
def test_a_problem_is_told_as_the_table_says(hub: RunningHub, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    status, headers, said = PROVOKED[name](hub, monkeypatch)
    assert said["type"] == type_of(name), said
    assert status == said["status"] == PROBLEMS[name].status
    assert said["title"] == PROBLEMS[name].title and said["detail"]
    assert headers["content-type"] == MEDIA_TYPE
    assert ("www-authenticate" in headers) == (status == 401)
    assert ("allow" in headers) == (status == 405)
    assert ("retry-after" in headers) == (status == 429 or name in ("stopping", "overloaded", "store-failed"))


@pytest.mark.parametrize(
    ("path", "body", "where"),
    [
        ("/v1/alerts", alert(status="Actuall"), "alert.status"),
        ("/v1/alerts", {"alert": {}, "audience": {"areas": "KE"}}, "audience.areas"),
        ("/v1/alerts", {"alert": {}, "audience": {"everyone": "yes"}}, "audience.everyone"),
        ("/v1/alerts", {"alert": [], "audience": {}}, "alert"),
        ("/v1/alerts", [], "body"),
        ("/v1/enrolment-codes", {"languages": ["english!"]}, "languages[0]"),
        ("/v1/enrolment-codes", {"valid_seconds": "3600"}, "valid_seconds"),
    ],
)
def test_a_violation_says_where(hub: RunningHub, path: str, body: Any, where: str) -> None:
    status, _, said = ask(hub, "POST", path, json=body)
    assert status == 422
    assert where in [violation["path"] for violation in said["violations"]]


def test_xml_is_told_the_line(hub: RunningHub) -> None:
    body = b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">\n<identifier>a</identifier>\n<status>Nope</status>\n</alert>'
    status, _, said = xml(hub, body, "?everyone=true")
    assert status == 422
    assert {"path": "status", "line": 3} in [
        {k: v for k, v in one.items() if k != "problem"} for one in said["violations"]
    ]


def test_a_doctype_is_refused(hub: RunningHub) -> None:
    status, _, said = xml(hub, b'<!DOCTYPE alert [<!ENTITY a "b">]><alert>&a;</alert>', "?everyone=true")
    assert status == 422 and "DOCTYPE" in said["detail"]


@pytest.mark.parametrize("method", ["GET", "POST", "FOO", "TRACE", "OPTIONS"])
@pytest.mark.parametrize(
    "path", ["/v1", "/v1/", "/v1/alerts/", "/v1/alerts/a/b/c", "/favicon.ico", "/v1/alerts/%ff%fe"]
)
def test_no_page_of_tornados_is_ever_answered(hub: RunningHub, method: str, path: str) -> None:
    response = hub.ask(method, path)
    assert response.status_code in (400, 404, 405)
    assert response.headers["Content-Type"] == MEDIA_TYPE and response.json()["type"]


def test_every_refusal_of_the_store_has_its_problem() -> None:
    for kind, (name, _) in ERRORS.items():
        assert name in PROBLEMS, kind
    assert problem_of(StoreFullError("full")) is not None
    assert document("internal")["status"] == 500


def test_an_unexpected_failure_can_be_found_in_the_log(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(Hub, "areas", failing(ZeroDivisionError("a bug")))
    _, _, said = ask(hub, "GET", "/v1/areas")
    assert said["instance"].startswith("urn:uuid:") and said["instance"] in caplog.text
    assert "ZeroDivisionError" in caplog.text and "ZeroDivisionError" not in json.dumps(said)


def test_a_hub_whose_devices_are_too_many_says_so(hub: RunningHub, tmp_path: Any) -> None:
    from server.settings import Limits

    with running_hub(tmp_path, limits=Limits(device_connections_max=1, connects_per_second=0.001)) as busy:
        upgrade(busy, {})
        status, headers, said = upgrade(busy, {})
    assert (status, said["type"]) == (503, type_of("overloaded")) and int(headers["retry-after"]) > 0
