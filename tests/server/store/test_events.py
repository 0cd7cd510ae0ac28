from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from server.events import EVENTS_KEPT_S, Event, EventKind
from server.store import devices, events, log
from tests.support.stores import HOUR, NOON, entry_of, following, fresh_database, make_alert

END = NOON + 10 * HOUR
ONE = make_alert("one")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        yield db


def _publish(db: SqliteDatabase, alert: Alert) -> int:
    entry = entry_of(log.read_log(db, NOON), alert, Audience(areas=("KE",)))
    log.append_alert(db, entry, alert, now=NOON, by="ministry")
    events.note_published(db, entry.number)
    return entry.number


def _last(db: SqliteDatabase) -> Event:
    return events.events_after(db, events.newest(db) - 1, 10)[-1]


def test_what_was_appended_is_read_after_a_number_in_order(db: SqliteDatabase) -> None:
    assert (events.newest(db), events.oldest(db), events.events_after(db, 0, 10)) == (0, 0, [])
    for number in range(1, 6):
        events.append(db, NOON + number, EventKind.ALERT_SEEN, alert=number, device="d-1", done_at=NOON)
    assert [event.id for event in events.events_after(db, 2, 2)] == [3, 4]
    assert events.events_after(db, 4, 10) == [
        Event(5, NOON + 5, EventKind.ALERT_SEEN, 5, "d-1", {"done_at": NOON}),
    ]
    assert (events.oldest(db), events.newest(db)) == (1, 5)


def test_a_member_that_the_kind_does_not_have_is_a_bug(db: SqliteDatabase) -> None:
    with pytest.raises(AssertionError, match="colour"):
        events.append(db, NOON, EventKind.ALERT_SEEN, colour="red")


def test_what_is_published_says_what_it_is_and_what_it_replaces(db: SqliteDatabase) -> None:
    first = _publish(db, ONE)
    said = {"identifier": "one", "sender": "ops@health.example", "severity": "Severe", "by": "ministry"}
    assert (_last(db).kind, _last(db).alert, _last(db).members) == (EventKind.ALERT_PUBLISHED, first, said)
    update = following("Update", "two", ONE)
    _publish(db, update)
    assert _last(db).kind is EventKind.ALERT_UPDATED
    assert _last(db).members["replaces"] == ["ops@health.example,one"]
    _publish(db, following("Cancel", "three", update))
    assert _last(db).kind is EventKind.ALERT_CANCELLED


def test_an_end_is_written_once_and_only_of_what_nothing_replaced(db: SqliteDatabase) -> None:
    assert events.note_lapsed(db, NOON) == 0
    _publish(db, ONE)
    _publish(db, following("Update", "two", ONE))
    _publish(db, make_alert("three"))
    before = events.newest(db)
    assert events.note_lapsed(db, END - 1) == 0
    assert events.note_lapsed(db, END) == 2
    assert events.note_lapsed(db, END) == 0
    assert events.note_lapsed(db, NOON) == 0, "a clock that went back"
    assert events.note_lapsed(db, END + 1) == 0
    lapsed = events.events_after(db, before, 10)
    assert {event.members["identifier"] for event in lapsed} == {"two", "three"}
    assert {event.kind for event in lapsed} == {EventKind.ALERT_EXPIRED}


def test_old_events_are_forgotten_but_never_the_newest(db: SqliteDatabase) -> None:
    for at in (NOON, NOON + 1, NOON + 2):
        events.append(db, at, EventKind.DEVICE_REVOKED, device="d-1")
    assert events.forget_old(db, NOON + 1 + EVENTS_KEPT_S) == 1
    assert (events.oldest(db), events.newest(db)) == (2, 3)
    events.forget_old(db, NOON + 2 * EVENTS_KEPT_S)
    events.append(db, NOON, EventKind.DEVICE_REVOKED, device="d-1")
    assert (events.oldest(db), events.newest(db)) == (3, 4), "no number is given twice"


def test_devices_are_told_of_when_they_come_move_and_go(db: SqliteDatabase) -> None:
    reader = Reader("d-1", ("KE-1",), ("nurse",))
    devices.enrol(db, 1, 7, reader, name="Asha", languages_set=None, token_hash=b"1", now=NOON)
    said = {"name": "Asha", "areas": ["KE-1"], "roles": ["nurse"]}
    assert (_last(db).kind, _last(db).device, _last(db).members) == (EventKind.DEVICE_ENROLLED, "d-1", said)
    devices.move(db, 2, 7, Reader("d-1", ("KE-2",)), NOON)
    assert (_last(db).kind, _last(db).members["areas"]) == (EventKind.DEVICE_CHANGED, ["KE-2"])
    devices.revoke(db, "d-1", NOON)
    devices.revoke(db, "d-1", NOON)
    assert [event.kind for event in events.events_after(db, 2, 10)] == [EventKind.DEVICE_REVOKED]
