"""`/v1/drafts`: addresses, pages and what each answer says; what may become of a draft is tested in tests/server/ops."""

from __future__ import annotations

import pytest

from server.hub import Role
from tests.support.extreme import do, made
from tests.support.hub import RunningHub


@pytest.mark.parametrize("name", ["none-such", "0", "-1", "٣", "9" * 30, "99999"])
def test_what_is_no_draft_is_not_found(hub: RunningHub, name: str) -> None:
    assert hub.ask("GET", f"/v1/drafts/{name}").status_code == 404


def test_a_draft_says_where_it_is_and_how_it_stands(hub: RunningHub) -> None:
    response = hub.ask("POST", "/v1/drafts", role=Role.AUTHOR, json={"alert": {"info": [{"event": "Flood"}]}})
    assert (response.status_code, response.json()["headline"]) == (201, "Flood")
    assert hub.ask("GET", response.headers["Location"]).json() == response.json()


def test_pages_go_from_the_newest_on(hub: RunningHub) -> None:
    ids = [made(hub)["id"] for _ in range(3)]
    page = hub.ask("GET", "/v1/drafts", params={"limit": 2}).json()
    assert [one["id"] for one in page["drafts"]] == ids[:0:-1]
    rest = hub.ask("GET", "/v1/drafts", params={"limit": 2, "before": page["next"]}).json()
    assert rest["drafts"][0]["id"] == ids[0]


def test_a_page_before_what_no_number_is_is_refused(hub: RunningHub) -> None:
    assert hub.ask("GET", "/v1/drafts", params={"before": 2**70}).status_code == 400


def test_a_viewer_reads_no_drafts(hub: RunningHub) -> None:
    assert hub.ask("GET", f"/v1/drafts/{made(hub)['id']}", role=Role.VIEWER).status_code == 403


def test_a_published_draft_says_which_alert_it_is(hub: RunningHub) -> None:
    draft = made(hub)
    tried = do(hub, draft, "dry-run")
    assert (tried["second_person"], tried["version"]) == (None, 1)  # this hub's setting is never
    said = {"version": 1, "devices": tried["reached"]["devices"]}
    response = hub.ask("POST", f"/v1/drafts/{draft['id']}/publish", role=Role.AUTHOR, json=said)
    assert response.headers["Location"] == f"/v1/alerts/{response.json()['number']}"
