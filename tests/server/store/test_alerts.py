from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.errors import UnknownAlertError
from server.store import alerts, log
from server.store.records import StoredAlert
from tests.support.stores import HOUR, NOON, entry_of, following, fresh_database, make_alert

ONE = make_alert("one")
TWO = make_alert("two", sender="other@health.example")
ALERTS = (ONE, TWO, following("Update", "three", ONE), following("Cancel", "one", TWO, sender="third@health.example"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        for alert in ALERTS:
            log.append_alert(db, entry_of(log.read_log(db, NOON), alert), alert, now=NOON, by="x", original=b"<x/>")
        yield db


def _numbers(found: list[StoredAlert]) -> list[int]:
    return [stored.number for stored in found]


def test_alerts_are_listed_in_order_and_by_what_is_in_force(db: SqliteDatabase) -> None:
    assert _numbers(alerts.alerts_after(db, 0, 100, None, NOON)) == [1, 2, 3, 4]
    assert _numbers(alerts.alerts_after(db, 1, 2, None, NOON)) == [2, 3]
    assert _numbers(alerts.alerts_after(db, 0, 100, True, NOON)) == [3]
    assert _numbers(alerts.alerts_after(db, 0, 100, False, NOON)) == [1, 2, 4]
    assert _numbers(alerts.alerts_after(db, 0, 100, True, NOON + 11 * HOUR)) == []


def test_the_list_agrees_with_the_log_in_memory(db: SqliteDatabase) -> None:
    in_memory = log.read_log(db, NOON)
    in_force = [entry.number for entry in in_memory if in_memory.in_force(entry, NOON)]
    assert _numbers(alerts.alerts_after(db, 0, 100, True, NOON)) == in_force


def test_an_alert_is_found_by_number_identity_and_identifier(db: SqliteDatabase) -> None:
    assert alerts.find_alert(db, "3", NOON).alert == ALERTS[2]
    assert alerts.find_alert(db, ONE.key, NOON).number == 1
    assert alerts.find_alert(db, "two", NOON).number == 2
    assert alerts.find_alert(db, "one", NOON).number == 4, "of several the newest"
    assert alerts.number_of(db, TWO.key) == 2
    assert alerts.number_of(db, "nobody,x") is None


@pytest.mark.parametrize("name", ["9", "", "nobody", "\0", "١", "9" * 30])
def test_an_alert_that_is_not_there_is_said(db: SqliteDatabase, name: str) -> None:
    with pytest.raises(UnknownAlertError):
        alerts.find_alert(db, name, NOON)


def test_what_is_stored_comes_back(db: SqliteDatabase) -> None:
    found = alerts.find_alert(db, "1", NOON)
    assert (found.alert, found.original, found.published_by, found.published_at) == (ONE, b"<x/>", "x", NOON)
    assert (found.replaced_by, found.in_force, found.epoch) == (3, False, 7)
