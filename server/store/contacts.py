"""Contacts: people and rooms that rules can tell. An address is a secret: it is read to send, and shown to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import SqliteDatabase

from alerts.errors import NameTakenError, UnknownContactError
from server.store.areas import check_areas
from server.store.models_escalation import ContactRow
from server.store.texts import pack_words, unpack_words


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who can be told. `url` never leaves the hub but to be sent to; no areas: responsible everywhere."""

    name: str
    url: str
    roles: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    language: str = ""
    made_at: int = 0
    changed_at: int = 0

    def __repr__(self) -> str:
        """Without the address."""
        return f"Contact({self.name!r}, {self.service}://…)"

    @property
    def service(self) -> str:
        """What the address begins with: which service it is of."""
        return self.url.partition("://")[0].lower()


def contacts(db: SqliteDatabase) -> list[Contact]:
    """All, by name."""
    return [_contact(row) for row in ContactRow.select().order_by(ContactRow.name).execute(db)]


def contact(db: SqliteDatabase, name: str) -> Contact:
    """One. Raises UnknownContactError."""
    row = ContactRow.select().where(ContactRow.name == name).get_or_none(db)
    if row is None:
        raise UnknownContactError(f"there is no contact {name[:100]!r}")
    return _contact(row)


def add_contact(db: SqliteDatabase, new: Contact) -> None:
    """Add one. Raises NameTakenError, UnknownAreaError."""
    if ContactRow.select().where(ContactRow.name == new.name).exists(db):
        raise NameTakenError(f"there is a contact {new.name!r} already")
    check_areas(db, new.areas)
    ContactRow.insert(name=new.name, made_at=new.made_at, **_columns(new)).execute(db)


def change_contact(db: SqliteDatabase, changed: Contact) -> None:
    """Write a contact anew. Raises UnknownContactError, UnknownAreaError."""
    contact(db, changed.name)
    check_areas(db, changed.areas)
    ContactRow.update(_columns(changed)).where(ContactRow.name == changed.name).execute(db)


def remove_contact(db: SqliteDatabase, name: str) -> None:
    """Forget one, and where it is reached. Raises UnknownContactError."""
    if not ContactRow.delete().where(ContactRow.name == name).execute(db):
        raise UnknownContactError(f"there is no contact {name[:100]!r}")


def check_contacts(db: SqliteDatabase, names: Sequence[str]) -> None:
    """Raises UnknownContactError naming the first that there is not."""
    for name in names:
        contact(db, name)


def _contact(row: ContactRow) -> Contact:
    roles, areas = unpack_words(row.roles), unpack_words(row.areas)
    return Contact(row.name, row.url, roles, areas, row.language, row.made_at, row.changed_at)


def _columns(one: Contact) -> dict[str, object]:
    return {
        "url": one.url,
        "roles": pack_words(one.roles),
        "areas": pack_words(one.areas),
        "language": one.language,
        "changed_at": one.changed_at,
    }
