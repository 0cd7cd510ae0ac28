"""A link of real packets in front of a service that is not Tocsin's."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from netsim.faults.captive_portal import CaptivePortal
from netsim.faults.half_open import HalfOpen
from netsim.faults.service_front import ServiceFront
from netsim.faults.stall import Stall
from netsim.profiles.profile import Profile, Way
from tests.support.echo import GET, EchoService, connected, echo_service, exactly

pytestmark = [pytest.mark.needs("namespaces"), pytest.mark.xdist_group("packet-path")]

CHANCE = random.Random(1)
BIG = random.Random(2).randbytes(200_000)


@pytest.fixture(scope="module")
def echo() -> Iterator[EchoService]:
    with echo_service() as service:
        yield service


@pytest.fixture(scope="module")
def front(echo: EchoService) -> Iterator[ServiceFront]:
    with ServiceFront(echo.web, via="packet", seed=3) as made:
        yield made


def _status(front: ServiceFront) -> bytes:
    with connected(front.address) as client:
        client.sendall(GET)
        return client.recv(65536)[9:12]


def test_what_is_lost_on_the_way_is_sent_again_by_tcp(echo: EchoService) -> None:
    lossy = Way(delay_ms=5, reorder=0.05, duplicate=0.02)
    with ServiceFront(echo.address, via="packet", seed=3) as front:
        assert front.apply(Profile(name="rough", title="Rough", up=lossy, down=lossy)) == ()
        with connected(front.address) as client:
            client.sendall(BIG)
            assert exactly(client, len(BIG)) == BIG
        assert front.link.traffic().up_bytes > len(BIG)


def test_nothing_comes_through_silence_and_a_stall_ends(front: ServiceFront) -> None:
    assert _status(front) == b"200"
    with connected(front.address) as client, HalfOpen().lasting_on(front, CHANCE):
        client.sendall(GET)
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    with connected(front.address) as client:
        with Stall().lasting_on(front, CHANCE):
            client.sendall(GET)
        client.settimeout(30)
        assert client.recv(65536)[9:12] == b"200"


def test_another_server_answers_and_then_the_service(front: ServiceFront) -> None:
    with CaptivePortal(answer="redirect").lasting_on(front, CHANCE):
        assert _status(front) == b"302"
    assert _status(front) == b"200"
