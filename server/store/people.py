"""People in the store: accounts, passwords (as hashes), invitations. Every change is noted in the audit log.

Somebody new, and somebody whose password was taken away, has an invitation: the hash of a code with which to set one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from alerts.errors import InvitationInvalidError, LastAdministratorError, NameTakenError, UnknownPersonError
from server.audit import AuditAction
from server.store import audit, sessions
from server.store.areas import check_areas
from server.store.credentials import check_name, name_key
from server.store.models_people import Person
from server.store.records import Role
from server.store.texts import pack_words, unpack_words

INVITATION_S = 7 * 86_400
"""How long a code holds with which to set a password, in seconds."""

RESERVED = ("first",)
"""Names that nobody has, because `/v1/people/first` is something else."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account. `password` and `invitation` are hashes and never leave the hub."""

    name: str
    role: Role
    areas: tuple[str, ...]
    language: str | None
    password: str | None
    invitation: str | None
    invited_until: int | None
    made_at: int
    disabled_at: int | None

    @property
    def is_over_all(self) -> bool:
        """Whether this is somebody who decides about the whole hub, now."""
        return self.role is Role.ADMINISTRATOR and not self.areas and self.disabled_at is None


@dataclass(frozen=True, slots=True)
class PersonChange:
    """What to change; None stays."""

    role: Role | None = None
    areas: tuple[str, ...] | None = None
    language: str | None = None
    disabled: bool | None = None


def people(db: SqliteDatabase) -> list[PersonRow]:
    """All, by name."""
    return [_row(row) for row in Person.select().order_by(Person.key).execute(db)]


def is_anybody(db: SqliteDatabase) -> bool:
    """Whether there is any account."""
    found: bool = Person.select().exists(db)
    return found


def find(db: SqliteDatabase, name: str) -> PersonRow | None:
    """Whom a name means, however it was typed."""
    row = Person.select().where(Person.key == name_key(name)).get_or_none(db)
    return None if row is None else _row(row)


def person(db: SqliteDatabase, name: str) -> PersonRow:
    """Raises UnknownPersonError."""
    found = find(db, name)
    if found is None:
        raise UnknownPersonError(f"nobody named {name[:100]!r} has an account")
    return found


def add(
    db: SqliteDatabase,
    name: str,
    role: Role,
    areas: tuple[str, ...],
    language: str | None,
    invitation: str,
    now: int,
    by: str,
) -> PersonRow:
    """A new account with an invitation. Raises NameTakenError, UnknownAreaError."""
    check_areas(db, areas)
    _insert(db, name, role, areas, language, now, invitation=invitation, invited_until=now + INVITATION_S)
    audit.note(db, now, by, AuditAction.PERSON_ADDED, name, role=str(role), areas=list(areas), language=language)
    return person(db, name)


def add_first(db: SqliteDatabase, name: str, language: str | None, password: str, now: int) -> PersonRow:
    """The first account of all: an administrator of the whole hub. Raises NameTakenError: there is one already."""
    if is_anybody(db):
        raise NameTakenError("the first account has been made; an administrator adds others")
    _insert(db, name, Role.ADMINISTRATOR, (), language, now, password=password)
    audit.note(db, now, name, AuditAction.PERSON_ADDED, name, role=str(Role.ADMINISTRATOR), first=True)
    return person(db, name)


def change(db: SqliteDatabase, name: str, wanted: PersonChange, now: int, by: str) -> PersonRow:
    """Change an account; another role or other areas, or closing it, ends its sessions.

    Raises UnknownPersonError, UnknownAreaError, LastAdministratorError.
    """
    before = person(db, name)
    values: dict[str, Any] = {}
    said: dict[str, object] = {}
    if wanted.role is not None and wanted.role is not before.role:
        values["role"] = said["role"] = str(wanted.role)
    if wanted.areas is not None and wanted.areas != before.areas:
        check_areas(db, wanted.areas)
        values["areas"], said["areas"] = pack_words(wanted.areas), list(wanted.areas)
    if wanted.language is not None and wanted.language != before.language:
        values["language"] = said["language"] = wanted.language
    if wanted.disabled is not None and wanted.disabled is not (before.disabled_at is not None):
        values["disabled_at"], said["disabled"] = (now if wanted.disabled else None), wanted.disabled
    if not values:
        return before
    Person.update(values).where(Person.name == before.name).execute(db)
    after = person(db, name)
    if before.is_over_all and not after.is_over_all:
        _check_somebody_is_over_all(db, before.name)
    audit.note(db, now, by, AuditAction.PERSON_CHANGED, before.name, **said)
    if set(values) - {"language"}:
        sessions.end_all(db, before.name, now, by, "the account was changed")
    return after


def invite(db: SqliteDatabase, name: str, invitation: str, now: int, by: str) -> PersonRow:
    """Take somebody's password away, end the sessions, and give a code with which to set another. Raises UnknownPersonError."""
    found = person(db, name)
    values = {"password": None, "invitation": invitation, "invited_until": now + INVITATION_S}
    Person.update(values).where(Person.name == found.name).execute(db)
    audit.note(db, now, by, AuditAction.PERSON_INVITED, found.name)
    sessions.end_all(db, found.name, now, by, "the password was taken away")
    return person(db, name)


def accept(db: SqliteDatabase, name: str, invitation: str, password: str, now: int) -> PersonRow:
    """Use an invitation, whose code has been verified against the hash `invitation`.

    Raises InvitationInvalidError: it was used or replaced meanwhile, or has expired.
    """
    found = find(db, name)
    if found is None or found.invitation != invitation or not has_invitation(found, now):
        raise invitation_invalid()
    set_password(db, found.name, password, now)
    return person(db, name)


def set_password(db: SqliteDatabase, name: str, password: str, now: int) -> None:
    """Somebody has a new password, and with it no invitation any more."""
    values = {"password": password, "invitation": None, "invited_until": None}
    Person.update(values).where(Person.name == name).execute(db)
    audit.note(db, now, name, AuditAction.PASSWORD_CHANGED, name)


def has_invitation(row: PersonRow, now: int) -> bool:
    """Whether somebody has a code that can be used now."""
    return row.invitation is not None and row.disabled_at is None and now < (row.invited_until or 0)


def invitation_invalid() -> InvitationInvalidError:
    """What is said of every code that does not fit."""
    return InvitationInvalidError(
        "this name and code do not fit: mistyped, used before, or expired; ask an administrator for a new code"
    )


def _insert(
    db: SqliteDatabase, name: str, role: Role, areas: tuple[str, ...], language: str | None, now: int, **more: object
) -> None:
    check_name(db, name, "a person")
    if name_key(name) in RESERVED:
        raise NameTakenError(f"{name!r} is a word in the hub's own addresses; choose another name")
    values = {
        "name": name,
        "key": name_key(name),
        "role": str(role),
        "areas": pack_words(areas),
        "language": language,
        "made_at": now,
    }
    Person.insert({**values, **more}).execute(db)


def _check_somebody_is_over_all(db: SqliteDatabase, name: str) -> None:
    """Who has not set a password yet does not count: perhaps nobody ever will."""
    if not any(one.is_over_all and one.password is not None for one in people(db)):
        raise LastAdministratorError(
            f"{name!r} is the last administrator of the whole hub who can sign in; make somebody else one first"
        )


def _row(row: Person) -> PersonRow:
    return PersonRow(
        row.name,
        Role(row.role),
        unpack_words(row.areas),
        row.language,
        row.password,
        row.invitation,
        row.invited_until,
        row.made_at,
        row.disabled_at,
    )
