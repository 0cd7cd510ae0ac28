from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from server.audit import AuditAction, AuditHead, AuditRow
from server.store import audit
from server.store.audit import ORIGIN, AuditFilter
from server.store.database import execute
from tests.support.stores import HOUR, NOON, fresh_database

Change = Callable[[list[AuditRow]], list[AuditRow]]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        yield db


def _fill(db: SqliteDatabase, count: int = 6) -> list[AuditRow]:
    for number in range(count):
        action = AuditAction.ALERT_PUBLISHED if number % 2 else AuditAction.SESSION_BEGAN
        audit.note(db, NOON + number * HOUR, f"by-{number % 3}", action, f"subject {number}", count=number, why=None)
    return list(audit.every(db))


def test_a_note_has_the_next_number_and_a_hash_over_itself_and_the_one_before(db: SqliteDatabase) -> None:
    assert audit.head(db) == AuditHead(0, ORIGIN)
    first, second = _fill(db, 2)
    assert (first.number, first.members, second.members) == (1, {"count": 0}, {"count": 1})
    content = f'[1,{NOON},"by-0","session.began","subject 0",{{"count":0}}]'
    assert first.hash == hashlib.sha256(bytes(32) + content.encode()).digest()
    content = f'[2,{NOON + HOUR},"by-1","alert.published","subject 1",{{"count":1}}]'
    assert second.hash == hashlib.sha256(first.hash + content.encode()).digest()
    assert audit.head(db) == AuditHead(2, second.hash)
    assert (audit.hash_at(db, 0), audit.hash_at(db, 2), audit.hash_at(db, 3)) == (ORIGIN, second.hash, None)


def test_what_was_undone_leaves_no_note_and_no_gap(db: SqliteDatabase) -> None:
    _fill(db, 1)
    with pytest.raises(RuntimeError), db.savepoint():
        audit.note(db, NOON, "by", AuditAction.TOKEN_MADE, "never")
        raise RuntimeError
    audit.note(db, NOON, "by", AuditAction.TOKEN_MADE, "made")
    assert [(row.number, row.subject) for row in audit.every(db)] == [(1, "subject 0"), (2, "made")]
    assert audit.verify(audit.every(db)).problem == ""


def test_pages_are_filtered_and_come_newest_first(db: SqliteDatabase) -> None:
    _fill(db)

    def numbers(before: int | None = None, limit: int = 10, **wanted: object) -> list[int]:
        return [row.number for row in audit.newest_first(db, AuditFilter(**wanted), before, limit)]  # type: ignore[arg-type]

    assert numbers(limit=2) == [6, 5]
    assert numbers(before=5) == [4, 3, 2, 1]
    assert numbers(by="by-0") == [4, 1]
    assert numbers(action="alert.published") == numbers(action="alert.") == [6, 4, 2]
    assert numbers(subject="subject 3") == [4]
    assert numbers(since=NOON + 2 * HOUR, until=NOON + 4 * HOUR) == [4, 3]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: [*rows[:2], replace(rows[2], by="somebody-else"), *rows[3:]], "row 3 does not fit"),
        (lambda rows: [*rows[:2], replace(rows[2], members={"count": 9}), *rows[3:]], "row 3 does not fit"),
        (lambda rows: [*rows[:2], replace(rows[2], at=NOON), *rows[3:]], "row 3 does not fit"),
        (lambda rows: [*rows[:2], *rows[3:]], "after row 2 comes row 4"),
        (lambda rows: rows[1:], "after row 0 comes row 2"),
        (lambda rows: [*rows[:2], rows[3], rows[2], *rows[4:]], "after row 2 comes row 4"),
        (lambda rows: [*rows, replace(rows[-1], number=7)], "row 7 does not fit"),
    ],
)
def test_what_was_changed_removed_swapped_or_put_in_is_found(db: SqliteDatabase, change: Change, words: str) -> None:
    rows = _fill(db)
    assert audit.verify(rows).problem == "" and audit.verify(rows).head == audit.head(db)
    assert words in audit.verify(change(rows)).problem


def test_a_cut_off_end_and_a_chain_written_anew_show_against_a_kept_head_only(db: SqliteDatabase) -> None:
    rows = _fill(db)
    kept = [("the export", AuditHead(6, rows[5].hash))]
    assert audit.verify(rows, kept).problem == ""
    assert audit.verify(rows[:4]).problem == ""
    assert "ends at row 4, and the export had row 6" in audit.verify(rows[:4], kept).problem
    anew, before = [], ORIGIN
    for row in rows:
        changed = replace(row, by="nobody")
        before = audit.chained(before, changed)
        anew.append(replace(changed, hash=before))
    assert audit.verify(anew).problem == ""
    assert "row 6 is another than the one that the export had" in audit.verify(anew, kept).problem
    assert "row 2 is another" in audit.verify(anew, [("a line of the log", AuditHead(2, rows[1].hash))]).problem
    assert "ends at row 0" in audit.verify([], kept).problem


def test_a_row_that_holds_no_json_any_more_is_still_read_and_found(db: SqliteDatabase) -> None:
    _fill(db, 2)
    execute(db, "DROP TRIGGER audit_no_update")
    execute(db, "UPDATE audit SET members = '{' WHERE id = 2")
    assert "row 2" in audit.verify(audit.every(db)).problem
