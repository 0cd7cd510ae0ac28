"""Drafts: nobody decides alone, nobody decides about what they have not read, and what was approved is what goes out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from server.hub import Role
from server.ops.drafts import HANDED_IN, OPEN, OVER
from server.store.drafts import DRAFT_STATUSES, DraftStatus
from tests.support.extreme import alert_body, do, made
from tests.support.hub import RunningHub, running_hub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with running_hub(tmp_path_factory.mktemp("hub"), second_person="Extreme") as running:
        running.do(running.hub.import_areas([("KE", "Kenya"), ("KE-047", "Nairobi"), ("UG", "Uganda")]))
        yield running


def test_each_status_has_its_place() -> None:
    assert set(DRAFT_STATUSES) == set(DraftStatus) == OPEN | HANDED_IN | OVER
    assert not (OPEN & HANDED_IN or OPEN & OVER or HANDED_IN & OVER)


def test_publishing_what_is_extreme_hands_it_in_and_the_author_cannot_approve(hub: RunningHub) -> None:
    draft = made(hub, Role.APPROVER)
    devices = do(hub, draft, "dry-run")["reached"]["devices"]
    waiting = do(hub, draft, "publish", Role.APPROVER, status=202, devices=devices)
    refused = do(hub, waiting, "approve", Role.APPROVER, status=403, devices=devices)
    assert refused["type"].endswith("second-person-needed") and "the-approver" in refused["detail"]
    do(hub, waiting, "reject", Role.APPROVER, status=403, words="I say so")
    assert do(hub, waiting, "approve", Role.ADMINISTRATOR, devices=devices)["status"] == "published"


def test_whoever_wrote_a_word_in_it_is_no_second_person(hub: RunningHub) -> None:
    draft = made(hub)
    body = {**alert_body(headline="Leave the valley at once"), "version": draft["version"]}
    changed = hub.ask("PUT", f"/v1/drafts/{draft['id']}", role=Role.APPROVER, json=body).json()
    assert changed["authors"] == ["the-author", "the-approver"]
    waiting = do(hub, changed, "submit", status=202)
    do(hub, waiting, "approve", Role.APPROVER, status=403, devices=0)


def test_a_lost_update_is_refused_with_the_version_that_it_is_now(hub: RunningHub) -> None:
    draft = made(hub)
    body = {**alert_body(), "version": 1}
    assert hub.ask("PUT", f"/v1/drafts/{draft['id']}", role=Role.AUTHOR, json=body).json()["version"] == 2
    lost = hub.ask("PUT", f"/v1/drafts/{draft['id']}", role=Role.AUTHOR, json=body)
    assert (lost.status_code, lost.json()["version"]) == (409, 2)
    assert do(hub, draft, "submit", status=409)["version"] == 2


def test_a_change_takes_back_what_was_handed_in(hub: RunningHub) -> None:
    waiting = do(hub, made(hub), "submit", status=202)
    body = {**alert_body(headline="Another"), "version": waiting["version"]}
    changed = hub.ask("PUT", f"/v1/drafts/{waiting['id']}", role=Role.AUTHOR, json=body).json()
    assert changed["status"] == "draft"
    do(hub, changed, "approve", Role.APPROVER, status=409, devices=0)
    do(hub, waiting, "approve", Role.APPROVER, status=409, devices=0)


def test_the_number_of_devices_is_said_again(hub: RunningHub) -> None:
    draft = made(hub, **alert_body("Severe"))
    devices = do(hub, draft, "dry-run")["reached"]["devices"]
    hub.enrol()
    refused = do(hub, draft, "publish", status=409, devices=devices)
    assert (refused["type"].rpartition("#")[2], refused["devices"]) == ("numbers-changed", devices + 1)
    assert do(hub, draft, "publish", devices=devices + 1)["status"] == "published"
    do(hub, draft, "publish", status=409, devices=devices + 1)


def test_a_no_has_words_and_the_author_can_try_again(hub: RunningHub) -> None:
    waiting = do(hub, made(hub), "submit", status=202)
    do(hub, waiting, "reject", Role.APPROVER, status=422, words="  ")
    rejected = do(hub, waiting, "reject", Role.APPROVER, words="Which valley?")
    assert (rejected["status"], rejected["words"], rejected["decided_by"]) == (
        "rejected",
        "Which valley?",
        "the-approver",
    )
    assert do(hub, rejected, "submit", status=202)["words"] == ""


def test_a_glass_is_broken_for_what_waits_too_and_it_goes_out_once(hub: RunningHub) -> None:
    waiting = do(hub, made(hub), "submit", status=202)
    devices = do(hub, waiting, "dry-run")["reached"]["devices"]
    reason = "The second person cannot be reached"
    done = do(hub, waiting, "publish", devices=devices, break_glass=reason)
    assert done["status"] == "published"
    do(hub, done, "approve", Role.APPROVER, status=409, devices=devices)


def test_what_is_not_complete_can_be_kept_but_not_handed_in(hub: RunningHub) -> None:
    draft = hub.ask("POST", "/v1/drafts", role=Role.AUTHOR, json={}).json()
    assert (draft["status"], draft["headline"], draft["audience"]) == ("draft", "", None)
    refused = do(hub, draft, "submit", status=422)
    assert refused["violations"]
    assert hub.ask("DELETE", f"/v1/drafts/{draft['id']}", role=Role.AUTHOR).status_code == 204
    assert hub.ask("GET", f"/v1/drafts/{draft['id']}", role=Role.AUTHOR).status_code == 404


def test_what_was_handed_in_is_kept_and_can_be_withdrawn(hub: RunningHub) -> None:
    waiting = do(hub, made(hub), "submit", status=202)
    assert hub.ask("DELETE", f"/v1/drafts/{waiting['id']}", role=Role.AUTHOR).status_code == 409
    withdrawn = do(hub, waiting, "withdraw")
    assert withdrawn["status"] == "withdrawn"
    do(hub, withdrawn, "withdraw", status=409)


def test_an_update_is_what_is_different(hub: RunningHub) -> None:
    number = hub.ask("POST", "/v1/alerts", json=alert_body("Severe")).json()["number"]
    info = [{**alert_body("Moderate")["alert"]["info"][0], "headline": "The water falls"}]
    draft = made(hub, alert={"info": info}, audience=None, replaces={"alert": str(number), "by": "Update"})
    assert (draft["msgType"], draft["audience"]) == ("Update", None)
    devices = do(hub, draft, "dry-run")["reached"]["devices"]
    done = do(hub, draft, "publish", devices=devices)
    assert hub.ask("GET", f"/v1/alerts/{number}").json()["replaced_by"] == done["number"]
    ending = made(hub, alert={}, audience=None, replaces={"alert": str(done["number"]), "by": "Cancel"})
    assert do(hub, ending, "publish", devices=devices)["status"] == "published"


def test_it_lies_within_the_areas_of_both(hub: RunningHub) -> None:
    token = hub.do(hub.hub.make_token(Role.APPROVER, "uganda", ("UG",)))
    draft = made(hub, audience={"areas": ["KE-047"]})
    waiting = do(hub, draft, "submit", status=202)
    path = f"/v1/drafts/{draft['id']}"
    assert hub.ask("GET", path, token=token).status_code == 404
    said = {"version": waiting["version"], "devices": 0}
    assert hub.ask("POST", f"{path}/approve", token=token, json=said).status_code == 404
    wide = do(hub, made(hub), "submit", status=202)
    devices = do(hub, wide, "dry-run")["reached"]["devices"]
    said = {"version": wide["version"], "devices": devices}
    refused = hub.ask("POST", f"/v1/drafts/{wide['id']}/approve", token=token, json=said)
    assert (refused.status_code, refused.json()["type"].rpartition("#")[2]) == (403, "outside-areas")
    listed = hub.ask("GET", "/v1/drafts", token=token, params={"status": "waiting"}).json()["drafts"]
    assert wide["id"] in [one["id"] for one in listed] and draft["id"] not in [one["id"] for one in listed]
