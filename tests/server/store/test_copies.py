from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from alerts.errors import UserError
from server.store.copies import copy_database
from tests.contracts.store_contract import Gate, insert_area
from tests.support.stores import started_store


def _codes(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT code FROM area ORDER BY code").fetchall()
    connection.close()
    return [code for (code,) in rows]


def test_a_copy_of_a_database_in_use_holds_what_was_committed(tmp_path: Path) -> None:
    with started_store(tmp_path) as store:
        store.write(insert_area("A")).result(30)
        gate = Gate(store)
        uncommitted = store.write(insert_area("B"))
        copy_database(tmp_path / "hub.sqlite", tmp_path / "copy")
        gate.open()
        uncommitted.result(30)
    assert _codes(tmp_path / "copy") == ["A"]
    assert (tmp_path / "copy").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("copy")) == ["copy"]


def test_a_copy_never_replaces_a_file(tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("dear")
    with pytest.raises(UserError, match="exists already"):
        copy_database(tmp_path / "hub.sqlite", tmp_path / "copy")
    assert (tmp_path / "copy").read_text() == "dear"


def test_no_source_no_copy(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no database"):
        copy_database(tmp_path / "nothing", tmp_path / "copy")


@pytest.mark.parametrize("content", [b"a letter" * 1000, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_source_that_is_no_database_leaves_nothing_behind(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "source").write_bytes(content)
    with pytest.raises(UserError, match="cannot be copied"):
        copy_database(tmp_path / "source", tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == []


def test_a_folder_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with started_store(tmp_path), pytest.raises(UserError, match="cannot be copied"):
        copy_database(tmp_path / "hub.sqlite", tmp_path / "nowhere" / "copy")
