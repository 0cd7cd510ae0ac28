"""People with accounts at a real hub, who sign in as a browser does: a cookie, and a token that every change carries."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from server.accounts.cookies import CSRF_HEADER
from server.hub import Role
from server.store import people
from tests.support.hub import PATIENCE_S, RunningHub

PASSWORD = "a boat on the lake at noon"


@dataclass(slots=True)
class SignedIn:
    """Somebody's browser."""

    address: str
    name: str
    browser: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """One request with the cookie, and with the token unless another (or None) is given."""
        headers = {CSRF_HEADER: self.csrf, **(options.pop("headers", None) or {})}
        options.setdefault("timeout", PATIENCE_S)
        said = {name: value for name, value in headers.items() if value is not None}
        return self.browser.request(method, self.address + path, headers=said, **options)

    def sign_in(self, password: str = PASSWORD) -> requests.Response:
        """Sign in; what comes then goes with the new session."""
        said = self.ask("POST", "/v1/session", json={"name": self.name, "password": password})
        if said.ok:
            self.csrf = said.json()["csrf"]
        return said


def make_person(
    hub: RunningHub, role: Role, name: str = "", areas: tuple[str, ...] = (), password: str = PASSWORD
) -> str:
    """An account with a password, made without the hub's API; its name (by default after the role)."""
    name = name or f"{role}-person"

    async def made() -> None:
        hashed, now = await hub.process.accounts.passwords.hash(password), hub.hub.now()
        await hub.hub.write(lambda db: people.add(db, name, role, areas, None, "none", now, "the test"))
        await hub.hub.write(lambda db: people.set_password(db, name, hashed, now))

    hub.do(made())
    return name


def signed_in(hub: RunningHub, role: Role, name: str = "", areas: tuple[str, ...] = ()) -> SignedIn:
    """Somebody new, who has signed in."""
    somebody = SignedIn(hub.address, make_person(hub, role, name, areas))
    said = somebody.sign_in()
    assert said.status_code == 201, said.text
    return somebody
