"""Whoever asks for anything gets the portal's page, and never the service."""

from __future__ import annotations

import ssl

import pytest

from netsim.middleboxes.captive_portal import PORTAL
from netsim.middleboxes.running import running
from tests.support.echo import GET, UPGRADE, EchoService, all_of, connected


@pytest.mark.parametrize("request_", [GET, UPGRADE], ids=["a page", "an upgrade"])
def test_a_page_answers_in_the_services_place(echo: EchoService, request_: bytes) -> None:
    with running("captive-portal", echo.web, answer="page") as portal, connected(portal.address) as client:
        client.sendall(request_)
        answer = all_of(client)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\nContent-Type: text/html")
    assert b"Please sign in" in answer
    assert b"Hello" not in answer


def test_a_redirect_leads_to_the_portal(echo: EchoService) -> None:
    with running("captive-portal", echo.web, answer="redirect") as portal, connected(portal.address) as client:
        client.sendall(GET)
        answer = all_of(client)
    assert answer.startswith(b"HTTP/1.1 302 Found\r\n")
    assert f"Location: http://{PORTAL}/?from=/".encode() in answer


def test_which_of_both_is_drawn_from_the_seed(echo: EchoService) -> None:
    def statuses(seed: int) -> list[bytes]:
        with running("captive-portal", echo.web, seed=seed) as portal:
            return [_status(portal.address) for _ in range(8)]

    assert statuses(3) == statuses(3)
    assert set(statuses(3)) == {b"200", b"302"}


def _status(address: str) -> bytes:
    with connected(address) as client:
        client.sendall(GET)
        return all_of(client)[9:12]


def test_on_tls_the_portal_shows_a_certificate_of_its_own(echo: EchoService) -> None:
    with running("captive-portal", echo.web) as portal, connected(portal.address) as client:
        with pytest.raises(ssl.SSLCertVerificationError):
            ssl.create_default_context().wrap_socket(client, server_hostname="hub.example")

        trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with connected(portal.address) as again, trusting.wrap_socket(again) as tls:
            tls.sendall(GET)
            assert b"Please sign in" in all_of(tls)


def test_what_is_no_http_is_closed(echo: EchoService) -> None:
    with running("captive-portal", echo.web) as portal, connected(portal.address) as client:
        client.sendall(b"EHLO mail\r\n\r\n")
        assert all_of(client) == b""
