"""A link in front of a service that is not Tocsin's."""

from __future__ import annotations

import random
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.faults.captive_portal import CaptivePortal
from netsim.faults.cut import Cut
from netsim.faults.expired_certificate import ExpiredCertificate
from netsim.faults.fault import CannotError
from netsim.faults.service_front import ServiceFront
from netsim.faults.stripped_upgrade import StrippedUpgrade
from netsim.profiles.profile import Profile, Way
from tests.support.echo import GET, UPGRADE, EchoService, connected, echo_service, exactly

CHANCE = random.Random(1)
BIG = b"x" * 2_000_000


@pytest.fixture(scope="module")
def echo() -> Iterator[EchoService]:
    with echo_service() as service:
        yield service


def _status(front: ServiceFront, request: bytes, authority: Path | None = None) -> bytes:
    with connected(front.address) as client:
        if authority is None:
            client.sendall(request)
            return client.recv(65536)[9:12]
        with ssl.create_default_context(cafile=authority).wrap_socket(client, server_hostname="127.0.0.1") as tls:
            tls.sendall(request)
            return tls.recv(65536)[9:12]


def test_what_breaks_is_whole_again(echo: EchoService) -> None:
    with ServiceFront(echo.address) as front:
        assert (front.host, front.port) == ("127.0.0.1", int(front.address.rpartition(":")[2]))
        with Cut().lasting_on(front, CHANCE), pytest.raises(ConnectionRefusedError):
            connected(front.address)
        with connected(front.address) as client:
            client.sendall(b"hello")
            assert exactly(client, 5) == b"hello"


def test_much_that_is_no_websocket_passes_quickly(echo: EchoService) -> None:
    with ServiceFront(echo.web) as front, connected(front.address) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: echo\r\nContent-Length: %d\r\n\r\n" % len(BIG) + BIG)
        heard = b""
        while not heard.endswith(BIG):
            heard += client.recv(65536)


def test_another_server_answers_and_then_the_service(echo: EchoService) -> None:
    with ServiceFront(f"http://{echo.web}/") as front:
        with CaptivePortal(answer="redirect").lasting_on(front, CHANCE):
            assert _status(front, GET) == b"302"
        assert _status(front, GET) == b"200"


def test_with_tls_a_proxy_looks_inside_and_a_portal_stands_before(echo: EchoService, tmp_path: Path) -> None:
    authority = tmp_path / "authority.pem"
    with ServiceFront(echo.web, tls=True, authority_file=authority) as front:
        assert _status(front, GET, authority) == b"200"
        with StrippedUpgrade(answer="426").lasting_on(front, CHANCE):
            assert _status(front, UPGRADE, authority) == b"426"
        assert _status(front, UPGRADE, authority) == b"101"
        with CaptivePortal().lasting_on(front, CHANCE), pytest.raises(ssl.SSLCertVerificationError):
            _status(front, GET, authority)
        with (
            ExpiredCertificate().lasting_on(front, CHANCE),
            pytest.raises(ssl.SSLCertVerificationError, match="expired"),
        ):
            _status(front, GET, authority)
        assert _status(front, GET, authority) == b"200"


def test_without_tls_there_is_no_certificate(echo: EchoService) -> None:
    with ServiceFront(echo.web) as front, pytest.raises(CannotError, match="nothing here speaks TLS"):
        ExpiredCertificate().begin_on(front, CHANCE)


def test_it_is_like_a_profile(echo: EchoService) -> None:
    with ServiceFront(echo.address) as front:
        assert front.apply(Profile(name="slow", title="Slow", up=Way(delay_ms=5), down=Way(delay_ms=5))) == ()
        assert any("loss" in words for words in front.apply("worst"))
