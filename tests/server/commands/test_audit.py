"""`tocsin-hub audit`."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.server.commands.test_token import run


def test_what_was_decided_is_listed_exported_and_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    here, file = ("--data", tmp_path / "data"), tmp_path / "audit.ndjson"
    run(capsys, "token", "make", "--role", "viewer", "--name", "program", *here)
    rows = json.loads(run(capsys, "audit", "list", "--action", "token.", "--json", *here)[1])
    assert [(row["action"], row["subject"]) for row in rows] == [("token.made", "program")]
    assert rows[0]["by"].startswith("local:")
    assert "token.made" in run(capsys, "audit", "list", "--subject", "program", *here)[1]
    code, said, errors = run(capsys, "audit", "export", file, *here)
    assert code == 0 and "2 rows, up to " in said, errors
    assert "never replaces a file" in run(capsys, "audit", "export", file, *here)[2]
    run(capsys, "token", "revoke", "program", *here)
    said = run(capsys, "audit", "verify", *here)[1]
    assert said.startswith("The audit log is one chain of 4 rows, up to ")
    assert f", and continues {file}." in run(capsys, "audit", "verify", "--against", file, *here)[1]
    assert json.loads(run(capsys, "audit", "verify", "--json", *here)[1])["is_whole"]
    assert run(capsys, "audit", "export", "-", *here)[1].count("\n") == 6


def test_a_log_that_was_cut_with_the_file_beside_it_shows_against_an_export(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, file = tmp_path / "data", tmp_path / "audit.ndjson"
    run(capsys, "token", "make", "--role", "viewer", "--name", "program", "--data", data)
    run(capsys, "audit", "export", file, "--data", data)
    database = sqlite3.connect(data / "hub.sqlite")
    with database:
        database.execute("DROP TRIGGER audit_no_delete")
        database.execute("DELETE FROM audit WHERE id > 1")
    database.close()
    (data / "audit.head").unlink()
    assert run(capsys, "audit", "verify", "--data", data)[0] == 0, "without anything kept elsewhere it cannot be seen"
    code, _, errors = run(capsys, "audit", "verify", "--against", file, "--data", data)
    assert code == 1 and "not what it was" in errors
    file.write_text(file.read_text().replace("program", "nothing"))
    code, _, errors = run(capsys, "audit", "verify", "--against", file, "--data", data)
    assert code == 1 and "is itself not what it was" in errors
    file.write_text("no export")
    code, _, errors = run(capsys, "audit", "verify", "--against", file, "--data", data)
    assert code == 2 and "is no export of the audit log: line 1 is no JSON" in errors
