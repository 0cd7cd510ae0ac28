from __future__ import annotations

from pathlib import Path

import pytest

from netsim.toxiproxy.real_location import find_real_server


@pytest.fixture(autouse=True)
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("TOXIPROXY_SERVER", "GOBIN", "GOPATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("HOME", str(tmp_path))


def _program(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return str(path)


def test_where_there_is_none_there_is_none() -> None:
    assert find_real_server() is None


def test_it_is_looked_for_in_order(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    home = _program(tmp_path / "go" / "bin" / "server")
    assert find_real_server() == home
    gopath = _program(tmp_path / "gopath" / "bin" / "server")
    monkeypatch.setenv("GOPATH", str(tmp_path / "gopath"))
    assert find_real_server() == gopath
    gobin = _program(tmp_path / "gobin" / "server")
    monkeypatch.setenv("GOBIN", str(tmp_path / "gobin"))
    assert find_real_server() == gobin
    on_path = _program(tmp_path / "path" / "toxiproxy-server")
    assert find_real_server() == on_path
    named = _program(tmp_path / "named")
    monkeypatch.setenv("TOXIPROXY_SERVER", named)
    assert find_real_server() == named
    monkeypatch.setenv("TOXIPROXY_SERVER", named + "-not-there")
    assert find_real_server() is None
