"""Listening, stopping, and connections that break."""

from __future__ import annotations

import socket

import pytest

from alerts.errors import UserError
from netsim.middleboxes.running import running
from tests.support.echo import GET, EchoService, all_of, connected, exactly


def test_a_port_that_is_taken_is_told_in_words(echo: EchoService) -> None:
    port = int(echo.web.rpartition(":")[2])
    with pytest.raises(UserError, match=f"cannot listen on 127.0.0.1:{port}") as refused:
        running("buffering-proxy", echo.web, port=port)
    assert "port 0" in refused.value.hint


def test_a_service_that_is_not_there_ends_the_connection_only(echo: EchoService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        free = "{}:{}".format(*taken.getsockname())
    with running("stripping-proxy", free) as proxy:
        for _ in range(2):
            with connected(proxy.address) as client:
                client.sendall(GET)
                assert _end_of(client) == b""


def _end_of(client: socket.socket) -> bytes:
    try:
        return all_of(client)
    except ConnectionResetError:
        return b""


def test_stopping_breaks_what_is_open(echo: EchoService) -> None:
    proxy = running("buffering-proxy", echo.address, hold_bytes=1, hold_s=1)
    with connected(proxy.address) as client:
        client.sendall(b"1")
        assert exactly(client, 1) == b"1"
        proxy.stop()
        assert _end_of(client) == b""
    proxy.stop()
    with pytest.raises(ConnectionRefusedError):
        connected(proxy.address)
