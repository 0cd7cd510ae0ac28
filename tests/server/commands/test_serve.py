"""`tocsin-hub serve`: its flags reach the hub; wrong ones are told. (The process itself: tests/server/test_process.py.)"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from server.cli import main
from server.settings import Settings
from tests.server.commands.test_token import run


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Settings, Path | None]]:
    """What would have been served."""
    found: list[tuple[Settings, Path | None]] = []

    async def fake(settings: Settings, *, ready_file: Path | None, started: Callable[..., Any]) -> None:
        found.append((settings, ready_file))

    monkeypatch.setattr("server.commands.serve.run", fake)
    monkeypatch.setattr("server.commands.serve.set_up_logs", lambda *_: None)
    return found


def serve(*flags: str) -> None:
    try:
        main(["serve", *flags])
    except SystemExit as ended:
        assert not ended.code


def test_flags_environment_and_file_reach_the_hub(
    tmp_path: Path, served: list[tuple[Settings, Path | None]], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "hub.toml"
    file.write_text('host = "::1"\nport = 1\n')
    monkeypatch.setenv("TOCSIN_HUB_PORT", "2")
    serve("--config", str(file), "--data", str(tmp_path), "--log-format", "json", "--ready-file", "r")
    settings, ready_file = served[0]
    assert (settings.host, settings.port, settings.data, settings.log_format) == ("::1", 2, tmp_path, "json")
    assert ready_file == Path("r")


def test_without_anything_it_is_the_loopback_and_8400(served: list[tuple[Settings, Path | None]]) -> None:
    serve()
    assert (served[0][0].host, served[0][0].port, str(served[0][0].data)) == ("127.0.0.1", 8400, ".tocsin")


@pytest.mark.parametrize(
    "flags", [("--port", "x"), ("--port", "70000"), ("--prot", "1"), ("--tls-cert", "a"), ("extra",)]
)
def test_wrong_flags_are_told(capsys: pytest.CaptureFixture[str], flags: tuple[str, ...]) -> None:
    code, out, errors = run(capsys, "serve", *flags)
    assert code != 0 and (out + errors) and "Traceback" not in out + errors
