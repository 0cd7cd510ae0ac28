"""The contract of a network, kept by the packets' and by the proxy's: delay, count, order, end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from typing import IO

import pytest

from netsim.packet import network as networks
from netsim.packet.control import PathError
from netsim.packet.flows import Flow, bytes_until
from netsim.packet.namespaces import start
from netsim.packet.network import Network, PacketNetwork, half_of, open_network
from netsim.profiles.bursts import Bursts
from netsim.profiles.profile import Way

RTT_MS = 100.0
ROUNDING_MS = 0.01
ECHO_ONCE = """
import socket, sys
server = socket.create_server((sys.argv[1], 0))
print(server.getsockname()[1], flush=True)
connection, _ = server.accept()
received = b""
while chunk := connection.recv(65536):
    received += chunk
connection.sendall(received)
connection.close()
"""
ASK_ONCE = """
import socket, sys, time
began = time.monotonic()
connection = socket.create_connection((sys.argv[1], int(sys.argv[2])))
connection.sendall(b"x" * int(sys.argv[3]))
connection.shutdown(socket.SHUT_WR)
total, first_at = 0, None
while chunk := connection.recv(65536):
    first_at = first_at or time.monotonic()
    total += len(chunk)
print(total, began, first_at)
"""


@pytest.fixture(params=[pytest.param("tun", marks=pytest.mark.needs("namespaces")), "proxy"])
def network(request: pytest.FixtureRequest) -> Iterator[Network]:
    with open_network(request.param) as opened:
        assert opened.via == request.param
        yield opened


def _line(stream: IO[bytes] | None) -> list[bytes]:
    assert stream is not None
    return stream.readline().split()


def _exchange(network: Network, sent_bytes: int) -> tuple[int, float, Flow]:
    """Send that much there and back: what came back, when it began (monotonic seconds), and what was counted."""
    server = start([sys.executable, "-c", ECHO_ONCE, network.hub_host], network.hub, stdout=subprocess.PIPE)
    with server:
        host, port = network.dial(int(_line(server.stdout)[0]))
        command = [sys.executable, "-c", ASK_ONCE, host, str(port), str(sent_bytes)]
        with start(command, network.field, stdout=subprocess.PIPE) as client:
            total, *moments = _line(client.stdout)
    (flow,) = network.flows()
    first_at = float(moments[1])
    assert first_at >= flow.down[0].at, "it was counted before it had arrived"
    return int(total), first_at - flow.syn_at, flow


def test_the_first_answer_takes_two_round_trips(network: Network) -> None:
    network.shape(half_of(RTT_MS))
    total, first_seconds, flow = _exchange(network, 1000)
    assert total == 1000
    assert (flow.up[0].at - flow.syn_at) * 1000 >= RTT_MS - ROUNDING_MS, "the connect was not held"
    assert (flow.down[0].at - flow.syn_at) * 1000 >= 2 * RTT_MS - ROUNDING_MS
    assert first_seconds * 1000 < 20 * RTT_MS, "wide, because this machine may be busy"


def test_payload_is_counted_once_each_way(network: Network) -> None:
    total, _, flow = _exchange(network, 200_000)
    assert total == 200_000
    assert flow.up[-1].total_bytes == flow.down[-1].total_bytes == 200_000
    assert bytes_until(flow.down, flow.syn_at) == 0
    assert flow.up[0].at <= flow.down[0].at


@pytest.mark.needs("namespaces")
def test_lost_packets_are_sent_again_and_not_counted_again() -> None:
    with PacketNetwork(seed="7") as network:
        network.shape(Way(delay_ms=2, loss=Bursts.even(0.05)))
        total, _, flow = _exchange(network, 300_000)
    assert total == flow.up[-1].total_bytes == flow.down[-1].total_bytes == 300_000


@pytest.mark.needs("namespaces")
def test_each_way_has_its_own_shape() -> None:
    with PacketNetwork() as network:
        network.shape(Way(), Way(delay_ms=RTT_MS))
        _, _, flow = _exchange(network, 10)
    assert (flow.down[0].at - flow.syn_at) * 1000 >= 2 * RTT_MS - ROUNDING_MS, (
        "handshake and answer each came down once"
    )


def test_without_the_right_the_proxy_stands_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(**_: object) -> Network:
        raise PathError("cannot make a user namespace", "run as root")

    monkeypatch.setattr(networks, "PacketNetwork", lacking)
    with open_network("auto") as network:
        assert network.via == "proxy"
    with pytest.raises(PathError, match="user namespace"):
        open_network("tun")


def test_elsewhere_than_on_linux_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(PathError, match="darwin"):
        PacketNetwork()
