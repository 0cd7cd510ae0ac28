"""Sessions in the store: a secret's hash, whose it is, when it began, when it was last used, and how it ended.

The two ends that come by themselves (idle, absolute) are not written but compared, so that they hold however long the hub slept.
"""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SqliteDatabase

from server.audit import AuditAction
from server.store import audit
from server.store.credentials import hash_secret
from server.store.models_people import Person, SessionRow
from server.store.records import Credential, Role
from server.store.texts import unpack_words

KEPT_S = 30 * 86_400
"""How long a session is remembered after it was last used: an address from which somebody has signed in is known so long."""
AGENT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class Lives:
    """How long a session holds: after it was last used, and in all (seconds)."""

    idle_s: int
    all_s: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session that holds, and who has it."""

    id: int
    credential: Credential
    language: str | None
    began_at: int
    seen_at: int
    ends_at: int
    address: str
    agent: str


def begin(db: SqliteDatabase, name: str, secret: str, now: int, address: str, agent: str) -> int:
    """A new session of somebody who was let in; its number."""
    values = {
        "secret_hash": hash_secret(secret),
        "person": name,
        "began_at": now,
        "seen_at": now,
        "address": address,
        "agent": agent[:AGENT_CHARS_MAX],
    }
    number: int = SessionRow.insert(values).execute(db)
    audit.note(db, now, name, AuditAction.SESSION_BEGAN, name, session=number, address=address)
    return number


def find(db: SqliteDatabase, secret: str, now: int, lives: Lives) -> Session | None:
    """The session of a secret, if it holds and the account is open."""
    row = SessionRow.select().where(SessionRow.secret_hash == hash_secret(secret)).get_or_none(db)
    if row is None or not _holds(row, now, lives):
        return None
    owner = Person.select().where(Person.name == row.person).get_or_none(db)
    return None if owner is None or owner.disabled_at is not None else _session(row, owner, lives)


def running(db: SqliteDatabase, name: str, now: int, lives: Lives) -> list[Session]:
    """Somebody's sessions that hold, the newest first."""
    owner = Person.select().where(Person.name == name).get_or_none(db)
    rows = SessionRow.select().where((SessionRow.person == name) & SessionRow.ended_at.is_null())
    found = [row for row in rows.order_by(SessionRow.id.desc()).execute(db) if _holds(row, now, lives)]
    return [_session(row, owner, lives) for row in found if owner is not None]


def seen(db: SqliteDatabase, number: int, now: int) -> None:
    """A session was used."""
    SessionRow.update(seen_at=now).where((SessionRow.id == number) & (SessionRow.seen_at < now)).execute(db)


def end(db: SqliteDatabase, number: int, now: int, by: str) -> None:
    """Somebody signed out; a second time does nothing."""
    row = SessionRow.select().where((SessionRow.id == number) & SessionRow.ended_at.is_null()).get_or_none(db)
    if row is not None:
        SessionRow.update(ended_at=now, why="signed out").where(SessionRow.id == number).execute(db)
        audit.note(db, now, by, AuditAction.SESSION_ENDED, row.person, session=number, why="signed out")


def end_all(db: SqliteDatabase, name: str, now: int, by: str, why: str, *, but: int | None = None) -> int:
    """End somebody's sessions, but for one if that is named; how many."""
    is_running = (SessionRow.person == name) & SessionRow.ended_at.is_null()
    if but is not None:
        is_running &= SessionRow.id != but
    count: int = SessionRow.update(ended_at=now, why=why).where(is_running).execute(db)
    if count:
        audit.note(db, now, by, AuditAction.SESSION_ENDED, name, count=count, why=why)
    return count


def is_known(db: SqliteDatabase, name: str, address: str) -> bool:
    """Whether somebody has signed in from an address before."""
    found: bool = SessionRow.select().where((SessionRow.person == name) & (SessionRow.address == address)).exists(db)
    return found


def forget_old(db: SqliteDatabase, now: int) -> int:
    """Forget sessions that were last used long ago; how many."""
    count: int = SessionRow.delete().where(SessionRow.seen_at < now - KEPT_S).execute(db)
    return count


def _holds(row: SessionRow, now: int, lives: Lives) -> bool:
    return row.ended_at is None and now < row.seen_at + lives.idle_s and now < row.began_at + lives.all_s


def _session(row: SessionRow, owner: Person, lives: Lives) -> Session:
    credential = Credential(owner.name, Role(owner.role), unpack_words(owner.areas), is_person=True)
    ends_at = min(row.seen_at + lives.idle_s, row.began_at + lives.all_s)
    return Session(row.id, credential, owner.language, row.began_at, row.seen_at, ends_at, row.address, row.agent)
