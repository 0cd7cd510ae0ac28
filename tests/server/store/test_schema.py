from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from alerts.errors import UserError
from server.store.database import open_database
from server.store.models import TABLES
from server.store.schema import MIGRATIONS, check, migrate
from tests.contracts.store_contract import insert_area

SECOND = '''
"""Areas get a population."""
from peewee import IntegerField

def up(migrator, db):
    migrator.migrate(migrator.add_column("area", "people", IntegerField(default=0)))
'''
BROKEN = """
from peewee import IntegerField

def up(migrator, db):
    migrator.migrate(migrator.add_column("area", "people", IntegerField(default=0)))
    migrator.migrate(migrator.add_column("nowhere", "people", IntegerField(default=0)))
"""


def _newer(folder: Path, text: str) -> Path:
    """The migrations of a later version of the program."""
    directory = folder / "migrations"
    directory.mkdir()
    for path in MIGRATIONS.glob("[0-9]*.py"):
        (directory / path.name).write_text(path.read_text())
    (directory / "0900_later.py").write_text(text)
    return directory


def _columns(path: Path, table: str) -> dict[str, tuple[str, bool, bool]]:
    connection = sqlite3.connect(path)
    rows = connection.execute(f"PRAGMA table_info({table})").fetchall()
    connection.close()
    return {name: (kind, bool(needed), bool(key)) for _, name, kind, needed, _, key in rows}


def test_the_migrations_lead_to_what_the_models_say(tmp_path: Path) -> None:
    migrated, modelled = tmp_path / "migrated.sqlite", tmp_path / "modelled.sqlite"
    db = open_database(migrated)
    assert migrate(db, migrated)[0] == "0001_first"
    indexes = {table: len(db.get_indexes(table)) for table in db.get_tables()}
    db.close()
    db = open_database(modelled)
    with db.bind_ctx(list(TABLES)):
        db.create_tables(list(TABLES))
        for table in TABLES:
            name = table._meta.table_name
            assert _columns(migrated, name) == _columns(modelled, name), name
            assert indexes[name] == len(db.get_indexes(name)), name
    db.close()


def test_a_second_time_nothing_is_done(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    db = open_database(path)
    migrate(db, path)
    assert migrate(db, path) == []
    check(db, path)
    db.close()


def test_an_older_file_is_copied_and_then_migrated(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    db = open_database(path)
    migrate(db, path)
    insert_area("KE")(db)
    directory = _newer(tmp_path, SECOND)
    with pytest.raises(UserError, match="older version"):
        check(db, path, directory)
    assert migrate(db, path, directory) == ["0900_later"]
    db.close()
    assert "people" in _columns(path, "area")
    copy = tmp_path / "hub.sqlite.before-0900_later"
    assert "people" not in _columns(copy, "area")
    connection = sqlite3.connect(copy)
    assert connection.execute("SELECT code FROM area").fetchall() == [("KE",)]
    connection.close()


def test_a_newer_file_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    db = open_database(path)
    migrate(db, path, _newer(tmp_path, SECOND))
    with pytest.raises(UserError, match="written by a newer version of this program"):
        migrate(db, path)
    db.close()


def test_a_migration_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    db = open_database(path)
    migrate(db, path)
    with pytest.raises(UserError, match="cannot be migrated"):
        migrate(db, path, _newer(tmp_path, BROKEN))
    assert "people" not in _columns(path, "area")
    assert migrate(db, path) == []
    db.close()


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    path.write_bytes(b"this is a letter, not a database\n" * 100)
    db = open_database(path)
    with pytest.raises(UserError, match="cannot be read as a hub's database"):
        migrate(db, path)
    db.close()


def test_another_program_s_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hub.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    db = open_database(path)
    with pytest.raises(UserError, match="not a hub's: it has the table 'recipes'"):
        migrate(db, path)
    db.close()
