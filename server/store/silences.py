"""Hourly counts of what was heard, and the silences that were noticed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peewee import EXCLUDED, SqliteDatabase, chunked, fn

from server.events import Event, EventKind
from server.store import events
from server.store.models_escalation import HourCount, SilenceRow
from server.store.models_events import EventRow

HUB = "hub"
"""The kind under which the hub's own seconds are counted."""

Counts = dict[tuple[str, str], dict[int, int]]
"""(kind, name) → hour → how many."""


@dataclass(frozen=True, slots=True)
class Silence:
    """A silence that was noticed; it lasts until `ended_at`. `kind` is a kind of count."""

    id: int
    kind: str
    name: str
    began_at: int
    ended_at: int | None
    words: str


def add_counts(db: SqliteDatabase, hour: int, counts: Mapping[tuple[str, str], int]) -> None:
    """Add to an hour's counts: (kind, name) → how many."""
    rows = [{"kind": kind, "name": name, "hour": hour, "count": count} for (kind, name), count in counts.items()]
    for some in chunked(rows, 200):
        HourCount.insert_many(some).on_conflict(
            conflict_target=[HourCount.kind, HourCount.name, HourCount.hour],
            update={HourCount.count: HourCount.count + EXCLUDED.count},
        ).execute(db)


def raise_counts(db: SqliteDatabase, hour: int, counts: Mapping[tuple[str, str], int]) -> None:
    """As `add_counts`, but an hour's count becomes the larger of the two."""
    rows = [{"kind": kind, "name": name, "hour": hour, "count": count} for (kind, name), count in counts.items()]
    for some in chunked(rows, 200):
        HourCount.insert_many(some).on_conflict(
            conflict_target=[HourCount.kind, HourCount.name, HourCount.hour],
            update={HourCount.count: EXCLUDED.count},
            where=(HourCount.count < EXCLUDED.count),
        ).execute(db)


def counts(db: SqliteDatabase, since: int, *, kinds: Iterable[str], of_day: Iterable[int] = ()) -> Counts:
    """The counts of some kinds from an hour on; only those at some hours of the day (UTC), or all."""
    which = (HourCount.hour >= since) & HourCount.kind.in_(list(kinds))
    at_hours = set(of_day)
    if at_hours:
        newest = HourCount.select(fn.MAX(HourCount.hour)).scalar(db) or since
        which &= HourCount.hour.in_([hour for hour in range(since, newest + 1) if hour % 24 in at_hours])
    columns = (HourCount.kind, HourCount.name, HourCount.hour, HourCount.count)
    found: Counts = {}
    for kind, name, hour, count in HourCount.select(*columns).where(which).tuples().execute(db):
        found.setdefault((kind, name), {})[hour] = count
    return found


def newest_hour(db: SqliteDatabase, kind: str) -> int | None:
    """The last hour in which something of a kind was counted."""
    found: int | None = HourCount.select(fn.MAX(HourCount.hour)).where(HourCount.kind == kind).scalar(db)
    return found


def events_between(db: SqliteDatabase, since: int, before: int, kinds: Iterable[EventKind]) -> list[Event]:
    """The events of some kinds in a span of time."""
    which = (EventRow.at >= since) & (EventRow.at < before) & EventRow.kind.in_([str(kind) for kind in kinds])
    rows = EventRow.select().where(which).execute(db)
    return [Event(row.id, row.at, EventKind(row.kind), row.alert, row.device, json.loads(row.members)) for row in rows]


def forget_counts(db: SqliteDatabase, before: int) -> int:
    """Forget the hours before one; how many counts."""
    count: int = HourCount.delete().where(HourCount.hour < before).execute(db)
    return count


def open_silences(db: SqliteDatabase) -> list[Silence]:
    """The silences that last."""
    return [_silence(row) for row in SilenceRow.select().where(SilenceRow.ended_at.is_null()).execute(db)]


def silences_since(db: SqliteDatabase, since: int) -> list[Silence]:
    """The silences that last or ended after a time, the oldest first."""
    is_late = SilenceRow.ended_at.is_null() | (SilenceRow.ended_at >= since)
    return [_silence(row) for row in SilenceRow.select().where(is_late).order_by(SilenceRow.id).execute(db)]


def silence(db: SqliteDatabase, number: int) -> Silence | None:
    """One, or None."""
    row = SilenceRow.select().where(SilenceRow.id == number).get_or_none(db)
    return None if row is None else _silence(row)


def begin_silence(db: SqliteDatabase, kind: str, name: str, words: str, now: int, *, is_area: bool) -> None:
    """Write a silence and its event."""
    SilenceRow.insert(kind=kind, name=name, began_at=now, words=words).execute(db)
    area, source = (name, None) if is_area else (None, name)
    events.append(db, now, EventKind.SILENCE_BEGAN, area=area, source=source, words=words)


def end_silences(db: SqliteDatabase, ended: Iterable[Silence], now: int, *, area_kinds: frozenset[str]) -> None:
    """Write the ends of silences and their events."""
    for one in ended:
        SilenceRow.update(ended_at=now).where(SilenceRow.id == one.id).execute(db)
        area, source = (one.name, None) if one.kind in area_kinds else (None, one.name)
        events.append(db, now, EventKind.SILENCE_ENDED, area=area, source=source)


def _silence(row: SilenceRow) -> Silence:
    return Silence(row.id, row.kind, row.name, row.began_at, row.ended_at, row.words)
