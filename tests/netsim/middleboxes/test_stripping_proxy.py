"""No upgrade gets through; everything else does."""

from __future__ import annotations

import pytest

from netsim.middleboxes.running import running
from tests.support.echo import GET, UPGRADE, EchoService, all_of, connected


def test_the_service_is_asked_without_the_upgrade(echo: EchoService) -> None:
    with running("stripping-proxy", echo.web) as proxy, connected(proxy.address) as client:
        client.sendall(UPGRADE)
        answer = all_of(client)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b'Can "Upgrade" only to "WebSocket"' in answer


@pytest.mark.parametrize("status", ["200", "400", "426", "501"])
def test_or_the_proxy_refuses_by_itself(echo: EchoService, status: str) -> None:
    with running("stripping-proxy", echo.web, answer=status) as proxy, connected(proxy.address) as client:
        client.sendall(UPGRADE)
        assert all_of(client).startswith(f"HTTP/1.1 {status} ".encode())


def test_plain_requests_pass(echo: EchoService) -> None:
    with running("stripping-proxy", echo.web, answer="426") as proxy, connected(proxy.address) as client:
        client.sendall(GET)
        assert all_of(client).endswith(b"Hello\n")


def test_a_body_passes_whole(echo: EchoService) -> None:
    body = b"x" * 300_000
    with running("stripping-proxy", echo.web) as proxy, connected(proxy.address) as client:
        client.sendall(b"POST / HTTP/1.1\r\nHost: echo\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        assert all_of(client).endswith(b"\r\n\r\n" + body)
