"""What the service says is held until there is enough of it, or it has waited long enough, or it is whole."""

from __future__ import annotations

import pytest

from netsim.middleboxes.buffering_proxy import is_whole
from netsim.middleboxes.running import running
from tests.support.echo import GET, UPGRADE, EchoService, connected, exactly


def test_bytes_pass_when_there_are_enough(echo: EchoService) -> None:
    with (
        running("buffering-proxy", echo.address, hold_bytes=10, hold_s=3600) as proxy,
        connected(proxy.address) as client,
    ):
        client.sendall(b"12345")
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.recv(1)
        client.settimeout(30)
        client.sendall(b"67890")
        assert exactly(client, 10) == b"1234567890"


def test_bytes_pass_when_the_first_has_waited_long_enough(echo: EchoService) -> None:
    with (
        running("buffering-proxy", echo.address, hold_bytes=10**6, hold_s=0.2) as proxy,
        connected(proxy.address) as client,
    ):
        for said in (b"12345", b"67"):
            client.sendall(said)
            assert exactly(client, len(said)) == said


def test_without_a_time_a_whole_answer_passes(echo: EchoService) -> None:
    with running("buffering-proxy", echo.web) as proxy, connected(proxy.address) as client:
        client.sendall(GET)
        assert client.recv(65536).endswith(b"\r\n\r\nHello\n")


def test_without_a_time_an_upgrade_is_never_answered(echo: EchoService) -> None:
    with running("buffering-proxy", echo.web) as proxy, connected(proxy.address) as client:
        client.sendall(UPGRADE)
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello", True),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHell", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length", False),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n0\r\n\r\n", True),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nHello\r\n", False),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\x81\x00", False),
    ],
)
def test_an_answer_is_whole_by_its_own_length(answer: bytes, expected: bool) -> None:
    assert is_whole(answer) is expected
