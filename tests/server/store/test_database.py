from __future__ import annotations

import sqlite3
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from peewee import OperationalError, SqliteDatabase

from alerts.errors import StoreBusyError, StoreError, StoreFullError
from server.store.database import Store, open_database, store_error, transaction
from server.store.models import Area
from tests.contracts.store_contract import Gate, codes, insert_area
from tests.support.stores import fresh_database, started_store

PAGES_OF_EMPTY = 60


def _large(db: SqliteDatabase) -> None:
    Area.insert(code="LARGE", name="x" * 500_000).execute(db)


def test_the_promises_rest_on_these_settings(tmp_path: Path) -> None:
    with started_store(tmp_path) as store:
        settings = store.write(lambda db: (db.pragma("journal_mode"), db.pragma("synchronous"))).result(30)
    assert settings == ("wal", 2)


def test_the_file_is_its_owner_s_alone(tmp_path: Path) -> None:
    open_database(tmp_path / "hub.sqlite").close()
    assert (tmp_path / "hub.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_full_disk_fails_only_what_does_not_fit_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    with fresh_database(tmp_path):
        pass
    store = Store(tmp_path / "hub.sqlite", max_page_count=PAGES_OF_EMPTY + 40)
    store.start()
    gate = Gate(store)
    futures: list[Future[Any]] = [store.write(insert_area("A")), store.write(_large), store.write(insert_area("B"))]
    gate.open()
    assert isinstance(futures[1].exception(30), StoreFullError)
    assert [futures[0].result(30), futures[2].result(30)] == [1, 2]
    assert store.read(codes).result(30) == ["A", "B"]
    assert "no room left" in str(futures[1].exception())
    store.stop()


def test_a_database_that_another_program_holds_is_busy_and_then_works_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.store.database.BUSY_TIMEOUT_S", 0.05)
    with started_store(tmp_path) as store:
        other = sqlite3.connect(tmp_path / "hub.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="another program"):
            store.write(insert_area("A")).result(30)
        assert store.read(codes).result(30) == [], "readers do not wait"
        other.execute("ROLLBACK")
        other.close()
        assert store.write(insert_area("A")).result(30) == 1


def test_an_unknown_failure_is_said_in_words() -> None:
    assert type(store_error(OperationalError("disk I/O error"))) is StoreError
    assert "disk I/O error" in str(store_error(OperationalError("disk I/O error")))


def test_a_transaction_undoes_what_an_exception_interrupts(tmp_path: Path) -> None:
    with fresh_database(tmp_path):
        pass
    db = open_database(tmp_path / "hub.sqlite")
    with pytest.raises(ZeroDivisionError), transaction(db):
        insert_area("A")(db)
        raise ZeroDivisionError
    assert codes(db) == []
    db.close()


def test_an_answer_that_nobody_waits_for_any_more_is_not_worked_out(tmp_path: Path) -> None:
    with started_store(tmp_path) as store:
        gate = Gate(store)
        future = store.write(insert_area("A"))
        assert future.cancel()
        gate.open()
        assert store.write(insert_area("B")).result(30) == 1
