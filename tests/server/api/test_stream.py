"""`/v1/alerts/stream` on a real hub: what comes, from where on, for whom, and how it ends."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any

import pytest
import requests

from server.api import stream as stream_module
from server.bridges import streams
from server.hub import Role
from server.settings import Limits
from tests.server.api.test_problems import alert
from tests.support.hub import PLENTY, RunningHub, running_hub
from tests.support.sse_client import following, named
from tests.support.waiting import wait_until

EVERYONE = {"everyone": True}


def publish(hub: RunningHub, identifier: str, audience: dict[str, Any] | None = None, **changes: Any) -> str:
    """Its position."""
    body = alert(**changes)
    body["alert"]["identifier"] = identifier
    said = hub.ask("POST", "/v1/alerts", json=body | {"audience": audience or EVERYONE})
    assert said.status_code == 201, said.text
    return f"{said.json()['epoch']}-{said.json()['number']}"


def follow_up(hub: RunningHub, kind: str, identifier: str, new: str) -> None:
    body = {"alert": {"identifier": new}}
    if kind == "update":
        body["alert"]["info"] = alert()["alert"]["info"]
    said = hub.ask("POST", f"/v1/alerts/{identifier}/{kind}", json=body)
    assert said.status_code == 201, said.text


@pytest.fixture
def viewer(hub: RunningHub) -> str:
    return hub.tokens[Role.VIEWER]


def test_alerts_come_as_they_are_published_by_what_they_are(hub: RunningHub, viewer: str) -> None:
    with following(hub, token=viewer) as stream:
        assert stream.response.headers["Content-Type"] == "text/event-stream"
        assert stream.response.headers["Cache-Control"] == "no-store"
        assert [event.event for event in stream.take()] == ["position"]
        position = publish(hub, "s-1")
        (event,) = stream.take()
        assert event.id == position
        fetched = hub.ask("GET", "/v1/alerts/s-1").json()
        assert event.json() == fetched
        follow_up(hub, "update", "s-1", "s-2")
        follow_up(hub, "cancel", "s-2", "s-3")
        assert stream.names(2) == ["update s-2", "cancel s-3"]


def test_who_comes_back_gets_what_was_missed_once(hub: RunningHub, viewer: str) -> None:
    with following(hub, token=viewer) as stream:
        begun = stream.take()[0].id
        first = publish(hub, "b-1")
        assert stream.names(1) == ["b-1"]
    publish(hub, "b-2")
    for last, missed in ((first, ["b-2"]), (begun, ["b-1", "b-2"])):
        with following(hub, token=viewer, last=last) as stream:
            assert stream.names(len(missed)) == missed
        with following(hub, token=viewer, after=last) as stream:
            assert stream.names(len(missed)) == missed
    with following(hub, token=viewer, after=int(first.partition("-")[2])) as stream:
        assert stream.names(1) == ["b-2"]
    with following(hub, token=viewer, last=first, after=begun, in_force="true") as stream:
        assert stream.names(1) == ["b-2"], "the header goes before what stands in the address"


def test_what_is_in_force_can_be_had_first(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        viewer = hub.tokens[Role.VIEWER]
        for name in ("f-1", "f-2", "f-3"):
            publish(hub, name)
        follow_up(hub, "cancel", "f-2", "f-4")
        with following(hub, token=viewer, in_force="true") as stream:
            assert stream.names(3) == ["f-1", "f-3", "position"]
            assert stream.position == publish(hub, "f-5").replace("-5", "-4")
            assert stream.names(1) == ["f-5"]


def test_a_position_that_the_log_does_not_have_begins_anew_with_what_is_in_force(tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"
    with running_hub(tmp_path / "hub") as hub:
        publish(hub, "r-1")
        hub.do(hub.hub.backup(copy))
        kept = publish(hub, "r-2")
        viewer = hub.tokens[Role.VIEWER]
    (tmp_path / "new").mkdir()
    copy.rename(tmp_path / "new" / "hub.sqlite")
    with running_hub(tmp_path / "new", make_tokens=False) as hub:
        publish_as = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "after"))
        hub.tokens[Role.ADMINISTRATOR] = publish_as
        assert publish(hub, "r-3").endswith("-2"), "the number is given again"
        with following(hub, token=viewer, last=kept) as stream:
            first = stream.take()[0]
            assert (first.event, first.id) == ("resync", "")
            assert json.loads(first.data)["lost"] == kept
            assert stream.names(3) == ["r-1", "r-3", "position"]
            back = stream.position
        with following(hub, token=viewer, last=back) as stream:
            publish(hub, "r-4")
            assert stream.names(1) == ["r-4"]
        with following(hub, token=viewer, after=99) as stream:
            assert stream.names(2) == ["resync", "r-1"]


def test_a_break_amid_what_is_in_force_loses_nothing(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        viewer = hub.tokens[Role.VIEWER]
        for number in range(5):
            publish(hub, f"m-{number}")
        with following(hub, token=viewer, in_force="true") as stream:
            assert stream.names(2) == ["m-0", "m-1"]
        with following(hub, token=viewer, in_force="true", last=stream.position) as stream:
            assert stream.names(3) == ["m-2", "m-3", "m-4"]


def test_only_what_is_wanted_and_may_be_seen_comes(hub: RunningHub, viewer: str) -> None:
    bound = hub.do(hub.hub.make_token(Role.VIEWER, "nairobi", ("KE-047",)))
    minor = alert()["alert"]["info"]
    minor[0]["severity"] = "Minor"
    with (
        following(hub, token=viewer) as everything,
        following(hub, token=bound) as of_nairobi,
        following(hub, token=viewer, area="KE-030", severity="Severe") as severe,
    ):
        for stream in (everything, of_nairobi, severe):
            stream.take()
        publish(hub, "w-ke", {"areas": ["KE"]}, info=minor)
        publish(hub, "w-047", {"areas": ["KE-047"]})
        publish(hub, "w-030", {"areas": ["KE-030-1"]})
        publish(hub, "w-all")
        assert everything.names(4) == ["w-ke", "w-047", "w-030", "w-all"]
        assert of_nairobi.names(3) == ["w-ke", "w-047", "w-all"]
        assert severe.names(2) == ["w-030", "w-all"]


def test_a_stream_ends_when_its_time_is_up(hub: RunningHub, viewer: str) -> None:
    with following(hub, token=viewer, **{"for": "0.2"}) as stream:
        assert [named(event) for event in stream.rest()] == ["position"]


def test_a_quiet_stream_says_that_it_lives_and_where_the_reader_stands(
    hub: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_module, "KEEPALIVE_S", 0.02)
    bound = hub.do(hub.hub.make_token(Role.VIEWER, "quiet", ("UG",)))
    headers = {"Authorization": f"Bearer {bound}"}
    with requests.get(f"{hub.address}/v1/alerts/stream", headers=headers, stream=True, timeout=60) as response:
        lines = response.iter_lines()
        while next(lines) != b":":
            pass
        position = publish(hub, "q-1", {"areas": ["KE"]})
        while (line := next(lines)) != f"id: {position}".encode():
            assert line != b"event: alert"
        assert next(lines) == b"event: position"


@pytest.mark.parametrize("last", ["", "x", "1-", "1-2-3", "-1"])
def test_an_id_that_was_never_given_is_refused(hub: RunningHub, last: str) -> None:
    said = hub.ask("GET", "/v1/alerts/stream?for=1", headers={"Last-Event-ID": last})
    assert (said.status_code, said.json()["type"]) == (400, "/v1/docs#parameter-invalid")


def test_head_has_no_body_and_does_not_wait(hub: RunningHub) -> None:
    said = hub.ask("HEAD", "/v1/alerts/stream")
    assert (said.status_code, said.headers["Content-Type"], said.content) == (200, "text/event-stream", b"")


def test_a_token_that_is_revoked_is_sent_nothing_more(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "RECHECKED_AFTER_S", 0.0)
    secret = hub.do(hub.hub.make_token(Role.VIEWER, "soon revoked"))
    with following(hub, token=secret) as stream:
        stream.take()
        hub.do(hub.hub.revoke_token("soon revoked"))
        publish(hub, "after-the-end")
        assert stream.rest() == []


def test_there_are_so_many_streams_and_no_more(tmp_path: Path) -> None:
    limits = PLENTY.model_copy(update={"streams_max": 2, "streams_per_token_max": 1})
    with running_hub(tmp_path, limits=limits) as hub:
        viewer, publisher = hub.tokens[Role.VIEWER], hub.tokens[Role.AUTHOR]
        with following(hub, token=viewer) as stream:
            stream.take()
            said = hub.ask("GET", "/v1/alerts/stream", token=viewer)
            assert (said.status_code, said.headers["Retry-After"]) == (429, "30")
            assert "streams_per_token_max" in said.json()["detail"]
            with following(hub, token=publisher) as other:
                other.take()
                assert hub.ask("GET", "/v1/events/stream").status_code == 503
                assert "tocsin_streams 2.0" in hub.ask("GET", "/metrics").text
        wait_until(lambda: "tocsin_streams 0.0" in hub.ask("GET", "/metrics").text, "both have left")


def test_a_reader_that_takes_nothing_is_cut(tmp_path: Path) -> None:
    limits = PLENTY.model_copy(update={"stream_write_seconds": 0.2})
    with running_hub(tmp_path, limits=limits) as hub, socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect(("127.0.0.1", hub.process.port))
        head = f"GET /v1/alerts/stream?after=0 HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {hub.tokens[Role.VIEWER]}\r\n\r\n"
        info = alert()["alert"]["info"]
        info[0]["description"] = 300_000 * "x"
        for number in range(30):
            publish(hub, f"large-{number}", info=info)
        slow.sendall(head.encode())
        wait_until(
            lambda: 'reason="slow stream"} 1.0' in hub.ask("GET", "/metrics").text, "the slow reader was cut", 60
        )


def test_a_hub_that_stops_ends_its_streams_in_order(tmp_path: Path) -> None:
    with (
        running_hub(tmp_path, limits=Limits(stop_seconds=60)) as hub,
        following(hub, token=hub.tokens[Role.VIEWER]) as stream,
    ):
        stream.take()
        hub.do(_stop(hub))
        assert stream.rest() == [], "the response is complete"


async def _stop(hub: RunningHub) -> None:
    await hub.process.stop()
