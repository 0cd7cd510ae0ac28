"""The schema's version: numbered migrations, a copy before each change, and a refusal of what is newer than this program."""

from __future__ import annotations

import sqlite3
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from peewee import PeeweeException, SqliteDatabase
from playhouse.migrations import Runner

from alerts.errors import StoreFullError, UserError
from server.store.copies import copy_database
from server.store.database import store_error

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(db: SqliteDatabase, path: Path, directory: Path = MIGRATIONS) -> list[str]:
    """Bring a database to this program's schema; the names of the migrations that were applied.

    An older file that holds something is copied first, to `<file>.before-<first new migration>`. Raises UserError: the
    file is newer than this program, or is no database of a hub.
    """
    runner, pending, is_new = _look(db, path, directory)
    if not pending:
        return []
    if not is_new:
        keep = path.with_name(f"{path.name}.before-{pending[0]}")
        if not keep.exists():
            copy_database(path, keep)
    try:
        # One commit makes a new file whole. In an older one each change has its own, before which SQLite can be told to
        # leave foreign keys alone.
        with db.atomic() if is_new else nullcontext():
            applied: list[str] = runner.up()
    except (PeeweeException, sqlite3.Error) as error:
        raise UserError(f"{path} cannot be migrated: {error}", "Nothing was changed.") from error
    return applied


def check(db: SqliteDatabase, path: Path, directory: Path = MIGRATIONS) -> None:
    """That a database has exactly this program's schema. Raises UserError."""
    _, pending, _ = _look(db, path, directory)
    if pending:
        raise UserError(
            f"{path} is of an older version of this program (it lacks {pending[0]}) and in use by it",
            "Stop the hub and start it with this version; that migrates the file.",
        )


def _look(db: SqliteDatabase, path: Path, directory: Path) -> tuple[Any, list[str], bool]:
    """The runner, the names of the migrations to apply, and whether the file is empty."""
    try:
        runner = Runner(db, str(directory))
        status = runner.status()
        tables = db.get_tables()
    except (PeeweeException, sqlite3.Error) as error:
        if isinstance(store_error(error), StoreFullError):
            raise UserError(f"{path} cannot be opened: {error}", "Free some space on the disk.") from error
        raise UserError(
            f"{path} cannot be read as a hub's database: {error}",
            "Is it another program's file, or damaged? `tocsin-hub restore FILE` puts a backup in its place.",
        ) from error
    unknown = [migration.name for migration in status if migration.path is None]
    if unknown:
        raise UserError(
            f"{path} was written by a newer version of this program (it has {unknown[-1]})",
            "Use that version, or restore a backup that was made before it.",
        )
    pending = [migration.name for migration in status if not migration.applied]
    if len(pending) == len(status) and tables:
        raise UserError(f"{path} is a database, but not a hub's: it has the table {tables[0]!r}")
    return runner, pending, not tables
