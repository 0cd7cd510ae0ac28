"""The database and its threads: one writer that commits in groups, readers beside it, and nothing on the event loop.

    write(job) ─┐
    write(job) ─┼─▶ writer thread:  BEGIN  savepoint job  savepoint job  savepoint job  COMMIT ─▶ answers
    write(job) ─┘                          (one that raises is undone alone)

An answer is given after the commit that carries it, so whoever has an answer has something durable (WAL with
synchronous=FULL: the log is flushed before COMMIT returns). A job is a function of the database and touches nothing else: where
the group as a whole fails (a full disk undoes the transaction, not the savepoint), each job is run again in a
transaction of its own, and only those fail that cannot be done.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from peewee import PeeweeException, SqliteDatabase

from alerts.errors import StoreBusyError, StoreError, StoreFullError, TocsinError

GROUP_MAX = 256
"""Jobs in one transaction; more wait for the next one, so that the first are not kept waiting."""

BUSY_TIMEOUT_S = 5.0
"""How long to wait for another program (a command beside the hub) that is writing."""

READERS = 3

Result = TypeVar("Result")
Job = Callable[[SqliteDatabase], Any]
_Queued = tuple[Job, "Future[Any]"]


def open_database(path: Path, **pragmas: object) -> SqliteDatabase:
    """A database whose connections (one a thread) are set up for promises that hold over a power cut."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    settings = {
        "journal_mode": "wal",
        "synchronous": "full",
        "foreign_keys": 1,
        "journal_size_limit": 64 * 1024 * 1024,
        **pragmas,
    }
    return SqliteDatabase(str(path), pragmas=settings, timeout=BUSY_TIMEOUT_S)


@contextmanager
def transaction(db: SqliteDatabase, kind: str = "IMMEDIATE") -> Iterator[None]:
    """A transaction that survives being undone by SQLite itself (a full disk does that).

    Raises StoreError in the place of the database's own errors; nothing of the block has happened then.
    """
    try:
        db.begin(kind)
        try:
            yield
            db.commit()
        except BaseException:
            if _is_open(db):
                db.rollback()
            raise
    except (PeeweeException, sqlite3.Error) as error:
        raise store_error(error) from error


def execute(db: SqliteDatabase, sql: str) -> None:
    """Run a statement that is no query."""
    db.execute_sql(sql)  # type: ignore[no-untyped-call]


def _is_open(db: SqliteDatabase) -> bool:
    connection: sqlite3.Connection = db.connection()  # type: ignore[no-untyped-call]
    return connection.in_transaction


def store_error(error: Exception) -> StoreError:
    """What a database error means to whoever asked."""
    code = _sqlite_code(error) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFullError(f"there is no room left for the database ({error}); free some and try again")
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusyError(f"another program holds the database ({error}); try again")
    return StoreError(f"the database failed: {error}")


def _sqlite_code(error: BaseException) -> int:
    """SQLite's result code, which peewee's errors carry in the error that they wrap, at times twice over."""
    candidate: object = next((one for one in error.args if isinstance(one, sqlite3.Error)), error)
    while isinstance(candidate, BaseException):
        if isinstance(candidate, sqlite3.Error):
            return getattr(candidate, "sqlite_errorcode", 0)
        candidate = candidate.__cause__ or candidate.__context__
    return 0


class Store:
    """One database with its threads. Futures are answered in the order in which the jobs were given."""

    def __init__(self, path: Path, **pragmas: object) -> None:
        self.db = open_database(path, **pragmas)
        self._writes: SimpleQueue[_Queued | None] = SimpleQueue()
        self._reads: SimpleQueue[_Queued | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to work."""
        self._threads = [threading.Thread(target=self._write_loop, name="store-writer", daemon=True)]
        for index in range(READERS):
            self._threads.append(threading.Thread(target=self._read_loop, name=f"store-reader-{index}", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Do what has been asked for, then end. Idempotent."""
        threads, self._threads = self._threads, []
        if threads:
            self._writes.put(None)
            for _ in range(READERS):
                self._reads.put(None)
        for thread in threads:
            thread.join()

    def write(self, job: Callable[[SqliteDatabase], Result]) -> Future[Result]:
        """Run a job in the writer. The answer comes after the commit."""
        return self._put(self._writes, job)

    def read(self, job: Callable[[SqliteDatabase], Result]) -> Future[Result]:
        """Run a job on one consistent snapshot of the database, beside the writer."""
        return self._put(self._reads, job)

    def _put(self, queue: SimpleQueue[_Queued | None], job: Callable[[SqliteDatabase], Result]) -> Future[Result]:
        if not self._threads:
            raise StoreError("the store is closed")
        future: Future[Result] = Future()
        queue.put((job, future))
        return future

    # -- reading ------------------------------------------------------------------------------------------------------

    def _read_loop(self) -> None:
        while queued := self._reads.get():
            job, future = queued
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(self._read(job))
            except Exception as error:  # noqa: BLE001 - whoever asked gets it
                future.set_exception(error)
        self.db.close()

    def _read(self, job: Job) -> Any:
        with transaction(self.db, "DEFERRED"):
            return job(self.db)

    # -- writing ------------------------------------------------------------------------------------------------------

    def _write_loop(self) -> None:
        going = True
        while going:
            group, going = self._take_group()
            running = [queued for queued in group if queued[1].set_running_or_notify_cancel()]
            if running:
                self._write_group(running)
        self.db.close()

    def _take_group(self) -> tuple[list[_Queued], bool]:
        """What waits now, at least one; and whether to go on."""
        group: list[_Queued] = []
        queued = self._writes.get()
        while queued is not None:
            group.append(queued)
            if len(group) == GROUP_MAX:
                return group, True
            try:
                queued = self._writes.get_nowait()
            except Empty:
                return group, True
        return group, False

    def _write_group(self, group: list[_Queued]) -> None:
        try:
            with transaction(self.db):
                outcomes = [self._in_savepoint(job) for job, _ in group]
        except Exception as error:  # noqa: BLE001 - whoever asked gets it
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for queued in group:
                self._write_group([queued])
            return
        for (_, future), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, TocsinError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

    def _in_savepoint(self, job: Job) -> Any:
        """The job's result, or the refusal that it raised; what it wrote before that is undone.

        A database error goes through: SQLite may have undone everything, savepoints included.
        """
        execute(self.db, "SAVEPOINT job")
        try:
            outcome = job(self.db)
        except TocsinError as refusal:
            execute(self.db, "ROLLBACK TO job")
            outcome = refusal
        execute(self.db, "RELEASE job")
        return outcome
