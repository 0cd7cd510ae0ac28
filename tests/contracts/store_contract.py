"""What every store of a hub must keep to, whatever database it stands on. A store is done when it passes.

A subclass gives the fixture `store`: a started, migrated, empty Store.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any

import pytest
from peewee import SqliteDatabase

from alerts.errors import RefusedError, StoreError, UnknownTokenError
from alerts.session.log import Log
from alerts.session.position import Path
from server.store import log
from server.store.database import Store
from server.store.models import Area
from tests.support.stores import NOON, entry_of, make_alert


def insert_area(code: str) -> Callable[[SqliteDatabase], int]:
    """A job that writes one row."""

    def job(db: SqliteDatabase) -> int:
        Area.insert(code=code, name=code).execute(db)
        return Area.select().count(db)

    return job


def codes(db: SqliteDatabase) -> list[str]:
    """A job that reads them all."""
    return [row.code for row in Area.select().order_by(Area.code).execute(db)]


class Gate:
    """A job that keeps the writer busy, so that what is given meanwhile becomes one group."""

    def __init__(self, store: Store) -> None:
        self._entered, self._open = threading.Event(), threading.Event()
        self.future = store.write(self._job)
        assert self._entered.wait(30)

    def _job(self, db: SqliteDatabase) -> None:
        self._entered.set()
        assert self._open.wait(30)

    def open(self) -> None:
        self._open.set()


class StoreContract:
    """The promises."""

    def test_an_answer_comes_after_the_commit_and_readers_see_it(self, store: Store) -> None:
        assert store.write(insert_area("KE")).result(30) == 1
        assert store.read(codes).result(30) == ["KE"]

    def test_one_that_is_refused_does_not_fail_its_group_nor_leave_anything(self, store: Store) -> None:
        def refused(db: SqliteDatabase) -> None:
            Area.insert(code="XX", name="").execute(db)
            raise UnknownTokenError("no")

        gate = Gate(store)
        futures: list[Future[Any]] = [
            store.write(insert_area("A")),
            store.write(refused),
            store.write(insert_area("B")),
        ]
        gate.open()
        assert isinstance(futures[1].exception(30), RefusedError)
        assert [futures[0].result(30), futures[2].result(30)] == [1, 2]
        assert store.read(codes).result(30) == ["A", "B"]

    def test_one_that_breaks_does_not_fail_its_group_nor_leave_anything(self, store: Store) -> None:
        def broken(db: SqliteDatabase) -> None:
            Area.insert(code="XX", name="").execute(db)
            raise ZeroDivisionError

        gate = Gate(store)
        futures: list[Future[Any]] = [
            store.write(insert_area("A")),
            store.write(broken),
            store.write(insert_area("A2")),
        ]
        gate.open()
        assert isinstance(futures[1].exception(30), ZeroDivisionError)
        assert futures[2].result(30) == 2
        assert store.read(codes).result(30) == ["A", "A2"]

    def test_a_group_is_one_commit_and_is_answered_in_order(self, store: Store) -> None:
        gate = Gate(store)
        answered: list[int] = []
        futures = [store.write(insert_area(f"A{index:02}")) for index in range(50)]
        for index, future in enumerate(futures):
            future.add_done_callback(partial(lambda index, _: answered.append(index), index))
        assert store.read(codes).result(30) == [], "nothing of a group is seen before its commit"
        gate.open()
        assert [future.result(30) for future in futures] == list(range(1, 51))
        assert answered == list(range(50))

    def test_a_reader_sees_one_moment(self, store: Store) -> None:
        def twice(db: SqliteDatabase) -> tuple[list[str], list[str]]:
            before = codes(db)
            store.write(insert_area("KE")).result(30)
            return before, codes(db)

        assert store.read(twice).result(30) == ([], [])
        assert store.read(codes).result(30) == ["KE"]

    def test_what_is_asked_before_stop_is_done_and_after_it_refused(self, store: Store) -> None:
        future = store.write(insert_area("KE"))
        store.stop()
        assert future.result(0) == 1
        with pytest.raises(StoreError, match="closed"):
            store.write(codes)

    # -- the log ------------------------------------------------------------------------------------------------------

    def test_an_epoch_begins_at_the_next_number_and_the_path_is_kept(self, store: Store) -> None:
        assert list(self._begin(store, 7)) == [(7, 1)]
        self._append(store, "one")
        assert list(self._begin(store, 8)) == [(7, 1), (8, 2)]
        assert list(self._begin(store, 9)) == [(7, 1), (8, 2), (9, 2)]
        assert list(store.read(log.read_path).result(30)) == [(7, 1), (8, 2), (9, 2)]

    def test_an_epoch_is_not_begun_twice(self, store: Store) -> None:
        self._begin(store, 7)
        with pytest.raises(StoreError, match="already"):
            self._begin(store, 7)

    def test_numbers_are_gapless(self, store: Store) -> None:
        self._begin(store, 7)
        self._append(store, "one")
        alert = make_alert("two")
        in_memory = store.read(lambda db: log.read_log(db, NOON)).result(30)
        in_memory.head = 5
        entry = entry_of(in_memory, alert)
        with pytest.raises(StoreError, match="#6 of epoch 7 does not follow #1"):
            store.write(lambda db: log.append_alert(db, entry, alert, now=NOON, by="x")).result(30)
        assert store.read(log.head).result(30) == 1

    def test_an_entry_of_an_older_epoch_is_not_written(self, store: Store) -> None:
        self._begin(store, 7)
        alert = make_alert("one")
        entry = entry_of(store.read(lambda db: log.read_log(db, NOON)).result(30), alert)
        self._begin(store, 8)
        with pytest.raises(StoreError, match="epoch 7"):
            store.write(lambda db: log.append_alert(db, entry, alert, now=NOON, by="x")).result(30)

    def test_the_log_comes_back_as_it_was(self, store: Store) -> None:
        self._begin(store, 7)
        for identifier in ("one", "two"):
            self._append(store, identifier)
        read = store.read(lambda db: log.read_log(db, NOON)).result(30)
        assert [(entry.number, entry.key) for entry in read] == [
            (1, "ops@health.example,one"),
            (2, "ops@health.example,two"),
        ]
        assert read.at(2) == entry_of(self._log_at(1), make_alert("two"))

    @staticmethod
    def _log_at(head: int) -> Log:
        return Log(Path([(7, 1)]), head)

    @staticmethod
    def _begin(store: Store, epoch: int) -> Path:
        return store.write(lambda db: log.begin_epoch(db, epoch, NOON, "test")).result(30)

    @staticmethod
    def _append(store: Store, identifier: str) -> None:
        alert = make_alert(identifier)

        def job(db: SqliteDatabase) -> None:
            entry = entry_of(log.read_log(db, NOON), alert)
            log.append_alert(db, entry, alert, now=NOON, by="x")

        store.write(job).result(30)
