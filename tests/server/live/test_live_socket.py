"""`/v1/live` on a real hub: who is let in, what comes, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import websocket

from server.hub import Role
from server.live.live_socket import MESSAGES_MAX, SIGNED_OUT, SUBPROTOCOL, Wish, read_wish
from tests.server.api.test_answers import answer, publish
from tests.server.api.test_progress import acknowledge
from tests.support.hub import PATIENCE_S, RunningHub, running_hub
from tests.support.people import signed_in
from tests.support.questions import ONE_OF


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-1", "Mombasa"), ("UG", "Uganda")]))
        yield running


@contextmanager
def page(hub: RunningHub, token: str, **options: Any) -> Iterator[websocket.WebSocket]:
    address = hub.address.replace("http", "ws") + "/v1/live"
    options.setdefault("subprotocols", ["tocsin.live.v1", f"key.{token}"])
    socket = websocket.create_connection(address, timeout=PATIENCE_S, **options)
    try:
        yield socket
    finally:
        socket.close()


def said(socket: websocket.WebSocket) -> dict[str, Any]:
    """The next message that is no beat."""
    while True:
        message: dict[str, Any] = json.loads(socket.recv())
        if message["type"] != "beat":
            return message


def ended(socket: websocket.WebSocket) -> int:
    """The code with which the hub closes; what comes before is passed over."""
    while True:
        opcode, data = socket.recv_data()
        if opcode == websocket.ABNF.OPCODE_CLOSE:
            return int.from_bytes(data[:2], "big")


# -- who is let in ----------------------------------------------------------------------------------------------------


def refused(hub: RunningHub, token: str, **options: Any) -> tuple[int, str]:
    with pytest.raises(websocket.WebSocketBadStatusException) as error, page(hub, token, **options):
        pass
    return error.value.status_code, json.loads(error.value.resp_body or b"")["type"].partition("#")[2]


def test_a_viewer_is_let_in_by_either_way_to_say_a_token(hub: RunningHub) -> None:
    viewer = hub.tokens[Role.VIEWER]
    with page(hub, viewer) as socket:
        assert socket.subprotocol == "tocsin.live.v1"
    with page(hub, "", subprotocols=["tocsin.live.v1"], header=[f"Authorization: Bearer {viewer}"]):
        pass


def test_others_are_not(hub: RunningHub) -> None:
    device, device_token = hub.enrol()
    assert refused(hub, device_token) == (403, "forbidden")
    hub.do(hub.hub.revoke_device(device))
    assert refused(hub, device_token) == (401, "credential-revoked")
    assert refused(hub, "unknown") == (401, "unauthorized")
    assert refused(hub, "", subprotocols=["tocsin.live.v1"]) == (401, "unauthorized")
    assert refused(hub, "", subprotocols=["tocsin.v1"])[1] == "subprotocol-missing"


def test_a_page_from_elsewhere_is_refused(hub: RunningHub) -> None:
    with (
        pytest.raises(websocket.WebSocketBadStatusException) as error,
        page(hub, hub.tokens[Role.VIEWER], origin="https://elsewhere.example"),
    ):
        pass
    assert error.value.status_code == 403


def test_who_signed_in_is_let_in_from_the_hubs_own_page_alone(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "at-the-live-page")
    cookie = f"tocsin_session={somebody.browser.cookies['tocsin_session']}"
    address = f"ws{hub.address.removeprefix('http')}/v1/live"

    def opened(**options: Any) -> websocket.WebSocket:
        return websocket.create_connection(
            address, timeout=PATIENCE_S, subprotocols=[SUBPROTOCOL], cookie=cookie, **options
        )

    for other in ({"origin": "https://elsewhere.example"}, {"suppress_origin": True}, {"origin": "null"}):
        with pytest.raises(websocket.WebSocketBadStatusException) as error:
            opened(**other)
        assert error.value.status_code == 403
    socket = opened(origin=hub.address)
    socket.send('{"watch": "situation"}')
    assert said(socket)
    assert somebody.ask("DELETE", "/v1/session").status_code == 204
    assert ended(socket) == SIGNED_OUT
    socket.close()
    with pytest.raises(websocket.WebSocketBadStatusException) as error:
        opened(origin=hub.address)
    assert error.value.status_code == 401


def test_a_token_in_the_address_is_refused(hub: RunningHub) -> None:
    response = hub.ask("GET", "/v1/live?token=x", role=None, headers={"Connection": "Upgrade", "Upgrade": "websocket"})
    assert response.json()["type"] == "/v1/docs#credential-in-address"
    assert hub.ask("GET", "/v1/live").status_code == 426


# -- what comes -------------------------------------------------------------------------------------------------------


def test_an_alert_whole_and_then_what_changes(hub: RunningHub) -> None:
    made = publish(hub, ONE_OF)
    device, _ = hub.enrol(areas=("KE-1",), name="<b>Amina</b>")
    with page(hub, hub.tokens[Role.VIEWER]) as socket:
        socket.send(json.dumps({"watch": {"alert": made["number"]}}))
        whole = said(socket)
        assert whole["type"] == "snapshot" and whole["subject"] == {"alert": made["number"]}
        assert whole["progress"]["identifier"] == made["identifier"] and whole["answers"]["tally"]["count"] == 0
        acknowledge(hub, device, made["number"], made["epoch"])
        change = said(socket)
        assert change["type"] == "change" and change["counts"]["acknowledged"] == 1
        assert change["counts"] == hub.ask("GET", f"/v1/alerts/{made['number']}/delivery").json()["counts"]
        assert [row["area"] for row in change["areas"]] == ["KE", "KE-1"]
        assert [(act["name"], act["did"]) for act in change["latest"]] == [("<b>Amina</b>", "acknowledged")]
        answer(hub, "KE-1", made, 2)
        while "answers" not in change or not change["answers"]["tally"]["count"]:
            change = said(socket)
        assert change["answers"]["tally"]["choices"] == [0, 0, 1]


def test_the_situation_and_what_comes_into_force(hub: RunningHub) -> None:
    token = hub.do(hub.hub.make_token(Role.VIEWER, "district", ("KE-1",)))
    with page(hub, token) as socket:
        socket.send(json.dumps({"watch": "situation"}))
        whole = said(socket)
        assert whole["subject"] == "situation" and [row["area"] for row in whole["areas"]] == ["KE-1"]
        number = publish(hub, None)["number"]
        change = said(socket)
        while not change["alerts"]:
            change = said(socket)
        assert number in [row["number"] for row in change["alerts"]]
        hub.ask("POST", f"/v1/alerts/{number}/cancel", json={})
        while number not in change["alerts_gone"]:
            change = said(socket)


def test_what_is_not_there_is_said_and_the_connection_stays(hub: RunningHub) -> None:
    with page(hub, hub.tokens[Role.VIEWER]) as socket:
        socket.send(json.dumps({"watch": {"alert": "none-such"}}))
        assert said(socket)["problem"]["type"] == "/v1/docs#unknown-alert"
        socket.send(json.dumps({"watch": "situation"}))
        assert said(socket)["type"] == "snapshot"


# -- how it ends ------------------------------------------------------------------------------------------------------


def test_it_ends_with_the_token(hub: RunningHub) -> None:
    token = hub.do(hub.hub.make_token(Role.VIEWER, "soon gone"))
    with page(hub, token) as socket:
        socket.send(json.dumps({"watch": "situation"}))
        said(socket)
        hub.do(hub.hub.revoke_token("soon gone"))
        assert ended(socket) == SIGNED_OUT


@pytest.mark.parametrize("message", ["", "[]", '{"watch": "everything"}', '{"watch": {"alert": true}}'])
def test_what_is_no_wish_ends_it(hub: RunningHub, message: str) -> None:
    with page(hub, hub.tokens[Role.VIEWER]) as socket:
        socket.send(message)
        assert ended(socket) == 1008


def test_too_much_ends_it(hub: RunningHub) -> None:
    with page(hub, hub.tokens[Role.VIEWER]) as socket:
        socket.send("x" * 5000)
        assert ended(socket) in (1009, 1006, 1002)
    with page(hub, hub.tokens[Role.VIEWER]) as socket:
        for _ in range(MESSAGES_MAX + 1):
            socket.send(json.dumps({"watch": {"alert": "none-such"}}))
        assert ended(socket) == 1008


@pytest.mark.parametrize(
    ("message", "wish"),
    [
        ('{"watch": "situation"}', Wish(None)),
        ('{"watch": {"alert": 12}}', Wish("12")),
        ('{"watch": {"alert": "a"}}', Wish("a")),
    ],
)
def test_wishes(message: str, wish: Wish) -> None:
    assert read_wish(message) == wish
