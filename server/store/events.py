"""The log of events in the store: append in the transaction of what happened, read after a number, forget what is old."""

from __future__ import annotations

import json

from peewee import SqliteDatabase, fn

from alerts.cap.terms import Severity
from alerts.session.log import Purpose
from server.events import EVENTS, EVENTS_KEPT_S, Event, EventKind
from server.store.models import AlertEntry, Replacement
from server.store.models_events import EventRow, Lapse


def append(
    db: SqliteDatabase,
    at: int,
    kind: EventKind,
    *,
    alert: int | None = None,
    device: str | None = None,
    **members: object,
) -> None:
    """Write an event. `members` are those that the kind has; one that is None is left out."""
    said = {name: value for name, value in members.items() if value is not None}
    unknown = set(said) - set(EVENTS[kind].members)
    assert not unknown, f"{kind} has no member {unknown}"
    text = json.dumps(said, ensure_ascii=False)
    EventRow.insert(at=at, kind=str(kind), alert=alert, device=device, members=text).execute(db)


def events_after(db: SqliteDatabase, after: int, limit: int) -> list[Event]:
    """The events above a number, in order. Kinds of a later version are passed over."""
    rows = EventRow.select().where(EventRow.id > after).order_by(EventRow.id).limit(limit).execute(db)
    known = set(EventKind)
    return [
        Event(row.id, row.at, EventKind(row.kind), row.alert, row.device, json.loads(row.members))
        for row in rows
        if row.kind in known
    ]


def newest(db: SqliteDatabase) -> int:
    """The newest event's number; 0: there is none."""
    number: int | None = EventRow.select(fn.MAX(EventRow.id)).scalar(db)
    return number or 0


def oldest(db: SqliteDatabase) -> int:
    """The number of the oldest event that is kept; 0: there is none."""
    number: int | None = EventRow.select(fn.MIN(EventRow.id)).scalar(db)
    return number or 0


def forget_old(db: SqliteDatabase, now: int) -> int:
    """Forget events that are older than `EVENTS_KEPT_S`, but for the newest of all; how many."""
    is_old = (EventRow.at < now - EVENTS_KEPT_S) & (EventRow.id < newest(db))
    count: int = EventRow.delete().where(is_old).execute(db)
    return count


def note_published(db: SqliteDatabase, number: int) -> None:
    """Write that the alert with this number was published."""
    row = AlertEntry.select().where(AlertEntry.number == number).get(db)
    replaces = json.loads(row.replaces)
    kind = EventKind.ALERT_UPDATED if replaces else EventKind.ALERT_PUBLISHED
    if row.purpose == Purpose.CANCEL:
        kind = EventKind.ALERT_CANCELLED
    more = {"by": row.published_by} | ({"replaces": replaces} if kind is not EventKind.ALERT_PUBLISHED else {})
    append(db, row.published_at, kind, alert=row.number, **_of_alert(row), **more)


def note_lapsed(db: SqliteDatabase, now: int) -> int:
    """Write which alerts have come to their end since this was last asked, unreplaced; how many.

    A store that is asked for the first time begins now: what ended before is no news. A clock that goes back writes nothing
    until it is again where it was.
    """
    upto: int | None = Lapse.select(Lapse.upto).scalar(db)
    if upto is None:
        Lapse.insert(id=1, upto=now).execute(db)
        return 0
    if now <= upto:
        return 0
    replaced = Replacement.select(Replacement.number).where(Replacement.key == AlertEntry.key)
    is_over = (AlertEntry.expires > upto) & (AlertEntry.expires <= now) & (AlertEntry.purpose != Purpose.CANCEL)
    rows = list(AlertEntry.select().where(is_over & ~fn.EXISTS(replaced)).order_by(AlertEntry.expires).execute(db))
    for row in rows:
        append(db, now, EventKind.ALERT_EXPIRED, alert=row.number, **_of_alert(row))
    Lapse.update(upto=now).execute(db)
    return len(rows)


def _of_alert(row: AlertEntry) -> dict[str, str]:
    alert = json.loads(bytes(row.body))
    severities = [info["severity"] for info in alert.get("info", ()) if "severity" in info]
    worst = min(severities, key=lambda said: Severity(said).number, default=str(Severity.UNKNOWN))
    return {"identifier": alert["identifier"], "sender": alert["sender"], "severity": worst}
