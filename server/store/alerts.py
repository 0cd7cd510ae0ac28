"""Reading alerts back, the living and the archived."""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase, fn

from alerts.errors import UnknownAlertError
from alerts.session.log import Purpose
from server.store.log import read_body
from server.store.models import AlertEntry, Replacement
from server.store.records import StoredAlert
from server.store.texts import unpack_audiences


def alerts_after(db: SqliteDatabase, after: int, limit: int, in_force: bool | None, now: int) -> list[StoredAlert]:
    """Alerts above a number, in order; all, or (`in_force`) only those in force, or only the others."""
    query = AlertEntry.select().where(AlertEntry.number > after)
    if in_force is not None:
        query = query.where(_in_force(now) if in_force else ~_in_force(now))
    return [_stored(db, row, now) for row in query.order_by(AlertEntry.number).limit(limit).execute(db)]


def _in_force(now: int) -> Any:
    """As `Log.in_force`, but of the archive too: current, and not itself the cancel of others."""
    replaced = Replacement.select(Replacement.number).where(Replacement.key == AlertEntry.key)
    return (AlertEntry.expires > now) & (AlertEntry.purpose != Purpose.CANCEL) & ~fn.EXISTS(replaced)


def find_alert(db: SqliteDatabase, name: str, now: int) -> StoredAlert:
    """The alert with this number, identity or identifier; of several with one identifier the newest.

    Raises UnknownAlertError.
    """
    row = None
    if name.isascii() and name.isdecimal() and len(name) < 17:
        row = AlertEntry.select().where(AlertEntry.number == int(name)).get_or_none(db)
    if row is None:
        is_named = (AlertEntry.key == name) | (AlertEntry.identifier == name)
        row = AlertEntry.select().where(is_named).order_by(AlertEntry.number.desc()).limit(1).get_or_none(db)
    if row is None:
        raise UnknownAlertError(f"no alert {name[:200]!r} is known here, neither as number nor as identifier")
    return _stored(db, row, now)


def number_of(db: SqliteDatabase, key: str) -> int | None:
    """The number of the alert with this identity."""
    number: int | None = AlertEntry.select(AlertEntry.number).where(AlertEntry.key == key).scalar(db)
    return number


def _stored(db: SqliteDatabase, row: AlertEntry, now: int) -> StoredAlert:
    replaced_by = Replacement.select(fn.MAX(Replacement.number)).where(Replacement.key == row.key).scalar(db)
    return StoredAlert(
        number=row.number,
        epoch=row.epoch,
        alert=read_body(row),
        audience=unpack_audiences(row.audience)[0],
        reach=unpack_audiences(row.reach),
        expires=row.expires,
        published_at=row.published_at,
        published_by=row.published_by,
        original=None if row.original is None else bytes(row.original),
        replaced_by=replaced_by,
        in_force=row.expires > now and row.purpose != Purpose.CANCEL and replaced_by is None,
    )
