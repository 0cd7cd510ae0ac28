"""Every byte passes, over TCP and over a Unix socket, and a door can be led elsewhere."""

from __future__ import annotations

import random
import socket
from pathlib import Path

from netsim.middleboxes.pass_on import PassOn
from netsim.middleboxes.running import RunningMiddlebox, running
from netsim.middleboxes.upstream import Upstream
from tests.support.echo import GET, EchoService, connected, exactly


def test_it_can_be_led_elsewhere_while_it_runs(echo: EchoService) -> None:
    with running("pass-on", echo.address) as door:
        with connected(door.address) as client:
            client.sendall(b"hello")
            assert exactly(client, 5) == b"hello"
        door.middlebox.upstream = Upstream.parse(echo.web)
        with connected(door.address) as client:
            client.sendall(GET)
            assert client.recv(65536).startswith(b"HTTP/1.1 200")


def test_it_listens_at_a_unix_socket(echo: EchoService, tmp_path: Path) -> None:
    path = tmp_path / "door"
    door = RunningMiddlebox(lambda: PassOn(Upstream.parse(echo.address), random.Random(1)), f"unix:{path}")
    with door, socket.socket(socket.AF_UNIX) as client:
        assert door.address == f"unix:{path}"
        client.settimeout(30)
        client.connect(str(path))
        client.sendall(b"hello")
        assert exactly(client, 5) == b"hello"
