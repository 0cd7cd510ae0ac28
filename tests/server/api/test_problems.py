"""Every problem of the table is provoked on a real hub, and nothing else than the table's problems is ever answered."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from alerts.dictionary.shipped import shipped
from alerts.errors import StoreError, StoreFullError
from server.api.problems import ERRORS, MEDIA_TYPE, PROBLEMS, document, problem_of, type_of
from server.hub import Hub, Role
from tests.support.cap_alerts import example
from tests.support.hub import PATIENCE_S, RunningHub, running_hub

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
    "origin-refused": lambda hub, _: publish(hub, alert(), headers={"Origin": "https://elsewhere.example"}),
    "enrolment-code-invalid": lambda hub, _: ask(
        hub, "POST", "/v1/enrolments", role=None, json={"code": "AAAAA-AAAAA"}
    ),
    "not-found": lambda hub, _: ask(hub, "GET", "/v2/alerts"),
    "unknown-alert": lambda hub, _: ask(hub, "GET", "/v1/alerts/none-such"),
    "unknown-device": lambda hub, _: ask(hub, "GET", "/v1/devices/none-such"),
    "unknown-dictionary": lambda hub, _: ask(hub, "GET", "/v1/dictionaries/000000000000"),
    "method-not-allowed": lambda hub, _: ask(hub, "PUT", "/v1/alerts", json={}),
    "not-acceptable": lambda hub, _: ask(
        hub, "GET", f"/v1/alerts/{publish(hub, alert())[2]['identifier']}", headers={"Accept": "image/png"}
    ),
    "request-timeout": slow_body,
    "duplicate-alert": duplicate,
    "already-replaced": replaced,
    "too-many-in-force": crowded,
    "idempotency-conflict": conflict,
    "length-required": lambda hub, _: raw(
        hub, head("POST", "/v1/alerts", more="Connection: close", token=hub.tokens[Role.ADMIN])
    ),
    "content-too-large": lambda hub, _: publish(hub, alert(note="x" * 2_000_000)),
    "unsupported-media-type": lambda hub, _: xml(hub, b"a: 1", kind="application/yaml"),
    "range-not-satisfiable": lambda hub, _: ask(
        hub, "GET", f"/v1/dictionaries/{shipped().address.hex()}", headers={"Range": "bytes=99999999-"}
    ),
    "alert-invalid": lambda hub, _: publish(hub, alert(status="Actuall")),
    "content-invalid": lambda hub, _: publish(hub, {"alert": {}, "audiences": {}}),
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
    "path", ["/", "/v1", "/v1/", "/v1/alerts/", "/v1/alerts/a/b/c", "/favicon.ico", "/v1/alerts/%ff%fe"]
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
