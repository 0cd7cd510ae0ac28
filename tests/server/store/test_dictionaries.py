"""Dictionaries in the hub's store: which is in use, how many are kept, and that a damaged one is noticed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.dictionary.shipped import shipped
from alerts.errors import StoreError, UserError
from alerts.wire.dictionary import ZSTD_MAGIC, Dictionary
from server.store import dictionaries, models
from server.store.dictionaries import Measured
from tests.support.stores import NOON, fresh_database

MEASURED = Measured(300, 200, 150, 9000, 60)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as database:
        yield database


def book(number: int) -> Dictionary:
    return Dictionary(number, ZSTD_MAGIC + b"text", (), (), ())


def test_at_first_the_one_that_ships_is_in_use(db: SqliteDatabase) -> None:
    assert dictionaries.in_use(db) == shipped().address
    assert dictionaries.trained(db) == [] and dictionaries.newest_use(db) == 0
    assert dictionaries.read(db, shipped().address) is shipped()


def test_what_is_kept_is_in_use_and_comes_back_as_it_was(db: SqliteDatabase) -> None:
    dictionaries.keep(db, book(1), MEASURED, NOON)
    (listed,) = dictionaries.trained(db)
    assert dictionaries.in_use(db) == book(1).address == listed.address
    assert listed.measured == MEASURED and listed.is_in_use and listed.size == len(book(1).data)
    assert listed.measured.saves == 50
    assert dictionaries.read(db, book(1).address) == book(1)


def test_three_older_ones_are_kept_those_used_last(db: SqliteDatabase) -> None:
    for number in range(1, 6):
        before = dictionaries.newest_use(db)
        dictionaries.keep(db, book(number), MEASURED, NOON + number)
        assert dictionaries.newest_use(db) != before
    assert [row.address for row in dictionaries.trained(db)] == [book(number).address for number in (5, 4, 3, 2)]
    dictionaries.use(db, book(3).address, NOON + 9)
    dictionaries.keep(db, book(6), MEASURED, NOON + 10)
    assert [row.address for row in dictionaries.trained(db)] == [book(number).address for number in (6, 3, 5, 4)]


def test_the_shipped_one_can_be_used_again_and_nothing_is_lost_by_that(db: SqliteDatabase) -> None:
    for number in range(1, 5):
        dictionaries.keep(db, book(number), MEASURED, NOON)
    dictionaries.use(db, shipped().address, NOON)
    assert dictionaries.in_use(db) == shipped().address
    assert [row.address for row in dictionaries.trained(db)] == [book(number).address for number in (4, 3, 2)]
    assert not any(row.is_in_use for row in dictionaries.trained(db))


def test_an_address_may_be_cut_short_if_it_is_clear(db: SqliteDatabase) -> None:
    dictionaries.keep(db, book(1), MEASURED, NOON)
    dictionaries.keep(db, book(2), MEASURED, NOON)
    assert dictionaries.find(db, book(1).address.hex()[:7].upper()) == book(1).address
    assert dictionaries.find(db, "shipped") == shipped().address
    for wrong in ("", "zz"):
        with pytest.raises(UserError, match="no dictionary"):
            dictionaries.find(db, wrong)
    with pytest.raises(UserError, match="no dictionary"):
        dictionaries.use(db, b"\0" * 6, NOON)


def test_a_damaged_one_is_noticed(db: SqliteDatabase) -> None:
    dictionaries.keep(db, book(1), MEASURED, NOON)
    for damage in (b"nothing", book(2).data):
        models.Dictionary.update(data=damage).execute(db)
        with pytest.raises(StoreError, match="damaged"):
            dictionaries.read(db, book(1).address)
    with pytest.raises(StoreError, match="not in the database"):
        dictionaries.read(db, book(3).address)


def test_the_last_training_is_remembered(db: SqliteDatabase) -> None:
    assert dictionaries.last_training(db) == (0, 0)
    dictionaries.note_training(db, 250, NOON)
    dictionaries.note_training(db, 400, NOON + 5)
    assert dictionaries.last_training(db) == (NOON + 5, 400)
