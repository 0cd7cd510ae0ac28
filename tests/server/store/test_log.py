"""The log in the store; what every store must do with it stands in tests/contracts."""

from __future__ import annotations

from pathlib import Path

from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from server.store import devices, log
from server.store.models import LogEntry
from tests.support.stores import EVERYONE, HOUR, NOON, entry_of, following, fresh_database, make_alert


def _append(db: SqliteDatabase, alert: Alert, audience: Audience = EVERYONE) -> None:
    entry = entry_of(log.read_log(db, NOON), alert, audience)
    log.append_alert(db, entry, alert, now=NOON, by="x")


def test_what_an_entry_inherited_comes_back(tmp_path: Path) -> None:
    one = make_alert("one")
    two = following("Update", "two", one)
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        _append(db, one, Audience(areas=("KE-047",)))
        expected = entry_of(log.read_log(db, NOON), two, Audience(areas=("KE-030",)))
        _append(db, two, Audience(areas=("KE-030",)))
        read = log.read_log(db, NOON)
    assert read.at(2) == expected
    assert expected.reach == (Audience(areas=("KE-030",)), Audience(areas=("KE-047",)))
    assert read.replaced_by(one.key) == 2


def test_only_what_lives_is_loaded_and_a_time_earlier_brings_it_back(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        _append(db, make_alert("one"))
        assert list(log.read_log(db, NOON + 11 * HOUR)) == []
        assert log.read_log(db, NOON + 11 * HOUR).head == 1
        assert len(list(log.read_log(db, NOON))) == 1


def test_an_audience_is_an_entry_and_comes_back_with_its_number(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        reader = Reader("d-1", ("KE",), ("nurse",))
        devices.enrol(db, 1, 7, reader, name="", languages_set=None, token_hash=b"1", now=NOON)
        _append(db, make_alert("one"))
        moved = Reader("d-1", ("UG",), ())
        devices.move(db, 3, 7, moved, NOON)
        read = log.read_log(db, NOON)
        kinds = [row.kind for row in LogEntry.select().order_by(LogEntry.number).execute(db)]
        latest = log.latest_time(db)
    assert (read.enrolled["d-1"].number, read.enrolled["d-1"].reader) == (3, moved)
    assert kinds == [log.EntryKind.AUDIENCE, log.EntryKind.ALERT, log.EntryKind.AUDIENCE]
    assert latest == NOON
