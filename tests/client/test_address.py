"""A hub's address as people write it."""

from __future__ import annotations

import pytest

from alerts.errors import UserError
from client.address import (
    connect_url,
    dictionary_path,
    enrolments_url,
    host_of,
    hub_address,
    invitation,
    is_in_the_clear,
)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("https://hub.example", "https://hub.example"),
        (" https://hub.example/ ", "https://hub.example"),
        ("hub.example", "https://hub.example"),
        ("hub.example:8400", "https://hub.example:8400"),
        ("http://192.168.1.20:8400", "http://192.168.1.20:8400"),
        ("HTTP://Hub.Example/path/", "http://hub.example/path"),
        ("http://[::1]:8400", "http://[::1]:8400"),
    ],
)
def test_addresses(written: str, address: str) -> None:
    assert hub_address(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "",
        "ftp://hub",
        "http://",
        "https://user:pw@hub",
        "https://hub?x=1",
        "https://hub#x",
        "http://hub:99999",
        "http://[::1",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(written: str) -> None:
    with pytest.raises(UserError) as refused:
        hub_address(written)
    assert "https://hub.example" in refused.value.hint
    assert refused.value.exit_code == 2


def test_the_addresses_that_follow() -> None:
    assert connect_url("https://hub.example/x") == "wss://hub.example/x/v1/connect"
    assert connect_url("http://hub.example") == "ws://hub.example/v1/connect"
    assert enrolments_url("http://hub.example") == "http://hub.example/v1/enrolments"


@pytest.mark.parametrize(
    ("address", "clear"),
    [
        ("https://hub.example", False),
        ("http://hub.example", True),
        ("http://192.168.1.20", True),
        ("http://127.0.0.1:8400", False),
        ("http://localhost:8400", False),
        ("http://[::1]:8400", False),
    ],
)
def test_what_can_be_read_on_the_way(address: str, clear: bool) -> None:
    assert is_in_the_clear(address) is clear


def test_where_a_dictionary_is_had_from() -> None:
    assert dictionary_path("https://hub.example", b"\x01\xff", None) == "/v1/dictionaries/01ff"
    assert dictionary_path("http://h:1/under", b"\x01", b"\x02") == "/under/v1/dictionaries/01?base=02"
    assert host_of("https://hub.example/x") == ("hub.example", 443, True)
    assert host_of("http://[::1]:8400") == ("::1", 8400, False)


@pytest.mark.parametrize(
    ("written", "code", "found"),
    [
        ("https://hub.example", "7KQ2M-XW4ZD", ("https://hub.example", "7KQ2M-XW4ZD")),
        ("tocsin:8400", "7KQ2M-XW4ZD", ("tocsin:8400", "7KQ2M-XW4ZD")),
        (" TOCSIN:7KQ2M-XW4ZD:HTTPS://HUB.EXAMPLE:8443 ", "", ("HTTPS://HUB.EXAMPLE:8443", "7KQ2M-XW4ZD")),
        ("tocsin:7kq2m-xw4zd:https://hub.example/path", "", ("https://hub.example/path", "7kq2m-xw4zd")),
    ],
)
def test_an_invitation_is_an_address_and_a_code(written: str, code: str, found: tuple[str, str]) -> None:
    assert invitation(written, code) == found


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("https://hub.example", "", "no one-time code"),
        ("TOCSIN:7KQ2M-XW4ZD", "", "no one-time code"),
        ("TOCSIN:7KQ2M-XW4ZD:HTTPS://HUB.EXAMPLE", "7KQ2M-XW4ZD", "given twice"),
    ],
)
def test_an_invitation_without_a_code_or_with_two_is_told(written: str, code: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        invitation(written, code)
