"""The API of the feeds that the hub reads: who may what, what is shown, what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from alerts.audience import Audience
from server.hub import Role
from server.store.feed_records import OUTCOMES, FoundAlert, Outcome
from server.store.feeds import record
from tests.support.cap_feeds import cap
from tests.support.hub import RunningHub

ADDRESS = "https://feed.example/cap.atom"


def add(hub: RunningHub, name: str, **settings: Any) -> requests.Response:
    body = {"name": name, "address": ADDRESS, "paused": True, **settings}
    return hub.ask("POST", "/v1/feeds-in", json=body)


def hold(hub: RunningHub, feed: str, identifier: str, **changes: Any) -> int:
    """An alert of a feed that waits for approval; its item."""
    found = FoundAlert(f"met,{identifier}", Outcome.HELD, identifier=identifier, xml=cap(identifier), **changes)
    known = hub.do(hub.process.feeds_in.feed(feed))
    return hub.do(hub.hub.write(lambda db: record(db, known.id, found, hub.hub.now())))


def test_a_feed_is_added_shown_changed_and_removed(hub: RunningHub) -> None:
    said = add(hub, "life", geocodes={"P-code": "KE-"}, filter={"categories": ["Health", "Health"]})
    assert (said.status_code, said.headers["Location"]) == (201, "/v1/feeds-in/life")
    made = said.json()
    assert (made["policy"], made["signatures"], made["interval_seconds"]) == ("hold", "report", 120)
    assert made["filter"]["categories"] == ["Health"]
    assert made["filter"]["msg_types"] == ["Alert", "Update", "Cancel"]
    assert made["made_by"] == "the-administrator"

    changed = hub.ask(
        "PATCH", "/v1/feeds-in/life", json={"interval_seconds": 60, "filter": {"events": ["cholera"]}}
    ).json()
    assert (changed["interval_seconds"], changed["filter"]["events"]) == (60, ["cholera"])
    assert changed["geocodes"] == {"P-code": "KE-"}
    assert hub.ask("GET", "/v1/feeds-in/life").json() == changed
    assert "life" in [feed["name"] for feed in hub.ask("GET", "/v1/feeds-in").json()["feeds"]]

    assert hub.ask("DELETE", "/v1/feeds-in/life").status_code == 204
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/poll")):
        assert hub.ask(method, f"/v1/feeds-in/life{path}", json={}).status_code == 404


def test_a_name_is_used_once(hub: RunningHub) -> None:
    assert [add(hub, "once").status_code for _ in range(2)] == [201, 409]


def test_secrets_are_not_shown(hub: RunningHub) -> None:
    add(hub, "secret", address=f"{ADDRESS}?pin=1234", authorization="Basic c2VjcmV0").raise_for_status()
    seen = hub.ask("GET", "/v1/feeds-in/secret", role=Role.VIEWER).text
    assert "1234" not in seen
    assert "c2VjcmV0" not in seen
    told = hub.ask("GET", "/v1/feeds-in/secret").json()
    assert told["address"].endswith("?pin=1234")
    assert told["authorization"] == "(hidden)"


@pytest.mark.parametrize(
    ("settings", "status", "where"),
    [
        ({"policy": "pass"}, 422, "policy"),
        ({"trusted": "no PEM"}, 422, "trusted"),
        ({"address": "ftp://feed.example/"}, 422, "address"),
        ({"address": "https://user:secret@feed.example/"}, 422, "user name"),
        ({"address": "http://169.254.169.254/latest"}, 422, "outbound_networks"),
        ({"address": "http://feed.example:25/"}, 422, "port 25"),
        ({"interval_seconds": 1}, 422, "interval_seconds"),
        ({"filter": {"severity": "Severe"}}, 422, "severity"),
        ({"authorization": "a\r\nb"}, 422, "authorization"),
        ({"name": "Not A Name"}, 422, "name"),
    ],
)
def test_what_cannot_be_is_refused_by_name(hub: RunningHub, settings: dict[str, Any], status: int, where: str) -> None:
    said = add(hub, **{"name": "wrong", **settings})
    assert (said.status_code, where in said.text) == (status, True), said.text
    assert "secret" not in said.text


def test_only_an_admin_of_the_whole_hub_manages_feeds(hub: RunningHub) -> None:
    add(hub, "managed").raise_for_status()
    district = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "feeds-of-a-district", ("KE",)))
    asked: tuple[tuple[str, str, Any], ...] = (
        ("POST", "/v1/feeds-in", {"name": "x", "address": ADDRESS}),
        ("PATCH", "/v1/feeds-in/managed", {}),
        ("POST", "/v1/feeds-in/managed/poll", {}),
        ("DELETE", "/v1/feeds-in/managed", None),
    )
    for method, path, body in asked:
        assert hub.ask(method, path, json=body, role=Role.AUTHOR).status_code == 403
        said = hub.ask(method, path, json=body, token=district)
        assert (said.status_code, said.json()["type"]) == (403, "/v1/docs#outside-areas"), path


def test_items_are_listed_a_page_at_a_time(hub: RunningHub) -> None:
    add(hub, "paged").raise_for_status()
    numbers = [hold(hub, "paged", f"paged-{n}") for n in range(5)]
    first = hub.ask("GET", "/v1/feed-items", params={"feed": "paged", "limit": 2}).json()
    assert [item["item"] for item in first["items"]] == numbers[:2]
    rest = hub.ask("GET", "/v1/feed-items", params={"feed": "paged", "after": first["next"]}).json()
    assert [item["item"] for item in rest["items"]] == numbers[2:]
    assert rest["next"] is None
    assert hub.ask("GET", "/v1/feed-items", params={"feed": "nowhere"}).status_code == 404
    for number in ("0", "x", "99999999", "²"):
        assert hub.ask("GET", f"/v1/feed-items/{number}").status_code == 404


def test_who_is_bound_to_areas_sees_and_decides_what_is_for_them(hub: RunningHub) -> None:
    add(hub, "bound").raise_for_status()
    mine = hold(hub, "bound", "mine-1", audience=Audience(areas=("KE-047",)))
    other = hold(hub, "bound", "other-1", audience=Audience(areas=("UG",)))
    open_one = hold(hub, "bound", "open-1")
    token = hub.do(hub.hub.make_token(Role.AUTHOR, "bound-to-ke", ("KE",)))
    seen = hub.ask("GET", "/v1/feed-items", params={"feed": "bound"}, token=token).json()["items"]
    assert [item["item"] for item in seen] == [mine]
    for hidden in (other, open_one):
        assert hub.ask("POST", f"/v1/feed-items/{hidden}/approve", json={}, token=token).status_code == 404
    wider = hub.ask("POST", f"/v1/feed-items/{mine}/approve", json={"audience": {"everyone": True}}, token=token)
    assert (wider.status_code, wider.json()["type"]) == (403, "/v1/docs#outside-areas")
    approved = hub.ask("POST", f"/v1/feed-items/{mine}/approve", json={}, token=token)
    assert (approved.status_code, approved.json()["decided_by"]) == (200, "bound-to-ke")


def test_what_cannot_be_published_any_more_is_held_no_longer(hub: RunningHub) -> None:
    add(hub, "late").raise_for_status()
    ke = Audience(areas=("KE",))
    found = FoundAlert(
        "met,late-1", Outcome.HELD, identifier="late-1", audience=ke, xml=cap("late-1", expires_in_s=-60)
    )
    known = hub.do(hub.process.feeds_in.feed("late"))
    item = hub.do(hub.hub.write(lambda db: record(db, known.id, found, hub.hub.now())))
    said = hub.ask("POST", f"/v1/feed-items/{item}/approve", json={})
    assert (said.status_code, said.json()["type"]) == (422, "/v1/docs#alert-expired")
    assert hub.ask("GET", f"/v1/feed-items/{item}").json()["outcome"] == "expired"


def test_the_document_says_what_each_outcome_means(hub: RunningHub) -> None:
    schemas = hub.ask("GET", "/v1/openapi.json", role=None).json()["components"]["schemas"]
    described = schemas["FeedItemAnswer"]["properties"]["outcome"]["description"]
    assert all(f"`{outcome}`: {meaning}" in described for outcome, meaning in OUTCOMES.items())
