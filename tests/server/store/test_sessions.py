from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from server.store import audit, people, sessions
from server.store.credentials import hash_secret
from server.store.models_people import SessionRow
from server.store.people import PersonChange
from server.store.records import Credential, Role
from server.store.sessions import KEPT_S, Lives
from tests.support.stores import NOON, fresh_database

LIVES = Lives(idle_s=3600, all_s=10_000)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        people.add(db, "amina", Role.AUTHOR, ("KE",), "sw", "code", NOON, "x")
        yield db


def test_a_session_tells_who_has_it_and_only_its_secrets_hash_is_stored(db: SqliteDatabase) -> None:
    number = sessions.begin(db, "amina", "s3cret", NOON, "192.0.2.7", "Firefox " + "x" * 500)
    found = sessions.find(db, "s3cret", NOON, LIVES)
    assert found is not None and found.id == number and found.language == "sw"
    assert found.credential == Credential("amina", Role.AUTHOR, ("KE",), is_person=True)
    assert (found.ends_at, found.address, len(found.agent)) == (NOON + 3600, "192.0.2.7", 200)
    assert sessions.find(db, "other", NOON, LIVES) is None
    assert bytes(SessionRow.select().get(db).secret_hash) == hash_secret("s3cret")


def test_it_ends_when_it_is_idle_and_in_any_case(db: SqliteDatabase) -> None:
    number = sessions.begin(db, "amina", "s", NOON, "::1", "")
    assert sessions.find(db, "s", NOON + 3599, LIVES) and not sessions.find(db, "s", NOON + 3600, LIVES)
    for at in (NOON + 3000, NOON + 6000, NOON + 9000):
        sessions.seen(db, number, at)
    assert sessions.find(db, "s", NOON + 9999, LIVES) and not sessions.find(db, "s", NOON + 10_000, LIVES)
    sessions.seen(db, number, NOON)
    assert sessions.find(db, "s", NOON + 9999, LIVES), "what comes late does not make it older"


def test_ends_are_noted_with_who_ended_it(db: SqliteDatabase) -> None:
    one, two, three = (sessions.begin(db, "amina", secret, NOON, "::1", "") for secret in "abc")
    sessions.end(db, one, NOON, "amina")
    sessions.end(db, one, NOON, "amina")
    assert [one.id for one in sessions.running(db, "amina", NOON, LIVES)] == [three, two]
    assert sessions.end_all(db, "amina", NOON, "boss", "an administrator signed them out", but=three) == 1
    assert sessions.end_all(db, "amina", NOON, "boss", "once more", but=three) == 0
    assert sessions.find(db, "c", NOON, LIVES) and not sessions.find(db, "b", NOON, LIVES)
    ended = [(row.by, row.members["why"]) for row in audit.every(db) if row.action == "session.ended"]
    assert ended == [("amina", "signed out"), ("boss", "an administrator signed them out")]


def test_a_closed_account_has_none(db: SqliteDatabase) -> None:
    sessions.begin(db, "amina", "s", NOON, "::1", "")
    people.change(db, "amina", PersonChange(disabled=True), NOON, "boss")
    people.change(db, "amina", PersonChange(disabled=False), NOON, "boss")
    assert sessions.find(db, "s", NOON, LIVES) is None


def test_from_where_somebody_came_is_known_for_a_while(db: SqliteDatabase) -> None:
    number = sessions.begin(db, "amina", "s", NOON, "192.0.2.7", "")
    sessions.end(db, number, NOON, "amina")
    assert sessions.is_known(db, "amina", "192.0.2.7")
    assert not sessions.is_known(db, "amina", "192.0.2.8") and not sessions.is_known(db, "x", "192.0.2.7")
    assert sessions.forget_old(db, NOON + KEPT_S) == 0 and sessions.forget_old(db, NOON + KEPT_S + 1) == 1
    assert not sessions.is_known(db, "amina", "192.0.2.7")
