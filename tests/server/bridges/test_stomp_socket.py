"""STOMP on a real hub: who is let in, what a subscription gets and from where on, what is cut, and how it ends."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import websocket

from alerts.cap.from_xml import from_xml
from server.bridges import streams
from server.bridges.stomp import Frame, encode
from server.hub import Role
from server.settings import Limits
from tests.server.api.test_problems import alert
from tests.server.api.test_stream import follow_up, publish
from tests.support.hub import PLENTY, RunningHub, running_hub
from tests.support.stomp_client import StompClient, stomp
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub")) as running:
        yield running


@pytest.fixture
def viewer(hub: RunningHub) -> str:
    return hub.tokens[Role.VIEWER]


# -- who is let in ----------------------------------------------------------------------------------------------------


def test_the_token_is_the_passcode_or_stands_in_the_upgrade(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        assert client.socket.subprotocol == "v12.stomp"
    with stomp(hub, None, header=[f"Authorization: Bearer {viewer}"], subprotocols=None) as client:
        assert client.socket.subprotocol is None
        client.request("BEGIN", {"transaction": "1"})


@pytest.mark.parametrize("who", ["nobody", "unknown", "device", "revoked"])
def test_others_are_told_why_not(hub: RunningHub, who: str) -> None:
    device, device_token = hub.enrol()
    if who == "revoked":
        hub.do(hub.hub.revoke_device(device))
    token = {"nobody": "", "unknown": "unknown"}.get(who, device_token)
    wanted = {"device": "forbidden", "revoked": "credential-revoked"}.get(who, "unauthorized")
    with stomp(hub, None, connect=False) as client:
        client.send("CONNECT", {"accept-version": "1.2"} | ({"passcode": token} if token else {}))
        error = client.error()
        assert error.headers["problem"] == wanted
        assert json.loads(error.body)["type"] == f"/v1/docs#{wanted}"
    if token:
        with pytest.raises(websocket.WebSocketBadStatusException) as refused:
            stomp(hub, None, header=[f"Authorization: Bearer {token}"]).__enter__()
        assert refused.value.status_code == (403 if who == "device" else 401)


@pytest.mark.parametrize(
    ("options", "status"),
    [
        ({"subprotocols": ["v11.stomp"]}, 400),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"header": ["Authorization: Basic x"]}, 401),
    ],
)
def test_an_upgrade_that_cannot_be_is_refused(hub: RunningHub, options: dict[str, Any], status: int) -> None:
    with pytest.raises(websocket.WebSocketBadStatusException) as refused:
        stomp(hub, None, **options).__enter__()
    assert refused.value.status_code == status


def test_without_an_upgrade_or_with_a_token_in_the_address_it_is_a_problem(hub: RunningHub) -> None:
    assert hub.ask("GET", "/stomp").json()["type"] == "/v1/docs#upgrade-required"
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket"}
    assert hub.ask("GET", "/stomp?token=x", headers=upgrade).json()["type"] == "/v1/docs#credential-in-address"
    assert hub.ask("GET", "/stomp?x=1", headers=upgrade).json()["type"] == "/v1/docs#unknown-parameter"


def test_who_does_not_connect_in_time_is_cut(tmp_path: Path) -> None:
    limits = PLENTY.model_copy(update={"header_seconds": 0.2})
    with running_hub(tmp_path, limits=limits) as hub, stomp(hub, None, connect=False) as client:
        assert client.error().headers["problem"] == "request-timeout"


def test_there_are_so_many_connections_and_no_more(tmp_path: Path) -> None:
    limits = PLENTY.model_copy(update={"streams_max": 2, "streams_per_token_max": 1})
    with running_hub(tmp_path, limits=limits) as hub, stomp(hub, hub.tokens[Role.VIEWER]):
        with stomp(hub, None, connect=False) as client:
            client.send("CONNECT", {"accept-version": "1.2", "passcode": hub.tokens[Role.VIEWER]})
            assert client.error().headers["problem"] == "rate-limited"
        wait_until(lambda: len(hub.process._stomp.sockets) == 1, "the hub has noticed")
        with stomp(hub, None, connect=False), pytest.raises(websocket.WebSocketBadStatusException) as refused:
            stomp(hub, None, connect=False).__enter__()
        assert refused.value.status_code == 503


# -- frames -----------------------------------------------------------------------------------------------------------


def test_frames_may_come_in_pieces_as_text_or_binary(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        frame = encode(Frame("SUBSCRIBE", {"id": "s", "destination": "/alerts", "receipt": "r"}))
        for at in range(0, len(frame), 7):
            client.raw(frame[at : at + 7], binary=at % 2 == 0)
        assert client.expect("RECEIPT").headers["receipt-id"] == "r"
        client.raw(b"\n\r\n" + encode(Frame("BEGIN", {"transaction": "a", "receipt": "1"})) + b"\n\n")
        assert client.expect("RECEIPT").headers["receipt-id"] == "1"


def test_what_is_malformed_ends_the_connection(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.raw(b"SEND\ndestination:/alerts\na:\\t\n\n\0")
        error = client.error()
        assert (error.headers["problem"], error.headers["content-type"]) == ("bad-request", "application/problem+json")


def test_a_message_that_is_too_large_ends_the_connection(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.raw(b"SEND\ndestination:/alerts\n\n" + (hub.process.settings.limits.body_bytes_max + 100_000) * b"x")
        with pytest.raises((websocket.WebSocketException, OSError, AssertionError)):
            client.expect("RECEIPT")


def test_a_farewell_is_receipted(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.request("DISCONNECT")
        assert client.frame() is None


# -- subscriptions ----------------------------------------------------------------------------------------------------


def test_a_message_carries_the_alert_and_where_it_stands(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.subscribe("/alerts", "json")
        client.subscribe("/alerts", "xml", accept="application/cap+xml")
        position = publish(hub, "m-1")
        found = {frame.headers["subscription"]: frame for frame in client.messages(2)}
    assert json.loads(found["json"].body) == hub.ask("GET", "/v1/alerts/m-1").json()
    assert from_xml(found["xml"].body).alert.identifier == "m-1"
    number = position.partition("-")[2]
    assert found["json"].headers == {
        "subscription": "json",
        "destination": "/alerts",
        "message-id": position,
        "content-type": "application/json",
        "content-length": str(len(found["json"].body)),
        "number": number,
        "identifier": "m-1",
        "sender": "moh.example",
        "msgType": "Alert",
        "severity": "Severe",
    }
    assert found["xml"].headers["content-type"] == "application/cap+xml"


def test_only_what_reaches_the_area_and_the_token_comes(hub: RunningHub, viewer: str) -> None:
    bound = hub.do(hub.hub.make_token(Role.VIEWER, "nairobi", ("KE-047",)))
    with stomp(hub, viewer) as free, stomp(hub, bound) as nairobi:
        free.subscribe("/alerts/area/KE-030")
        nairobi.subscribe("/alerts")
        for name, audience in (("a-047", {"areas": ["KE-047"]}), ("a-030", {"areas": ["KE-030"]}), ("a-all", None)):
            publish(hub, name, audience)
        assert free.names(2) == ["a-030", "a-all"]
        assert nairobi.names(2) == ["a-047", "a-all"]


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({"destination": "/queue/a"}, "not-found"),
        ({"destination": "/alerts/area/"}, "not-found"),
        ({"destination": "/alerts/area/a b"}, "not-found"),
        ({"destination": "/alerts", "after": "x"}, "parameter-invalid"),
        ({"destination": "/alerts", "accept": "text/html"}, "not-acceptable"),
        ({"destination": "/alerts", "durable": ""}, "bad-request"),
        ({"destination": "/alerts", "durable": 129 * "x"}, "bad-request"),
    ],
)
def test_a_subscription_that_cannot_be_is_refused(
    hub: RunningHub, viewer: str, headers: dict[str, str], problem: str
) -> None:
    with stomp(hub, viewer) as client:
        client.send("SUBSCRIBE", {"id": "s", "receipt": "r", **headers})
        error = client.error()
        assert (error.headers["problem"], error.headers["receipt-id"]) == (problem, "r")


def test_a_subscription_goes_on_behind_a_message(hub: RunningHub, viewer: str) -> None:
    first = publish(hub, "g-1")
    publish(hub, "g-2")
    with stomp(hub, viewer) as client:
        client.subscribe(after=first)
        assert client.names(1) == ["g-2"]


def test_what_is_in_force_can_be_had_first(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        for name in ("f-1", "f-2", "f-3"):
            publish(hub, name)
        follow_up(hub, "cancel", "f-2", "f-4")
        with stomp(hub, hub.tokens[Role.VIEWER]) as client:
            client.subscribe(**{"in-force": "true"})
            assert client.names(2) == ["f-1", "f-3"]
            publish(hub, "f-5")
            assert client.names(1) == ["f-5"]
        with stomp(hub, hub.tokens[Role.VIEWER]) as client:
            client.subscribe(after="7-1")
            found = client.messages(3)
            assert [frame.headers["identifier"] for frame in found] == ["f-1", "f-3", "f-5"]
            assert all(frame.headers["resync"] == "true" for frame in found)
            publish(hub, "f-6")
            assert "resync" not in client.messages(1)[0].headers


def test_no_more_is_sent_than_the_window_until_it_is_acknowledged(hub: RunningHub, viewer: str) -> None:
    start = publish(hub, "w-0")
    for number in range(1, 6):
        publish(hub, f"w-{number}")
    with stomp(hub, viewer) as client:
        client.subscribe(ack="client", after=start, **{"prefetch-count": "2"})
        found = client.messages(2)
        client.request("BEGIN", {"transaction": "t"})  # its receipt is the next frame: no third message came before
        client.send("ACK", {"id": found[-1].headers["ack"]})
        assert client.names(2) == ["w-3", "w-4"]


def test_what_is_refused_comes_again_and_is_given_up(
    hub: RunningHub, viewer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = hub.process._stomp.bounds
    monkeypatch.setattr(hub.process._stomp, "bounds", type(bounds)(tries_max=2, again_after_s=0.05))
    with stomp(hub, viewer) as client:
        client.subscribe(ack="client-individual")
        publish(hub, "n-1")
        (first,) = client.messages(1)
        client.send("NACK", {"id": first.headers["ack"]})
        (again,) = client.messages(1)
        assert (again.headers["identifier"], again.headers["redelivered"], again.headers["delivery"]) == (
            "n-1",
            "true",
            "2",
        )
        assert again.body == first.body
        client.request("NACK", {"id": again.headers["ack"]})
        publish(hub, "n-2")
        assert client.names(1) == ["n-2"]
    assert 'reason="stomp message given up"} 1.0' in hub.ask("GET", "/metrics").text


def test_after_the_end_of_a_subscription_nothing_comes(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.subscribe()
        client.request("UNSUBSCRIBE", {"id": "s"})
        publish(hub, "late")
        client.subscribe(id="again")
        publish(hub, "later")
        assert client.names(1) == ["later"]


def test_events_are_a_destination_too(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.subscribe("/events", ack="client-individual")
        publish(hub, "e-1")
        (frame,) = client.messages(1)
        assert (frame.headers["kind"], json.loads(frame.body)["members"]["identifier"]) == ("alert.published", "e-1")
        client.request("ACK", {"id": frame.headers["ack"]})


# -- durable ----------------------------------------------------------------------------------------------------------


def _durable(client: StompClient, mode: str = "client-individual", **more: str) -> None:
    client.subscribe(durable="desk", ack=mode, **more)


def test_a_durable_subscription_goes_on_where_it_was_also_over_a_restart(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        viewer = hub.tokens[Role.VIEWER]
        publish(hub, "d-0")
        with stomp(hub, viewer) as client:
            _durable(client)
            for name in ("d-1", "d-2", "d-3"):
                publish(hub, name)
            found = client.messages(3)
            client.request("ACK", {"id": found[0].headers["ack"]})
            client.request("ACK", {"id": found[2].headers["ack"]})
        publish(hub, "d-4")
        with stomp(hub, viewer) as client:
            _durable(client)
            assert client.names(2) == ["d-2", "d-4"], "what was not acknowledged, and what is new"
    with running_hub(tmp_path, make_tokens=False) as hub:
        hub.tokens[Role.ADMINISTRATOR] = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "after"))
        with stomp(hub, viewer) as client:
            _durable(client, "client")
            found = client.messages(2)
            assert [frame.headers["identifier"] for frame in found] == ["d-2", "d-4"]
            client.request("ACK", {"id": found[1].headers["ack"]})
            publish(hub, "d-5")
            assert client.names(1) == ["d-5"]
            client.request("UNSUBSCRIBE", {"id": "s", "forget": "true"})
            _durable(client)
            publish(hub, "d-6")
            assert client.names(1) == ["d-6"], "it begins anew"


def test_what_is_not_acknowledged_one_by_one_counts_as_it_is_written(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client:
        client.subscribe(durable="auto", **{"in-force": "true"})
        publish(hub, "u-1")
        while client.names(1) != ["u-1"]:
            pass
        client.request("BEGIN", {"transaction": "t"})
    rows = "select settled, cursor from durable where name = 'auto'"
    head = hub.hub.log.head
    wait_until(lambda: hub.do(_sql(hub, rows)) == [("[]", head)], "it is written")
    publish(hub, "u-2")
    with stomp(hub, viewer) as client:
        client.subscribe(durable="auto", **{"in-force": "true"})
        assert client.names(1) == ["u-2"]


async def _sql(hub: RunningHub, sql: str) -> list[tuple[object, ...]]:
    return await hub.hub.read(lambda db: list(db.execute_sql(sql)))  # type: ignore[no-untyped-call]


def test_the_newest_connection_reads_a_durable_subscription(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as old, stomp(hub, viewer) as new:
        old.subscribe(durable="one")
        new.subscribe(durable="one")
        assert "newer connection" in old.error().headers["message"]
        publish(hub, "o-1")
        assert new.names(1) == ["o-1"]


def test_a_durable_name_belongs_to_one_destination_and_token(hub: RunningHub, viewer: str) -> None:
    with stomp(hub, viewer) as client, stomp(hub, hub.tokens[Role.ADMINISTRATOR]) as other:
        client.subscribe(durable="two")
        client.request("UNSUBSCRIBE", {"id": "s"})
        other.subscribe("/events", durable="two")
        client.send("SUBSCRIBE", {"id": "t", "destination": "/events", "durable": "two"})
        assert "is of /alerts" in client.error().headers["message"]


# -- the end ----------------------------------------------------------------------------------------------------------


def test_a_token_that_is_revoked_is_sent_nothing_more(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECHECKED_AFTER_S", 0.0)
    secret = hub.do(hub.hub.make_token(Role.VIEWER, "soon revoked"))
    with stomp(hub, secret) as client:
        client.subscribe()
        hub.do(hub.hub.revoke_token("soon revoked"))
        publish(hub, "after-the-end")
        assert client.error().headers["problem"] == "unauthorized"


def test_a_reader_that_takes_nothing_is_cut(tmp_path: Path) -> None:
    limits = PLENTY.model_copy(update={"stream_write_seconds": 0.2})
    small = [(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)]
    with running_hub(tmp_path, limits=limits) as hub, stomp(hub, hub.tokens[Role.VIEWER], sockopt=small) as client:
        client.subscribe()
        info = alert()["alert"]["info"]
        info[0]["description"] = 300_000 * "x"
        for number in range(30):
            publish(hub, f"large-{number}", info=info)
        wait_until(lambda: 'reason="slow stomp"} 1.0' in hub.ask("GET", "/metrics").text, "the slow reader was cut")
        wait_until(lambda: not hub.process._stomp.sockets, "it has gone")


def test_heart_beats_go_both_ways(hub: RunningHub, viewer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    bounds = hub.process._stomp.bounds
    monkeypatch.setattr(hub.process._stomp, "bounds", type(bounds)(beat_s=0.05))
    with stomp(hub, None, connect=False) as client:
        client.send("CONNECT", {"accept-version": "1.2", "passcode": viewer, "heart-beat": "0,1"})
        assert client.expect("CONNECTED").headers["heart-beat"] == "50,50"
        assert client.socket.recv() == "\n"
    with stomp(hub, None, connect=False) as client:
        client.send("CONNECT", {"accept-version": "1.2", "passcode": viewer, "heart-beat": "1,0"})
        client.expect("CONNECTED")
        assert client.error().headers["problem"] == "request-timeout"


def test_a_hub_that_stops_closes_its_connections(tmp_path: Path) -> None:
    with running_hub(tmp_path, limits=Limits(stop_seconds=60)) as hub, stomp(hub, hub.tokens[Role.VIEWER]) as client:
        client.subscribe()
        hub.do(_stop(hub))
        assert client.frame() is None


async def _stop(hub: RunningHub) -> None:
    await hub.process.stop()
