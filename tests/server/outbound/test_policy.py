"""Which addresses may be asked, by what they lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.outbound.errors import OutboundError, Reason
from server.outbound.policy import Policy, read_address


@pytest.mark.parametrize(
    ("text", "origin", "path"),
    [
        ("https://feed.example/cap.atom?a=1&b=%20", "https://feed.example", "/cap.atom?a=1&b=%20"),
        ("HTTP://Feed.Example:8080", "http://feed.example:8080", "/"),
        ("https://feed.example:443/#part", "https://feed.example", "/"),
        ("http://[2606:4700::1]:8080/x", "http://[2606:4700::1]:8080", "/x"),
        ("https://größe.example/é", "https://xn--grsse-kua.example", "/%C3%A9"),
    ],
)
def test_an_address_is_read(text: str, origin: str, path: str) -> None:
    target = read_address(text)
    assert (target.origin, target.path) == (origin, path)


@pytest.mark.parametrize(
    "text",
    [
        *("", "feed.example", "//feed.example/x", "ftp://feed.example/x", "file:///etc/passwd", "http://", "http:///x"),
        *("http://user@feed.example/", "http://user:secret@feed.example/", "http://@feed.example/"),
        *(
            "http://feed.example:port/",
            "http://feed.example:99999/",
            "http://[::1",
            "http://a b/",
            "http://a\r\nHost: b/",
        ),
        *("http://feed.example/" + "x" * 3000, "http://fe{ed.example/", "http://feed.example\\@other.example/"),
        *("http://" + "ü" * 300 + ".example/", "gopher://feed.example/"),
    ],
)
def test_what_is_no_address_is_refused_and_no_password_is_repeated(text: str) -> None:
    with pytest.raises(OutboundError) as caught:
        read_address(text)
    assert caught.value.reason is Reason.ADDRESS_INVALID
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 11211, 0])
def test_ports_of_other_protocols_are_refused(port: int) -> None:
    with pytest.raises(OutboundError) as caught:
        read_address(f"http://feed.example:{port}/")
    assert caught.value.reason is Reason.ADDRESS_REFUSED


PRIVATE = [
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
    *("100.64.0.1", "169.254.169.254", "192.0.0.8", "192.0.0.9", "192.88.99.1", "198.18.0.1", "203.0.113.1"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16"),
    *("::", "::1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1"),
    *("::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "64:ff9b::127.0.0.1"),
    *("64:ff9b::10.0.0.1", "64:ff9b:1::8.8.8.8", "2002:7f00:1::1", "2001::1", "2001:db8::1", "3fff::1", "100::1"),
    *("4000::1", "5f00::1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_refused(address: str) -> None:
    assert Policy().objection(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450:4001::1", "64:ff9b::8.8.8.8"]
)
def test_what_is_public_is_not(address: str) -> None:
    assert Policy().objection(address) is None


@pytest.mark.parametrize("address", PRIVATE)
def test_naming_a_network_opens_it_alone(address: str) -> None:
    bare = address.partition("%")[0]
    assert Policy([bare]).objection(address) is None
    assert Policy(["10.99.0.0/16", "fd99::/16"]).objection(address)


def test_a_named_ipv4_network_is_reached_through_ipv6_forms_too() -> None:
    policy = Policy(["10.20.0.0/16"])
    assert policy.objection("::ffff:10.20.0.1") is None
    assert policy.objection("64:ff9b::10.20.0.1") is None
    assert policy.objection("64:ff9b::10.21.0.1")


@given(st.text(max_size=60) | st.from_regex(r"https?://[^ ]{0,40}", fullmatch=True))
def test_any_text_is_an_address_or_refused(text: str) -> None:
    try:
        target = read_address(text)
    except OutboundError:
        return
    assert read_address(str(target)) == target, "an address is read the same again"
    assert str(target).isascii()
    assert not set(target.host) & set("/@?# ")


@given(st.ip_addresses())
def test_every_network_address_is_judged(address: object) -> None:
    assert Policy().objection(str(address)) is None or Policy([str(address)]).objection(str(address)) is None
