from __future__ import annotations

from pathlib import Path

import pytest
from tornado.httputil import HTTPHeaders

from server.accounts import cookies
from server.settings import Settings

PLAIN = Settings()
PROXIED = Settings(public_address="https://alerts.health.example")


def test_the_cookie_is_for_the_browser_alone_and_for_this_site() -> None:
    assert cookies.written("s3cret", PLAIN) == "tocsin_session=s3cret; Path=/; HttpOnly; SameSite=Strict"
    assert cookies.written("s3cret", PROXIED) == (
        "__Host-tocsin_session=s3cret; Path=/; HttpOnly; SameSite=Strict; Secure"
    )
    assert cookies.cleared(PROXIED).endswith("; Secure; Max-Age=0")
    assert cookies.is_secure(Settings(tls_cert=Path("c"), tls_key=Path("k"))) and not cookies.is_secure(PLAIN)


@pytest.mark.parametrize(
    ("header", "settings", "found"),
    [
        ("tocsin_session=abc", PLAIN, "abc"),
        ("theme=dark; tocsin_session=abc; x=y", PLAIN, "abc"),
        ("tocsin_session=abc", PROXIED, None),
        ("tocsin_session=set-by-a-neighbour; __Host-tocsin_session=abc", PROXIED, "abc"),
        ("tocsin_session=", PLAIN, None),
        (f"tocsin_session={'x' * 65}", PLAIN, None),
        ("other=1", PLAIN, None),
    ],
)
def test_it_is_found_by_its_whole_name(header: str, settings: Settings, found: str | None) -> None:
    assert cookies.read(HTTPHeaders({"Cookie": header}), settings) == found


def test_a_change_carries_what_only_who_has_the_secret_can_make() -> None:
    token = cookies.csrf_token("one")
    assert cookies.is_csrf_token("one", token) and "one" not in token
    assert not any(cookies.is_csrf_token("one", said) for said in (None, "", cookies.csrf_token("two"), "é"))
