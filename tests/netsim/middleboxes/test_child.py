"""A middlebox as a process."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.middleboxes.child import MiddleboxChild
from tests.support.echo import GET, EchoService, connected


def _status(address: str) -> bytes:
    with connected(address) as client:
        client.sendall(GET)
        return client.recv(65536)[9:12]


def test_it_serves_until_it_is_stopped(echo: EchoService, tmp_path: Path) -> None:
    options = {"seed": 1, "log": tmp_path / "log", "host": "127.0.0.1", "place": None}
    portal = MiddleboxChild("captive-portal", echo.web, answer="redirect", **options)  # type: ignore[arg-type]
    try:
        assert _status(portal.address) == b"302"
    finally:
        portal.stop()
    with pytest.raises(ConnectionRefusedError):
        connected(portal.address)


def test_one_that_cannot_listen_says_why(echo: EchoService, tmp_path: Path) -> None:
    with pytest.raises(UserError) as failed:
        MiddleboxChild("captive-portal", echo.web, seed=1, log=tmp_path / "log", host="203.0.113.1", place=None)
    assert "cannot listen on 203.0.113.1:0" in failed.value.hint
