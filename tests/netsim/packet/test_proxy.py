"""What only the proxy does: it holds the connect, and closes when an end has broken."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator

import pytest

from netsim.packet.control import PathError
from netsim.packet.flows import Flow
from netsim.packet.network import ProxyNetwork
from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Way

DELAY_MS = 60.0


@pytest.fixture
def network() -> Iterator[ProxyNetwork]:
    with ProxyNetwork() as opened:
        yield opened


def _connect(network: ProxyNetwork, server: socket.socket) -> tuple[socket.socket, socket.socket]:
    field_end = socket.create_connection(network.dial(server.getsockname()[1]), timeout=60)
    hub_end, _ = server.accept()
    return field_end, hub_end


def test_bytes_sent_during_the_connect_wait_for_its_end(network: ProxyNetwork) -> None:
    network.shape(Way(delay_ms=DELAY_MS))
    with socket.create_server(("127.0.0.1", 0)) as server:
        field_end, hub_end = _connect(network, server)
        with field_end, hub_end:
            field_end.sendall(b"early")
            assert hub_end.recv(10) == b"early"
            hub_end.sendall(b"answer")
            assert field_end.recv(10) == b"answer"
    flow: Flow = network.flows()[0]
    assert (flow.up[0].at - flow.syn_at) * 1000 == pytest.approx(2 * DELAY_MS)
    assert (flow.down[0].at - flow.syn_at) * 1000 > 3.99 * DELAY_MS


def test_one_direction_can_end_before_the_other(network: ProxyNetwork) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        field_end, hub_end = _connect(network, server)
        with field_end, hub_end:
            field_end.shutdown(socket.SHUT_WR)
            assert hub_end.recv(10) == b""
            hub_end.sendall(b"still here")
            assert field_end.recv(10) == b"still here"


def test_an_end_that_breaks_closes_the_other(network: ProxyNetwork) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        field_end, hub_end = _connect(network, server)
        with field_end:
            hub_end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            hub_end.close()  # with a reset
            assert field_end.recv(10) == b""


def test_a_target_that_is_not_there_closes_the_connection(network: ProxyNetwork) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with socket.create_connection(network.dial(port), timeout=60) as field_end:
        assert field_end.recv(10) == b""
    assert [flow.up for flow in network.flows()] == [[]]


def test_it_ends_quietly_while_connections_are_open(capfd: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with ProxyNetwork() as network:
            field_end, hub_end = _connect(network, server)
        with field_end, hub_end:
            assert field_end.recv(10) == b""
    assert capfd.readouterr().err == ""


def test_what_only_packets_can_suffer_is_refused(network: ProxyNetwork) -> None:
    with pytest.raises(PathError, match="more to packets"):
        network.shape(Way(loss=Bursts.even(0.1)))
