from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from alerts.errors import UserError
from netsim.toxiproxy import real_server
from netsim.toxiproxy.real_server import RealServer
from netsim.toxiproxy.toxiproxy_client import ToxiproxyClient, ToxiproxyError


def test_without_one_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOXIPROXY_SERVER", "/nowhere")
    with pytest.raises(UserError, match="no Toxiproxy server was found") as caught:
        RealServer()
    assert "go install" in caught.value.hint


def test_a_program_that_is_something_else_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text(f"#!{sys.executable}\n")
    other.chmod(0o755)
    monkeypatch.setenv("TOXIPROXY_SERVER", str(other))
    with pytest.raises(UserError, match="did not answer on any of 5 ports"):
        RealServer()


@pytest.mark.needs("toxiproxy-server")
def test_a_taken_port_is_noticed_and_another_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    first = RealServer()
    ports = iter([first.port, real_server._free_port()])
    monkeypatch.setattr(real_server, "_free_port", lambda: next(ports))
    second = RealServer()
    try:
        assert second.port != first.port
        assert ToxiproxyClient("127.0.0.1", second.port).proxies() == {}
    finally:
        second.stop()
        first.stop()
    with pytest.raises(ToxiproxyError):
        ToxiproxyClient("127.0.0.1", second.port).proxies()
    with socket.create_server(("127.0.0.1", first.port)):
        pass
