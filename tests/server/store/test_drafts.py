"""Drafts in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.errors import IdempotencyConflictError, UnknownDraftError
from server.store import drafts
from server.store.drafts import DraftStatus, NewDraft
from tests.support.stores import NOON, fresh_database

CONTENT = {"alert": {"info": [{"headline": "A"}]}, "audience": None, "question": None, "replaces": None}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        yield db


def test_a_draft_is_made_changed_found_and_forgotten(db: SqliteDatabase) -> None:
    made = drafts.make(db, NewDraft(CONTENT, "ann"), NOON)
    assert (made.status, made.version, made.authors, made.content) == (DraftStatus.DRAFT, 1, ("ann",), CONTENT)
    changed = drafts.update(db, made, status="waiting")
    assert (changed.status, changed.version) == (DraftStatus.WAITING, 2)
    assert [one.id for one in drafts.drafts(db, (DraftStatus.WAITING,), None, 10)] == [made.id]
    assert drafts.drafts(db, (), made.id, 10) == drafts.drafts(db, (DraftStatus.FAILED,), None, 10) == []
    drafts.remove(db, made.id)
    with pytest.raises(UnknownDraftError):
        drafts.draft(db, made.id)


def test_what_is_due_comes_in_the_order_of_its_time(db: SqliteDatabase) -> None:
    assert drafts.next_due(db) is None
    for seconds in (20, 10, 30):
        values = {"publish_at": NOON + seconds}
        drafts.make(db, NewDraft(CONTENT, "ann", values=values), NOON, DraftStatus.SCHEDULED)
    drafts.make(db, NewDraft(CONTENT, "ann", values={"publish_at": NOON}), NOON, DraftStatus.WAITING)
    assert [one.publish_at for one in drafts.due(db, NOON + 20)] == [NOON + 10, NOON + 20]
    assert drafts.next_due(db) == NOON + 10


def test_a_key_belongs_to_a_name_a_request_and_a_time(db: SqliteDatabase) -> None:
    made = drafts.make(db, NewDraft(CONTENT, "ann", key="k", key_digest=b"1"), NOON)
    assert drafts.find_answered(db, "ann", "k", b"1", NOON) == made
    assert drafts.find_answered(db, "ben", "k", b"1", NOON) is None
    assert drafts.find_answered(db, "ann", "k", b"1", NOON + 1) is None
    with pytest.raises(IdempotencyConflictError, match=f"draft {made.id}"):
        drafts.find_answered(db, "ann", "k", b"2", NOON)


def test_the_hash_is_of_the_content_and_of_the_xml() -> None:
    assert drafts.digest_of({"a": 1, "b": 2}, None) == drafts.digest_of({"b": 2, "a": 1}, None)
    assert (
        len({drafts.digest_of({"a": 1}, None), drafts.digest_of({"a": 2}, None), drafts.digest_of({"a": 1}, b"x")}) == 3
    )
