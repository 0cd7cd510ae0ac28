"""How far the audit log goes, kept beside the database: a log that was cut, or changed under it, is told."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from server.audit import AuditHead
from server.audit_head import FILE, kept
from server.hub import Role
from tests.support.hub import RunningHub, running_hub


def _verified(hub: RunningHub) -> dict[str, object]:
    found: dict[str, object] = hub.ask("GET", "/v1/audit/verification").json()
    return found


def _tamper(folder: Path, sql: str) -> None:
    """Whoever has the file can do that, triggers or not."""
    database = sqlite3.connect(folder / "hub.sqlite")
    with database:
        for name in ("update", "delete"):
            database.execute(f"DROP TRIGGER audit_no_{name}")
        database.execute(sql)
    database.close()


def test_the_file_follows_the_log(tmp_path: Path) -> None:
    with running_hub(tmp_path) as hub:
        hub.do(hub.process.audit_head.look())
        found = _verified(hub)
        assert kept(tmp_path) == AuditHead(int(str(found["number"])), bytes.fromhex(str(found["hash"])))
        assert found["is_whole"] and (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
        hub.do(hub.hub.make_token(Role.VIEWER, "one more"))
    assert (kept(tmp_path) or AuditHead(0, b"")).number == int(str(found["number"])) + 1, "the end of a hub writes it"


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM audit WHERE id > 2", "its end was cut off"),
        ("UPDATE audit SET by = 'somebody' WHERE id = 2", "row 2 does not fit"),
        ("DELETE FROM audit", "its end was cut off"),
    ],
)
def test_what_was_done_to_the_file_of_the_database_is_told(tmp_path: Path, sql: str, words: str) -> None:
    with running_hub(tmp_path) as hub:
        assert _verified(hub)["is_whole"]
    before = (tmp_path / FILE).read_text()
    _tamper(tmp_path, sql)
    with running_hub(tmp_path, make_tokens=False) as hub:
        hub.tokens[Role.ADMINISTRATOR] = hub.do(hub.hub.make_token(Role.ADMINISTRATOR, "after"))
        found = _verified(hub)
        assert not found["is_whole"] and words in str(found["problem"])
    if "DELETE" in sql:
        assert (tmp_path / FILE).read_text() == before, "what the file knows is not overwritten"


def test_a_file_that_cannot_be_read_is_told_and_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{}")
    with pytest.raises(ValueError, match="cannot be read"):
        kept(tmp_path)
    with running_hub(tmp_path) as hub:
        assert "cannot be read" in str(_verified(hub)["problem"]) and hub.process.audit_head.problem
    assert json.loads((tmp_path / FILE).read_text()) == {}
