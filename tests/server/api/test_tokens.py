"""Tokens by the API: made, listed, revoked, and by whom."""

from __future__ import annotations

import pytest

from server import local_access
from server.hub import Role
from tests.support.hub import RunningHub


def test_a_token_is_shown_once_works_at_once_and_until_it_is_revoked(hub: RunningHub) -> None:
    made = hub.ask("POST", "/v1/tokens", json={"role": "viewer", "name": "a/b c", "areas": ["KE-047", "KE-047"]})
    assert made.status_code == 201 and made.headers["Location"] == "/v1/tokens/a%2Fb%20c"
    secret = made.json()["token"]
    assert made.json()["areas"] == ["KE-047"]
    assert hub.ask("GET", "/v1/devices", token=secret).status_code == 200
    listed = hub.ask("GET", "/v1/tokens")
    (row,) = [one for one in listed.json()["tokens"] if one["name"] == "a/b c"]
    assert (row["role"], row["areas"], row["revoked_at"]) == ("viewer", ["KE-047"], None) and secret not in listed.text
    for _ in range(2):
        assert hub.ask("DELETE", made.headers["Location"]).status_code == 204
    assert hub.ask("GET", "/v1/devices", token=secret).status_code == 401
    assert next(one for one in hub.ask("GET", "/v1/tokens").json()["tokens"] if one["name"] == "a/b c")["revoked_at"]


@pytest.mark.parametrize(
    ("body", "status", "problem"),
    [
        ({"role": "viewer", "name": "the-administrator"}, 409, "name-taken"),
        ({"role": "viewer", "name": "local:root"}, 409, "name-taken"),
        ({"role": "king", "name": "x"}, 422, "content-invalid"),
        ({"role": "viewer", "name": " "}, 422, "content-invalid"),
        ({"role": "viewer", "name": "x" * 65}, 422, "content-invalid"),
        ({"role": "viewer", "name": "x", "areas": ["XX"]}, 422, "unknown-area"),
        ({"name": "x"}, 422, "content-invalid"),
    ],
)
def test_what_is_no_token_is_refused(hub: RunningHub, body: dict[str, object], status: int, problem: str) -> None:
    answer = hub.ask("POST", "/v1/tokens", json=body)
    assert answer.status_code == status and answer.json()["type"].endswith(f"#{problem}")


def test_nobody_locks_themselves_out(hub: RunningHub) -> None:
    answer = hub.ask("DELETE", "/v1/tokens/the-administrator")
    assert answer.status_code == 409 and answer.json()["type"].endswith("#own-token")
    assert hub.ask("DELETE", "/v1/tokens/nobody").json()["type"].endswith("#unknown-token")


def test_only_an_admin_of_the_whole_hub_makes_tokens(hub: RunningHub) -> None:
    body = {"role": "administrator", "name": "more"}
    assert hub.ask("POST", "/v1/tokens", role=Role.AUTHOR, json=body).status_code == 403
    bound = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "district", ("KE-047",)))
    for method, path in (("GET", "/v1/tokens"), ("POST", "/v1/tokens"), ("DELETE", "/v1/tokens/the-viewer")):
        answer = hub.ask(method, path, token=bound, json=body if method == "POST" else None)
        assert answer.status_code == 403 and answer.json()["type"].endswith("#outside-areas")


def test_a_command_on_the_hubs_machine_may_revoke_any(hub: RunningHub) -> None:
    local = local_access.find(hub.process.settings.data)
    assert local is not None
    hub.do(hub.hub.make_token(Role.VIEWER, "leaked"))
    assert hub.ask("DELETE", "/v1/tokens/leaked", token=local.bearer).status_code == 204
