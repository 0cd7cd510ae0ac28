"""`/v1/events`: what has happened, as a list and as a stream."""

from __future__ import annotations

import pytest

from server.hub import Role
from tests.server.api.test_stream import publish
from tests.support.hub import RunningHub
from tests.support.sse_client import following


def _kinds(hub: RunningHub, query: str) -> list[str]:
    said = hub.ask("GET", f"/v1/events{query}", role=Role.VIEWER)
    assert said.status_code == 200, said.text
    return [event["kind"] for event in said.json()["events"]]


def test_events_are_listed_in_pages_and_by_what_they_are(hub: RunningHub) -> None:
    start = hub.ask("GET", "/v1/events?limit=1000").json()["position"]
    number = int(publish(hub, "e-1").partition("-")[2])
    hub.enrol(areas=("KE",))
    hub.do(hub.hub.events.look())
    assert _kinds(hub, f"?after={start}") == ["alert.published", "device.enrolled"]
    assert _kinds(hub, f"?after={start}&kind=device.enrolled&kind=device.changed") == ["device.enrolled"]
    assert _kinds(hub, f"?after={start}&alert={number}") == ["alert.published"]
    page = hub.ask("GET", f"/v1/events?after={start}&limit=1").json()
    assert page["next"] == page["position"] == start + 1
    assert page["events"][0]["members"]["identifier"] == "e-1"
    page = hub.ask("GET", f"/v1/events?after={page['next']}&limit=1").json()
    assert (len(page["events"]), page["next"], page["position"]) == (1, None, start + 2)
    assert hub.ask("GET", "/v1/events?kind=nonsense").status_code == 400


def test_events_are_followed_and_resumed(hub: RunningHub) -> None:
    viewer = hub.tokens[Role.VIEWER]
    with following(hub, "/v1/events/stream", token=viewer) as stream:
        assert [event.event for event in stream.take()] == ["position"]
        begun = stream.position
        publish(hub, "e-2")
        (event,) = stream.take()
        assert (event.event, event.json()["members"]["identifier"]) == ("alert.published", "e-2")
        assert event.id == str(event.json()["id"])
    hub.enrol()
    with following(hub, "/v1/events/stream", token=viewer, last=event.id) as stream:
        assert [event.event for event in stream.take()] == ["device.enrolled"]
    with following(hub, "/v1/events/stream", token=viewer, after=begun, kind="device.enrolled") as stream:
        assert [event.event for event in stream.take()] == ["device.enrolled"]


@pytest.mark.parametrize("last", ["99999999", "7-1"])
def test_a_number_beyond_the_end_or_of_another_log_begins_anew(hub: RunningHub, last: str) -> None:
    with following(hub, "/v1/events/stream", token=hub.tokens[Role.VIEWER], last=last) as stream:
        assert [event.event for event in stream.take(2)] == ["resync", "position"]


def test_who_is_bound_hears_of_the_own_areas(hub: RunningHub) -> None:
    bound = hub.do(hub.hub.make_token(Role.VIEWER, "uganda", ("UG",)))
    with following(hub, "/v1/events/stream", token=bound) as stream:
        stream.take()
        publish(hub, "e-ke", {"areas": ["KE"]})
        hub.enrol(areas=("KE",))
        publish(hub, "e-ug", {"areas": ["UG"]})
        assert stream.take()[0].json()["members"]["identifier"] == "e-ug"


@pytest.mark.parametrize("last", ["", "x", "1-2-3", "-1", "12345678901234567890"])
def test_an_id_that_was_never_given_is_refused(hub: RunningHub, last: str) -> None:
    said = hub.ask("GET", "/v1/events/stream?for=1", headers={"Last-Event-ID": last})
    assert (said.status_code, said.json()["type"]) == (400, "/v1/docs#parameter-invalid")
