from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.errors import InvitationInvalidError, LastAdministratorError, NameTakenError, UnknownPersonError
from server.store import audit, people, sessions
from server.store.people import INVITATION_S, PersonChange
from server.store.records import Role
from server.store.sessions import Lives
from tests.support.stores import NOON, fresh_database

LIVES = Lives(3600, 43_200)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        yield db


def _actions(db: SqliteDatabase) -> list[tuple[str, str, str]]:
    return [(row.by, row.action, row.subject) for row in audit.every(db)]


def test_the_first_is_an_administrator_of_everything_and_there_is_one_first(db: SqliteDatabase) -> None:
    assert not people.is_anybody(db)
    first = people.add_first(db, "Wanjiru", "sw", "hash", NOON)
    assert first.is_over_all and first.password == "hash" and people.is_anybody(db)
    with pytest.raises(NameTakenError):
        people.add_first(db, "Other", None, "hash", NOON)
    assert _actions(db) == [("Wanjiru", "person.added", "Wanjiru")]


def test_a_name_is_found_however_it_is_typed(db: SqliteDatabase) -> None:
    people.add(db, "Amina Otieno", Role.AUTHOR, ("KE",), None, "code", NOON, "Wanjiru")
    for typed in ("amina otieno", " AMINA  Otieno ", "\N{FULLWIDTH LATIN CAPITAL LETTER A}mina Otieno"):
        assert people.person(db, typed).name == "Amina Otieno"
    with pytest.raises(UnknownPersonError):
        people.person(db, "Amina")
    with pytest.raises(NameTakenError, match="a word in the hub's own addresses"):
        people.add(db, "FIRST", Role.VIEWER, (), None, "code", NOON, "Wanjiru")


def test_an_invitation_works_once_and_for_a_while(db: SqliteDatabase) -> None:
    people.add(db, "a", Role.VIEWER, (), None, "code", NOON, "x")
    for invitation, at in (("another", NOON), ("code", NOON + INVITATION_S)):
        with pytest.raises(InvitationInvalidError):
            people.accept(db, "a", invitation, "hash", at)
    assert people.accept(db, "a", "code", "hash", NOON + INVITATION_S - 1).password == "hash"
    with pytest.raises(InvitationInvalidError):
        people.accept(db, "a", "code", "other", NOON)
    people.invite(db, "a", "code-2", NOON, "x")
    people.change(db, "a", PersonChange(disabled=True), NOON, "x")
    with pytest.raises(InvitationInvalidError):
        people.accept(db, "a", "code-2", "hash", NOON)


def test_what_changes_nothing_is_no_decision_and_a_language_ends_no_session(db: SqliteDatabase) -> None:
    people.add_first(db, "a", "en", "hash", NOON)
    sessions.begin(db, "a", "secret", NOON, "::1", "")
    before = len(_actions(db))
    people.change(db, "a", PersonChange(Role.ADMINISTRATOR, (), "en", False), NOON, "a")
    assert len(_actions(db)) == before
    people.change(db, "a", PersonChange(language="fr"), NOON, "a")
    assert sessions.find(db, "secret", NOON, LIVES) is not None


def test_the_last_who_can_sign_in_stays(db: SqliteDatabase) -> None:
    people.add_first(db, "a", None, "hash", NOON)
    people.add(db, "b", Role.ADMINISTRATOR, (), None, "code", NOON, "a")
    for change in (PersonChange(Role.APPROVER), PersonChange(areas=("KE",)), PersonChange(disabled=True)):
        with pytest.raises(LastAdministratorError), db.savepoint():
            people.change(db, "a", change, NOON, "a")
    people.set_password(db, "b", "hash", NOON)
    assert people.change(db, "a", PersonChange(disabled=True), NOON, "b").disabled_at == NOON
