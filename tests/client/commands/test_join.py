"""`tocsin-field join`."""

from __future__ import annotations

from pathlib import Path

import pytest

from client.exits import ExitCode
from tests.server.test_process import make_certificate
from tests.support.device_store import open_store
from tests.support.field_command import field_process, run_field, said
from tests.support.hub import PATIENCE_S, running_hub
from tests.support.hub_thread import hub_thread


def test_it_joins_and_says_what_comes_next(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hub_thread() as thread:
        tokens = ("join", thread.address, "abc", "--language", "sw", "--language", "en", "--name", "Clinic")
        assert run_field(*tokens, "--data", tmp_path) == 0
        words = said(capsys)
        assert "Joined" in words
        assert str(tmp_path) in words
        assert "tocsin-field run" in words
        assert "not encrypted" not in words, "the loopback cannot be listened to"
        assert run_field(*tokens, "--data", tmp_path) == ExitCode.NOT_JOINED
        assert "--again" in said(capsys)
        assert run_field("join", thread.address, "abc", "--data", tmp_path / "b") == ExitCode.REFUSED
        assert "ask whoever gave it to you" in said(capsys)
    assert open_store(tmp_path).standing().languages == ("sw", "en")


def test_nobody_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with hub_thread() as thread:
        address = thread.address
    assert run_field("join", address, "abc", "--data", tmp_path) == ExitCode.UNREACHABLE
    assert "refused" in said(capsys)


def test_a_certificate_that_is_not_to_be_trusted_is_told_once(tmp_path: Path) -> None:
    cert, key = make_certificate(tmp_path)
    with running_hub(tmp_path / "hub", tls_cert=cert, tls_key=key) as hub:
        address = f"https://localhost:{hub.process.port}"
        with field_process("join", address, "AAAAA-AAAAA", "--data", tmp_path / "field") as process:
            _, told = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == ExitCode.UNREACHABLE
    assert told.startswith(f"tocsin-field: {address}: its certificate is not to be trusted")
    assert "--ca" in told and told.count("\n") == 2, told


@pytest.mark.parametrize(
    ("more", "words"),
    [(("--ca", "missing.pem"), "no such file"), (("--language", "en_GB"), "not a language tag")],
)
def test_wrong_values(more: tuple[str, ...], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("join", "http://127.0.0.1:1", "abc", *more, "--data", tmp_path) == ExitCode.USAGE
    assert words in said(capsys)


def test_a_wrong_address(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_field("join", "ftp://x", "abc", "--data", tmp_path) == ExitCode.USAGE
    assert "https://hub.example" in said(capsys)
