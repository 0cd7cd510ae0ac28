"""Signing in and out, over a real socket, as a browser does it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from server.accounts import cookies
from server.accounts.cookies import CSRF_HEADER
from server.api.rate import Rate
from server.hub import Role
from tests.support.hub import RunningHub, running_hub
from tests.support.people import PASSWORD, SignedIn, make_person, signed_in

OTHER = "the other boat on the lake"


def kind(response: requests.Response) -> str:
    return str(response.json()["type"]).partition("#")[2]


def cookie_of(somebody: SignedIn) -> str:
    return str(somebody.browser.cookies.get(cookies.PLAIN))


@pytest.fixture
def fresh_rates(hub: RunningHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten wrong tries, and then none for a long time."""
    for name in ("_by_address", "_by_name"):
        monkeypatch.setattr(hub.process.accounts.signing_in, name, Rate(0.001, 10))


def test_who_signs_in_gets_a_cookie_for_the_browser_alone_and_a_token_for_changes(hub: RunningHub) -> None:
    amina = SignedIn(hub.address, make_person(hub, Role.AUTHOR, "Amina Otieno", ("KE-047",)))
    amina.name = "  amina  OTIENO"
    said = amina.sign_in()
    assert said.status_code == 201 and PASSWORD not in said.text
    assert said.json()["name"] == "Amina Otieno" and said.json()["areas"] == ["KE-047"] and said.json()["is_person"]
    header = said.headers["Set-Cookie"]
    assert header.startswith("tocsin_session=") and header.endswith("; Path=/; HttpOnly; SameSite=Strict")
    who = amina.ask("GET", "/v1/session")
    assert who.json() | {"ends_at": None} == said.json() | {"ends_at": None}
    assert amina.ask("GET", "/v1/alerts").status_code == 200
    with_token = hub.ask("GET", "/v1/session", role=Role.VIEWER).json()
    assert (with_token["name"], with_token["is_person"], with_token["csrf"]) == ("the-viewer", False, "")
    assert hub.ask("GET", "/v1/session", role=None).status_code == 401


def test_every_sign_in_has_another_secret_and_ends_the_one_before(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "fixated")
    first, first_csrf = cookie_of(somebody), somebody.csrf
    somebody.browser.cookies.clear()
    somebody.browser.cookies.set(cookies.PLAIN, first)
    assert somebody.sign_in().status_code == 201
    second = [one.value for one in somebody.browser.cookies if one.value != first]
    assert len(second) == 1 and second[0] != first and somebody.csrf != first_csrf
    old = {"Cookie": f"{cookies.PLAIN}={first}"}
    assert hub.ask("GET", "/v1/session", role=None, headers=old).status_code == 401
    planted = {"Cookie": f"{cookies.PLAIN}=chosen-by-somebody-else"}
    said = hub.ask("POST", "/v1/session", role=None, headers=planted, json={"name": "fixated", "password": PASSWORD})
    assert said.status_code == 201 and "chosen-by-somebody-else" not in said.headers["Set-Cookie"]


@pytest.mark.parametrize("name", ["wrong-tries", "never-heard-of", "closed", "only-invited"])
@pytest.mark.usefixtures("fresh_rates")
def test_what_is_wrong_is_not_said(hub: RunningHub, name: str) -> None:
    password = "not the password" if name == "wrong-tries" else PASSWORD
    if name in ("wrong-tries", "closed"):
        make_person(hub, Role.VIEWER, name)
    if name == "closed":
        assert hub.ask("PATCH", f"/v1/people/{name}", json={"disabled": True}).json()["state"] == "disabled"
    if name == "only-invited":
        hub.ask("POST", "/v1/people", json={"name": name, "role": "viewer"})
    said = hub.ask("POST", "/v1/session", role=None, json={"name": name, "password": password})
    assert (said.status_code, kind(said)) == (403, "sign-in-refused")
    assert said.json()["detail"] == "the name or the password is wrong" and "Set-Cookie" not in said.headers


def test_a_change_must_carry_the_sessions_own_token(hub: RunningHub) -> None:
    somebody, other = signed_in(hub, Role.VIEWER, "careful"), signed_in(hub, Role.VIEWER, "other")
    for wrong in (None, "", "x", other.csrf):
        said = somebody.ask("PATCH", "/v1/session", json={"language": "fr"}, headers={CSRF_HEADER: wrong})
        assert (said.status_code, kind(said)) == (403, "csrf-refused"), wrong
    assert somebody.ask("PATCH", "/v1/session", json={"language": "fr"}).json()["language"] == "fr"
    assert somebody.ask("GET", "/v1/session", headers={CSRF_HEADER: None}).json()["language"] == "fr"
    assert somebody.ask("HEAD", "/v1/session", headers={CSRF_HEADER: None}).status_code == 200


def test_where_a_token_comes_beside_the_cookie_the_token_counts(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "with-both")
    headers = {"Authorization": f"Bearer {hub.tokens[Role.ADMINISTRATOR]}", CSRF_HEADER: None}
    assert somebody.ask("GET", "/v1/session", headers=headers).json()["name"] == "the-administrator"
    assert somebody.ask("GET", "/v1/people", headers=headers).status_code == 200
    wrong = {"Authorization": "Bearer nobody", CSRF_HEADER: None}
    assert somebody.ask("GET", "/v1/session", headers=wrong).status_code == 401


def test_a_session_is_no_token_and_a_token_no_session(hub: RunningHub) -> None:
    somebody = signed_in(hub, Role.VIEWER, "of-two-kinds")
    assert hub.ask("GET", "/v1/alerts", token=cookie_of(somebody)).status_code == 401
    headers = {"Cookie": f"{cookies.PLAIN}={hub.tokens[Role.VIEWER]}"}
    assert hub.ask("GET", "/v1/alerts", role=None, headers=headers).status_code == 401
    for method, path in (("GET", "/v1/sessions"), ("DELETE", "/v1/sessions"), ("DELETE", "/v1/session")):
        assert kind(hub.ask(method, path)) == "no-session"
    body = {"password": "x", "new_password": OTHER}
    assert kind(hub.ask("PUT", "/v1/session/password", json=body)) == "no-session"


def test_signing_out_ends_one_session_and_everywhere_all(hub: RunningHub) -> None:
    here = signed_in(hub, Role.VIEWER, "restless")
    there = SignedIn(hub.address, "restless")
    there.sign_in()
    listed = here.ask("GET", "/v1/sessions").json()["sessions"]
    assert [one["is_this"] for one in listed] == [False, True] and listed[0]["address"] == "127.0.0.1"
    gone = SignedIn(hub.address, "restless", csrf=there.csrf)
    gone.browser.cookies.update(there.browser.cookies)
    said = there.ask("DELETE", "/v1/session")
    assert said.status_code == 204 and "Max-Age=0" in said.headers["Set-Cookie"]
    assert gone.ask("GET", "/v1/session").status_code == 401 and here.ask("GET", "/v1/session").status_code == 200
    there.sign_in()
    assert here.ask("DELETE", "/v1/sessions").json() == {"ended": 2}
    assert there.ask("GET", "/v1/session").status_code == here.ask("GET", "/v1/session").status_code == 401


def test_another_password_ends_the_other_sessions(hub: RunningHub) -> None:
    here, there = signed_in(hub, Role.VIEWER, "cautious"), SignedIn(hub.address, "cautious")
    there.sign_in()
    before = cookie_of(here)

    def change(password: str, new: str) -> requests.Response:
        return here.ask("PUT", "/v1/session/password", json={"password": password, "new_password": new})

    for easy in ("short", "x" * 12):
        assert kind(change(PASSWORD, easy)) == "password-refused"
    assert kind(change("wrong", OTHER)) == "sign-in-refused"
    assert here.ask("GET", "/v1/session").status_code == 200
    said = change(PASSWORD, OTHER)
    assert said.status_code == 201
    here.csrf = said.json()["csrf"]
    assert cookie_of(here) != before and here.ask("GET", "/v1/session").status_code == 200
    assert there.ask("GET", "/v1/session").status_code == 401
    assert there.sign_in().status_code == 403 and there.sign_in(OTHER).status_code == 201


def test_a_code_sets_a_password_once(hub: RunningHub) -> None:
    made = hub.ask("POST", "/v1/people", json={"name": "newcomer", "role": "author", "language": "fr"}).json()
    assert made["person"]["state"] == "invited" and made["person"]["language"] == "fr"
    newcomer = SignedIn(hub.address, "newcomer")

    def accept(code: str, password: str = PASSWORD) -> requests.Response:
        return newcomer.ask("POST", "/v1/invitations", json={"name": "Newcomer", "code": code, "password": password})

    assert kind(accept("AAAAA-AAAAA")) == "invitation-invalid"
    assert kind(accept(made["code"], "newcomer")) == "password-refused"
    said = accept(made["code"].lower().replace("-", " "))
    assert said.status_code == 201 and (said.json()["role"], said.json()["language"]) == ("author", "fr")
    assert kind(accept(made["code"])) == "invitation-invalid"
    assert hub.ask("GET", "/v1/people/newcomer").json()["state"] == "active"


@pytest.mark.usefixtures("fresh_rates")
def test_guessing_is_slowed_down_by_name_and_by_address(hub: RunningHub) -> None:
    make_person(hub, Role.VIEWER, "victim")
    known = signed_in(hub, Role.VIEWER, "at-home")
    statuses = [hub.ask("POST", "/v1/session", json={"name": "victim", "password": "x"}).status_code for _ in range(12)]
    assert statuses == [403] * 10 + [429] * 2
    last = hub.ask("POST", "/v1/session", json={"name": "victim", "password": PASSWORD})
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 1
    assert known.sign_in().status_code == 429, "the address is used up for everybody"
    hub.process.accounts.signing_in._by_address = Rate(0.001, 1000)
    assert hub.ask("POST", "/v1/session", json={"name": "victim", "password": PASSWORD}).status_code == 429
    for _ in range(15):
        hub.ask("POST", "/v1/session", json={"name": "at-home", "password": "x"})
    assert known.sign_in().status_code == 201, "from where somebody has signed in before, the name is not locked"


def test_the_first_account_needs_the_code_and_there_is_one_first(tmp_path: Path) -> None:
    with running_hub(tmp_path, public_address="https://alerts.health.example") as empty:
        code = empty.do(empty.process.accounts.signing_in.setup_code())
        body: dict[str, Any] = {"code": "AAAAA-AAAAA", "name": "Wanjiru", "password": PASSWORD, "language": "sw"}

        def first(**more: Any) -> requests.Response:
            return empty.ask("POST", "/v1/people/first", role=None, json=body | more)

        assert empty.ask("GET", "/v1/people/first", role=None).json() == {"needed": True}
        assert kind(first()) == "setup-code-invalid"
        assert kind(first(code=code, name="the-viewer")) == "name-taken"
        said = first(code=code)
        assert said.status_code == 201 and said.json()["role"] == "administrator"
        cookie = said.headers["Set-Cookie"]
        assert cookie.startswith("__Host-tocsin_session=") and "; Secure" in cookie
        assert empty.ask("GET", "/v1/people/first", role=None).json() == {"needed": False}
        assert kind(first(code=code, name="Other")) == "name-taken"
