"""The SQLite file: durable, private, migrated after a copy, and every refusal in words."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from client.store.database import MIGRATIONS, Database, StoreError, only
from client.store.models import HubClock


def _pragma(database: Database, name: str) -> int:
    value: int = database._db.execute_sql(f"PRAGMA {name}").fetchone()[0]
    return value


def _write(database: Database, hub: int) -> None:
    database.run(only(HubClock, hub=hub, monotonic=1.0, boot="b")).execute()


def _read(database: Database) -> int | None:
    value: int | None = database.run(HubClock.select(HubClock.hub)).scalar()
    return value


def test_commits_survive_a_power_cut_and_light_ones_need_not(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    assert _pragma(database, "journal_mode") == "wal"  # type: ignore[comparison-overlap]
    assert _pragma(database, "synchronous") == 2
    with database.transaction(light=True):
        assert _pragma(database, "synchronous") == 1
    assert _pragma(database, "synchronous") == 2
    with pytest.raises(ZeroDivisionError), database.transaction(light=True):
        raise ZeroDivisionError
    assert _pragma(database, "synchronous") == 2


def test_a_transaction_writes_all_or_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    with pytest.raises(ZeroDivisionError), database.transaction():
        _write(database, 5)
        raise ZeroDivisionError
    assert _read(database) is None


@pytest.mark.skipif(os.name != "posix", reason="file modes are POSIX's")
def test_only_the_owner_may_read_the_store(tmp_path: Path) -> None:
    Database(tmp_path / "field.sqlite")
    assert stat.S_IMODE((tmp_path / "field.sqlite").stat().st_mode) == 0o600


def test_it_notices_what_another_connection_wrote(tmp_path: Path) -> None:
    ours, theirs = Database(tmp_path / "field.sqlite"), Database(tmp_path / "field.sqlite")
    with ours.transaction():
        _write(ours, 1)
    assert not ours.has_changed()
    with theirs.transaction():
        _write(theirs, 2)
    assert ours.has_changed()
    assert not ours.has_changed()
    assert _read(ours) == 2


def _with_more_steps(folder: Path, **steps: str) -> Path:
    folder.mkdir()
    for script in MIGRATIONS.glob("[0-9]*.py"):
        shutil.copy(script, folder)
    for name, statement in steps.items():
        body = "".join(f"    db.execute_sql({part!r})\n" for part in statement.split(";"))
        (folder / f"{name.removeprefix('s')}.py").write_text(f"def up(_, db):\n{body}")
    return folder


def test_an_older_file_is_migrated_after_a_copy_was_made(tmp_path: Path) -> None:
    file = tmp_path / "field.sqlite"
    older = Database(file)
    with older.transaction():
        _write(older, 7)
    older.close()
    later = _with_more_steps(tmp_path / "later", s0900_more="ALTER TABLE hubclock ADD COLUMN more INTEGER")
    newer = Database(file, migrations=later)
    assert _read(newer) == 7
    newer._db.execute_sql("SELECT more FROM hubclock")
    copy = sqlite3.connect(tmp_path / "field.sqlite.before-0900_more")
    assert copy.execute("SELECT hub FROM hubclock").fetchall() == [(7,)]
    with pytest.raises(sqlite3.OperationalError, match="no such column"):
        copy.execute("SELECT more FROM hubclock")


def test_a_step_that_fails_leaves_no_trace(tmp_path: Path) -> None:
    file = tmp_path / "field.sqlite"
    Database(file).close()
    broken = _with_more_steps(tmp_path / "broken", s0900_more="CREATE TABLE more (id INTEGER);DROP TABLE missing")
    with pytest.raises(StoreError, match="no such table: missing"):
        Database(file, migrations=broken)
    with pytest.raises(StoreError, match="no such table: missing"):
        Database(file, migrations=broken)
    assert "more" not in Database(file)._db.get_tables()


def test_a_newer_file_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "field.sqlite"
    later = _with_more_steps(tmp_path / "later", s0900_more="CREATE TABLE more (id INTEGER)")
    Database(file, migrations=later).close()
    with pytest.raises(StoreError, match="newer version of Tocsin") as refused:
        Database(file)
    assert "0900_more" in str(refused.value)
    assert "Install that version" in refused.value.hint


def test_a_new_file_needs_no_copy(tmp_path: Path) -> None:
    Database(tmp_path / "field.sqlite").close()
    assert not list(tmp_path.glob("*.before-*"))


def test_a_damaged_file_is_refused_in_words(tmp_path: Path) -> None:
    file = tmp_path / "field.sqlite"
    file.write_bytes(b"this is no database, and long enough to look at" * 100)
    with pytest.raises(StoreError, match=r"field\.sqlite") as refused:
        Database(file)
    assert "damaged" in refused.value.hint


def test_a_folder_instead_of_a_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "field.sqlite").mkdir()
    with pytest.raises(StoreError, match=r"field\.sqlite"):
        Database(tmp_path / "field.sqlite")


def test_a_full_disk_is_said_in_words_and_writes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    pages = _pragma(database, "page_count")
    database._db.execute_sql(f"PRAGMA max_page_count={pages}")

    def fill() -> None:
        with database.transaction():
            _write(database, 3)
            big: Any = only(HubClock, hub=4, monotonic=1.0, boot="b" * 100_000)
            database.run(big).execute()

    with pytest.raises(StoreError, match="full") as refused:
        fill()
    assert "Free some space" in refused.value.hint
    assert _read(database) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux refuses a write by the size of a file and goes on")
def test_a_disk_that_takes_nothing_is_said_in_words_and_writes_nothing(tmp_path: Path) -> None:
    database = Database(tmp_path / "field.sqlite")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with pytest.raises(StoreError, match="disk I/O error") as refused, database.transaction():
            _write(database, 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "nothing is lost" in refused.value.hint
    assert _read(database) is None
