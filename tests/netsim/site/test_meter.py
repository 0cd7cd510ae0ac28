"""Every byte passes and is counted; a hub that is not there breaks the connection."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from netsim.site.meter import Meter, MeterLoop
from tests.support.waiting import wait_until


@pytest.fixture
def meter() -> Iterator[Meter]:
    loop = MeterLoop()
    yield loop.meter()
    loop.close()


def _dial(meter: Meter) -> socket.socket:
    host, port = meter.address.split(":")
    return socket.create_connection((host, int(port)), timeout=60)


def _echo(listener: socket.socket) -> None:
    taken, _ = listener.accept()
    with taken:
        while data := taken.recv(4096):
            taken.sendall(data * 2)


def test_both_ways_are_counted(meter: Meter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_echo, args=[listener], daemon=True).start()
        meter.lead_to("127.0.0.1", listener.getsockname()[1])
        with _dial(meter) as dialled:
            dialled.sendall(b"x" * 10)
            dialled.shutdown(socket.SHUT_WR)
            assert len(b"".join(iter(lambda: dialled.recv(4096), b""))) == 20
    traffic = meter.traffic()
    assert (traffic.connections, traffic.up_bytes, traffic.down_bytes) == (1, 10, 20)


def test_without_a_hub_a_connection_breaks(meter: Meter) -> None:
    with pytest.raises(ConnectionError), _dial(meter) as dialled:
        dialled.recv(1)
    assert meter.traffic().connections == 1


def test_leading_elsewhere_breaks_what_is_open(meter: Meter) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        meter.lead_to("127.0.0.1", one.getsockname()[1])
        with _dial(meter) as dialled:
            dialled.sendall(b"x")
            taken, _ = one.accept()
            assert taken.recv(1) == b"x"
            meter.lead_to("127.0.0.1", other.getsockname()[1], is_new=True)
            with pytest.raises(ConnectionError):
                dialled.recv(1)
            taken.close()
        with _dial(meter) as dialled:
            dialled.sendall(b"y")
            taken, _ = other.accept()
            assert taken.recv(1) == b"y"
            taken.close()
    wait_until(lambda: meter.traffic().up_bytes == 2, "both bytes are counted")
