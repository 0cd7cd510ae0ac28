"""`tocsin-hub token`, beside a running hub and before its first start."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from server.cli import main
from tests.support.hub import RunningHub, running_hub


def run(capsys: pytest.CaptureFixture[str], *words: str | Path) -> tuple[int, str, str]:
    """A command: exit code, output, errors."""
    code = 0
    try:
        main([str(word) for word in words])
    except SystemExit as ended:
        code = int(ended.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


def status(hub: RunningHub, token: str) -> int:
    return hub.ask("GET", "/v1/alerts", role=None, token=token).status_code


def test_a_token_works_at_once_and_until_it_is_revoked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, before, _ = run(capsys, "token", "make", "--role", "viewer", "--name", "early", "--data", tmp_path, "--quiet")
    with running_hub(tmp_path) as hub:
        assert status(hub, before.strip()) == 200
        code, secret, note = run(capsys, "token", "make", "--role", "author", "--name", "desk", "--data", tmp_path)
        assert code == 0 and secret.count("\n") == 1 and "shown this once" in note
        assert status(hub, secret.strip()) == 200
        assert run(capsys, "token", "revoke", "desk", "--data", tmp_path)[0] == 0
        assert status(hub, secret.strip()) == 401
        _, listed, _ = run(capsys, "token", "list", "--data", tmp_path, "--json")
        rows = {row["name"]: row for row in json.loads(listed)}
        assert rows["desk"]["revoked_at"] and not rows["early"]["revoked_at"]
        assert secret.strip() not in listed
        assert "desk" in run(capsys, "token", "list", "--data", tmp_path)[1]


def test_what_cannot_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "no hub's data" in run(capsys, "token", "list", "--data", tmp_path / "none")[2]
    assert not (tmp_path / "none").exists()
    run(capsys, "token", "make", "--role", "viewer", "--name", "a", "--data", tmp_path)
    for words in (
        ("token", "make", "--role", "viewer", "--name", "a"),
        ("token", "make", "--role", "king", "--name", "b"),
        ("token", "make", "--role", "viewer", "--name", ""),
        ("token", "revoke", "nobody"),
    ):
        code, _, errors = run(capsys, *words, "--data", tmp_path)
        assert code != 0 and errors and "Traceback" not in errors


def test_a_token_can_be_bound_to_areas(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with running_hub(tmp_path) as hub:
        flags = ("--role", "author", "--name", "district", "--area", "KE-047", "--area", "KE-030")
        code, secret, note = run(capsys, "token", "make", *flags, "--data", tmp_path)
        assert code == 0 and "bound to KE-047 KE-030" in note
        assert "KE-047 KE-030" in run(capsys, "token", "list", "--data", tmp_path)[1]
        (tmp_path / "token").write_text(secret)
        code, _, errors = run(capsys, "token", "list", "--hub", hub.address, "--token-file", tmp_path / "token")
        assert code == 1 and "needs the role administrator" in errors
