"""The SQLite file: opening it, bringing it to this version's schema, transactions, and its errors in words.

WAL lets one process read while another writes. `synchronous=FULL` makes a commit survive a power cut: nothing is confirmed
to the hub, or to a person, before such a commit. Only `light` transactions go without; they survive a killed process.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import peewee
from filelock import FileLock, Timeout
from playhouse.migrations import Runner

from alerts.errors import UserError
from client.exits import ExitCode

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 15.0
"""How long to wait while another process writes."""

_FULL, _NORMAL = 2, 1
Query = TypeVar("Query", bound=peewee.BaseQuery)


class StoreError(UserError):
    """The store on this device cannot be read or written now (a full disk, a damaged file); nothing was half done."""


class Database:
    """One connection to the store, for one thread."""

    def __init__(self, file: Path, *, migrations: Path = MIGRATIONS) -> None:
        """Open the file, made if it is not there, and migrate it.

        Raises StoreError: it cannot be opened, or a newer version of Tocsin wrote it.
        """
        self.file = file
        self._db: Any = peewee.SqliteDatabase(  # its stubs leave most methods untyped
            str(file),
            timeout=BUSY_SECONDS,
            pragmas={"journal_mode": "wal", "synchronous": _FULL, "fullfsync": 1, "checkpoint_fullfsync": 1},
        )
        with self._in_words():
            _make_private(file)
            self._db.connect()
        try:
            with self._in_words():
                self._migrate(migrations)
            self._version = self._data_version()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the connection of this thread."""
        self._db.close()

    # -- queries ------------------------------------------------------------------------------------------------------

    def run(self, query: Query) -> Query:
        """The query on this database: iterate it, or call `execute`, `first`, `scalar`, `exists`, `count` on it."""
        return query.bind(self._db)

    @contextmanager
    def transaction(self, *, light: bool = False) -> Iterator[None]:
        """Write all or nothing, durable when the block has ended. `light`: after a power cut it may be gone.

        Raises StoreError: the disk is full, the file is damaged; nothing was written.
        """
        with self._in_words():
            if light:
                self._db.execute_sql(f"PRAGMA synchronous={_NORMAL}")
            try:
                with self._begun("IMMEDIATE"):
                    yield
            finally:
                if light:
                    self._db.execute_sql(f"PRAGMA synchronous={_FULL}")

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read one state of the store, whatever others write meanwhile."""
        with self._in_words():
            if self._db.connection().in_transaction:
                yield
            else:
                with self._begun("DEFERRED"):
                    yield

    @contextmanager
    def _begun(self, kind: str) -> Iterator[None]:
        """Not peewee's own: SQLite itself rolls back when the disk is full, and the second rollback hides why."""
        self._db.execute_sql(f"BEGIN {kind}")
        try:
            yield
            self._db.execute_sql("COMMIT")
        except BaseException:
            if self._db.connection().in_transaction:
                self._db.execute_sql("ROLLBACK")
            raise

    def has_changed(self) -> bool:
        """Whether another process (or connection) has written since this was last asked."""
        with self._in_words():
            before, self._version = self._version, self._data_version()
        return before != self._version

    def _data_version(self) -> int:
        version: int = self._db.execute_sql("PRAGMA data_version").fetchone()[0]
        return version

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except (peewee.DatabaseError, peewee.InterfaceError, sqlite3.Error, OSError) as error:
            raise StoreError(f"{self.file}: {error}", _hint(str(error)), exit_code=ExitCode.STORE) from error

    # -- schema -------------------------------------------------------------------------------------------------------

    def _migrate(self, migrations: Path) -> None:
        runner = Runner(self._db, str(migrations))
        if not self._due(runner):
            return
        with self._alone():
            due = self._due(runner)
            if due and due != [step.name for step in runner.migrations()]:
                self._copy(self.file.with_name(f"{self.file.name}.before-{due[0]}"))
            runner.up()

    def _due(self, runner: Runner) -> list[str]:
        status = runner.status()
        newer = [step.name for step in status if step.path is None]
        if newer:
            raise StoreError(
                f"{self.file} was written by a newer version of Tocsin (it has the schema step {newer[-1]!r})",
                "Install that version again, or join anew with another data folder (--data).",
                exit_code=ExitCode.STORE,
            )
        return [step.name for step in status if not step.applied]

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two processes must not migrate at once."""
        lock = FileLock(self.file.with_name(f"{self.file.name}.migrating"), timeout=BUSY_SECONDS)
        try:
            lock.acquire()
        except Timeout:
            raise StoreError(f"{self.file} is being migrated by another process", "Try again in a minute.") from None
        try:
            yield
        finally:
            lock.release()

    def _copy(self, target: Path) -> None:
        _make_private(target)
        copy = sqlite3.connect(target)
        try:
            self._db.connection().backup(copy)
        finally:
            copy.close()


def _make_private(file: Path) -> None:
    """The store holds the device's token: only its owner may read it."""
    file.touch(mode=0o600, exist_ok=True)


def _hint(problem: str) -> str:
    if "full" in problem:
        return "Free some space on the disk; what the hub has sent is asked for again, nothing is lost."
    if "disk I/O error" in problem:
        return "The disk fails, or takes nothing more; what the hub has sent is asked for again, nothing is lost."
    if "malformed" in problem or "not a database" in problem:
        return "The file is damaged. Put it aside and join again with a new code; the hub sends what is in force."
    if "readonly" in problem or "unable to open" in problem or "Permission" in problem:
        return "This user must be able to write the file and its folder."
    if "locked" in problem:
        return "Another process holds the store for long; try again."
    return ""


def only(model: type[peewee.Model], **values: Any) -> peewee.ModelInsert:
    """The single row of a table that has one, written."""
    return model.insert(id=1, **values).on_conflict_replace()
