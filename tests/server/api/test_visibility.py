"""Each reading route, asked by who is bound to an area and by who is not: what is shown to whom, as one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from server.api.operation import operations_of
from server.api.routes import ROUTES
from server.hub import Role
from tests.server.api.test_stream import publish
from tests.support.hub import RunningHub, running_hub
from tests.support.sse_client import following


@dataclass(frozen=True)
class Place:
    """A hub with an alert for each of two areas and one for all, a device in each area, and who asks."""

    hub: RunningHub
    start: str
    events_from: int
    inside: str
    outside: str
    bound: str
    free: str

    def get(self, token: str, path: str) -> Any:
        said = self.hub.ask("GET", path, token=token)
        assert said.status_code == 200, said.text
        return said.json()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with running_hub(tmp_path_factory.mktemp("hub")) as hub:
        inside, outside = hub.enrol(areas=("KE-047-1",))[0], hub.enrol(areas=("KE-030",))[0]
        hub.do(hub.hub.events.look())
        start, events_from = hub.ask("GET", "/v1/alerts").json()["position"], hub.hub.events.newest
        for name, areas in (("in", ["KE-047"]), ("out", ["KE-030"])):
            publish(hub, name, {"areas": areas})
        publish(hub, "all")
        hub.do(hub.hub.events.look())
        bound = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "bound", ("KE-047",)))
        yield Place(hub, start, events_from, inside, outside, bound, hub.tokens[Role.ADMINISTRATOR])


def _names(listed: dict[str, Any]) -> set[str]:
    return {one["identifier"] for one in listed["alerts"]}


def _streamed(place: Place, token: str, path: str) -> set[str]:
    after = place.start if "alerts" in path else place.events_from
    with following(place.hub, path, token=token, after=after, **{"for": "1"}) as stream:
        said = [event.json() for event in stream.rest()]
    return {one.get("identifier") or one["members"]["identifier"] for one in said if "position" not in one}


Shown = Callable[[Place, str], set[str]]

READS: dict[str, tuple[Shown, set[str], set[str]]] = {
    "/v1/alerts": (lambda place, token: _names(place.get(token, "/v1/alerts")), {"in", "all"}, {"out"}),
    "/v1/alerts/{identifier}": (
        lambda place, token: {
            name for name in ("in", "out", "all") if place.hub.ask("GET", f"/v1/alerts/{name}", token=token).ok
        },
        {"in", "all"},
        {"out"},
    ),
    "/v1/alerts/{identifier}/delivery": (
        lambda place, token: {one["device"] for one in place.get(token, "/v1/alerts/all/delivery")["devices"]},
        {"inside"},
        {"outside"},
    ),
    "/v1/alerts/{identifier}/progress": (
        lambda place, token: {
            {"KE-047-1": "inside", "KE-030": "outside"}[one["area"]]
            for one in place.get(token, "/v1/alerts/all/progress")["areas"]
            if one["area"] in ("KE-047-1", "KE-030")
        },
        {"inside"},
        {"outside"},
    ),
    "/v1/alerts/{identifier}/calls": (
        lambda place, token: {one["device"] for one in place.get(token, "/v1/alerts/all/calls")["calls"]},
        {"inside"},
        {"outside"},
    ),
    "/v1/alerts/stream": (lambda place, token: _streamed(place, token, "/v1/alerts/stream"), {"in", "all"}, {"out"}),
    "/v1/events": (
        lambda place, token: {
            one["members"]["identifier"] for one in place.get(token, f"/v1/events?after={place.events_from}")["events"]
        },
        {"in", "all"},
        {"out"},
    ),
    "/v1/events/stream": (lambda place, token: _streamed(place, token, "/v1/events/stream"), {"in", "all"}, {"out"}),
    "/v1/devices": (
        lambda place, token: {one["device"] for one in place.get(token, "/v1/devices")["devices"]},
        {"inside"},
        {"outside"},
    ),
    "/v1/devices/{device}": (
        lambda place, token: {
            name
            for name in (place.inside, place.outside)
            if place.hub.ask("GET", f"/v1/devices/{name}", token=token).ok
        },
        {"inside"},
        {"outside"},
    ),
}
"""Route -> what it shows, what of it to everybody, and what only to who is bound to nothing."""


@pytest.mark.parametrize("route", READS)
def test_a_route_shows_what_the_credential_allows(place: Place, route: str) -> None:
    shown, to_all, to_free = READS[route]
    named = {} if route.endswith("/progress") else {"inside": place.inside, "outside": place.outside}
    assert shown(place, place.bound) == {named.get(name, name) for name in to_all}
    assert shown(place, place.free) == {named.get(name, name) for name in to_all | to_free}


def test_the_metrics_of_the_whole_hub_are_not_for_who_is_bound(place: Place) -> None:
    said = place.hub.ask("GET", "/metrics", token=place.bound)
    assert (said.status_code, said.json()["type"]) == (403, "/v1/docs#outside-areas")


CHANGES: dict[tuple[str, str], tuple[Any, int, int]] = {
    ("POST", "/v1/alerts"): ({}, 403, 201),
    ("POST", "/v1/alerts/out/cancel"): ({}, 404, 201),
    ("POST", "/v1/alerts/all/cancel"): ({}, 403, 201),
    ("POST", "/v1/enrolment-codes"): ({"areas": ["KE-030"]}, 403, 201),
    ("PATCH", "/v1/devices/{outside}"): ({"name": "moved"}, 404, 200),
    ("PATCH", "/v1/devices/{inside}"): ({"areas": ["KE-030"]}, 403, 200),
    ("DELETE", "/v1/devices/{outside}"): (None, 404, 204),
}
"""What lies outside: the body, the answer to who is bound to an area, and to who is bound to none."""


def test_nothing_is_changed_outside_the_own_areas_and_everything_by_who_has_none(place: Place) -> None:
    body = place.hub.ask("GET", "/v1/alerts/in", token=place.free).json()["alert"]
    body = {"alert": body | {"identifier": "another"}, "audience": {"everyone": True}}
    for who, at in ((place.bound, 1), (place.free, 2)):
        for (method, path), row in CHANGES.items():
            address = path.format(inside=place.inside, outside=place.outside)
            said = place.hub.ask(method, address, token=who, json=body if path == "/v1/alerts" else row[0])
            assert said.status_code == row[at], (method, path, said.text)


def test_within_the_own_areas_everything_is_allowed(place: Place) -> None:
    device = place.hub.enrol(areas=("KE-047",))[0]
    for method, path, body, status in (
        ("POST", "/v1/enrolment-codes", {"areas": ["KE-047-2"]}, 201),
        ("PATCH", f"/v1/devices/{device}", {"areas": ["KE-047-3"], "name": "post"}, 200),
        ("DELETE", f"/v1/devices/{device}", None, 204),
    ):
        said = place.hub.ask(method, path, token=place.bound, json=body)
        assert said.status_code == status, said.text
    said = place.hub.ask("POST", "/v1/enrolment-codes", token=place.bound, json={})
    assert said.status_code == 403, "a code for no area is one for a device that nobody is bound to"


OPEN_TO_ALL = {
    "/v1/areas",
    "/v1/dictionaries/{address}",
    "/v1/docs",
    "/v1/openapi.json",
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/quarantine",
    "/v1/alerts/{identifier}/answers",
    "/v1/alerts/{identifier}/escalations",
}
"""What shows the same to everybody, or to nobody who is bound, or is judged beside its own code."""


def test_every_route_that_reads_alerts_devices_or_events_is_in_the_table() -> None:
    reads = {path for path, handler in ROUTES.items() if "GET" in operations_of(handler)}
    ours = {path for path in reads if path.startswith(("/v1/alerts", "/v1/devices", "/v1/events"))}
    assert ours <= set(READS) | OPEN_TO_ALL
