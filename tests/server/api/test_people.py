"""People's accounts, as an administrator has them in hand."""

from __future__ import annotations

from typing import Any

import pytest

from server.hub import Role
from tests.server.api.test_session import kind
from tests.support.hub import RunningHub
from tests.support.people import PASSWORD, make_person, signed_in


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"name": "the-viewer", "role": "viewer"}, 409, "name-taken"),
        ({"name": "THE-viewer", "role": "viewer"}, 409, "name-taken"),
        ({"name": "local:root", "role": "viewer"}, 409, "name-taken"),
        ({"name": "feed:x", "role": "viewer"}, 409, "name-taken"),
        ({"name": "hub", "role": "viewer"}, 409, "name-taken"),
        ({"name": "First", "role": "viewer"}, 409, "name-taken"),
        ({"name": "x", "role": "king"}, 422, "content-invalid"),
        ({"name": "x", "role": "viewer", "areas": ["XX"]}, 422, "unknown-area"),
        ({"name": " ", "role": "viewer"}, 422, "content-invalid"),
        ({"name": "x"}, 422, "content-invalid"),
    ],
)
def test_what_is_no_account_is_refused(hub: RunningHub, body: dict[str, Any], status: int, problem: str) -> None:
    answer = hub.ask("POST", "/v1/people", json=body)
    assert (answer.status_code, kind(answer)) == (status, problem)


def test_people_and_tokens_have_one_list_of_names(hub: RunningHub) -> None:
    make_person(hub, Role.VIEWER, "Zuri")
    assert kind(hub.ask("POST", "/v1/tokens", json={"role": "viewer", "name": "zuri"})) == "name-taken"
    assert kind(hub.ask("POST", "/v1/people", json={"role": "viewer", "name": "ZURI"})) == "name-taken"


def test_another_role_holds_from_the_next_sign_in_and_the_old_one_is_over_at_once(hub: RunningHub) -> None:
    make_person(hub, Role.ADMINISTRATOR, "staying")
    somebody = signed_in(hub, Role.ADMINISTRATOR, "falling")
    assert somebody.ask("GET", "/v1/people").status_code == 200
    made = hub.ask("PATCH", "/v1/people/falling", json={"role": "viewer", "areas": ["KE-047"], "language": "sw"})
    assert (made.json()["role"], made.json()["areas"], made.json()["language"]) == ("viewer", ["KE-047"], "sw")
    assert somebody.ask("GET", "/v1/alerts").status_code == 401
    somebody.sign_in()
    assert somebody.ask("GET", "/v1/people").status_code == 403
    assert hub.ask("PATCH", "/v1/people/falling", json={"language": "fr"}).status_code == 200
    assert somebody.ask("GET", "/v1/session").json()["language"] == "fr", "a language ends nothing"


def test_a_closed_account_is_over_at_once_and_can_be_opened_again(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "leaving")
    assert hub.ask("PATCH", "/v1/people/leaving", json={"disabled": True}).json()["state"] == "disabled"
    assert somebody.ask("GET", "/v1/alerts").status_code == 401 and somebody.sign_in().status_code == 403
    assert hub.ask("PATCH", "/v1/people/leaving", json={"disabled": False}).json()["state"] == "active"
    assert somebody.sign_in().status_code == 201


def test_a_reset_takes_the_password_away(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "forgetful")
    made = hub.ask("POST", "/v1/people/forgetful/invitation")
    assert made.status_code == 201 and made.json()["person"]["state"] == "invited"
    assert somebody.ask("GET", "/v1/alerts").status_code == 401 and somebody.sign_in().status_code == 403
    body = {"name": "forgetful", "code": made.json()["code"], "password": PASSWORD[::-1]}
    assert hub.ask("POST", "/v1/invitations", role=None, json=body).status_code == 201
    assert somebody.sign_in(PASSWORD[::-1]).status_code == 201
    assert hub.ask("DELETE", "/v1/people/forgetful/sessions").json() == {"ended": 2}
    assert somebody.ask("GET", "/v1/alerts").status_code == 401


def test_nobody_takes_away_the_last_administrator_of_the_whole_hub(hub: RunningHub) -> None:
    last = signed_in(hub, Role.ADMINISTRATOR, "the-last")
    for row in hub.ask("GET", "/v1/people").json()["people"]:
        if row["role"] == "administrator" and row["name"] != "the-last":
            assert last.ask("PATCH", f"/v1/people/{row['name']}", json={"role": "viewer"}).status_code == 200
    hub.ask("POST", "/v1/people", json={"name": "not-there-yet", "role": "administrator"})
    make_person(hub, Role.ADMINISTRATOR, "of-a-district", ("KE-047",))
    for change in ({"role": "approver"}, {"areas": ["KE"]}, {"disabled": True}):
        answer = last.ask("PATCH", "/v1/people/the-last", json=change)
        assert (answer.status_code, kind(answer)) == (409, "last-administrator"), change
    assert last.ask("GET", "/v1/session").status_code == 200
    make_person(hub, Role.ADMINISTRATOR, "another")
    assert last.ask("PATCH", "/v1/people/the-last", json={"role": "approver"}).status_code == 200


def test_who_is_bound_to_areas_decides_about_no_account(hub: RunningHub) -> None:
    bound = signed_in(hub, Role.ADMINISTRATOR, "district", ("KE-047",))
    make_person(hub, Role.VIEWER, "somebody")
    for method, path, body in (
        ("GET", "/v1/people", None),
        ("POST", "/v1/people", {"name": "x", "role": "viewer", "areas": ["KE-047"]}),
        ("GET", "/v1/people/somebody", None),
        ("PATCH", "/v1/people/district", {"areas": []}),
        ("POST", "/v1/people/somebody/invitation", None),
        ("DELETE", "/v1/people/somebody/sessions", None),
        ("GET", "/v1/tokens", None),
    ):
        answer = bound.ask(method, path, json=body)
        assert (answer.status_code, kind(answer)) == (403, "outside-areas"), path


def test_who_is_unknown_is_told_so(hub: RunningHub) -> None:
    for method, path in (("GET", ""), ("PATCH", ""), ("POST", "/invitation"), ("DELETE", "/sessions")):
        answer = hub.ask(method, f"/v1/people/nobody{path}", json={} if method == "PATCH" else None)
        assert kind(answer) == "unknown-person"
