"""The hub's log in the store: its path, the numbers, the entries, and what of it still lives.

A number is given inside the transaction that writes its entry, and a transaction gives one only if it is the next one: the
store refuses an entry whose number is not its own head plus one, whoever computed it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import IntEnum

from peewee import SqliteDatabase, chunked, fn

from alerts.audience import Reader
from alerts.cap.model import Alert
from alerts.errors import StoreError
from alerts.session.log import Enrolment, Entry, Log, Purpose, Urgency
from alerts.session.position import Path
from server.store.models import AlertEntry, AudienceEntry, Device, Epoch, LogEntry, Replacement
from server.store.texts import pack_audiences, pack_words, unpack_audiences, unpack_words


class EntryKind(IntEnum):
    """What a number was given to."""

    ALERT = 0
    AUDIENCE = 1


def head(db: SqliteDatabase) -> int:
    """The last number that was given."""
    number: int | None = LogEntry.select(fn.MAX(LogEntry.number)).scalar(db)
    return number or 0


def latest_time(db: SqliteDatabase) -> int:
    """When the newest entry was made."""
    made_at: int | None = LogEntry.select(fn.MAX(LogEntry.made_at)).scalar(db)
    return made_at or 0


def read_path(db: SqliteDatabase) -> Path:
    """The store's epochs, oldest first."""
    return Path((row.epoch, row.first) for row in Epoch.select().order_by(Epoch.id).execute(db))


def begin_epoch(db: SqliteDatabase, epoch: int, now: int, why: str) -> Path:
    """Begin an epoch at the next number, before anything is written in it; the path with it.

    `epoch` is random. Raises StoreError in the case, one in four thousand million, that it was used before.
    """
    if Epoch.select().where(Epoch.epoch == epoch).exists(db):
        raise StoreError(f"the epoch {epoch} is already on the path; try again")
    Epoch.insert(epoch=epoch, first=head(db) + 1, begun_at=now, why=why).execute(db)
    return read_path(db)


def _give_number(db: SqliteDatabase, number: int, epoch: int, kind: EntryKind, now: int) -> None:
    last = head(db)
    newest = Epoch.select(Epoch.epoch).order_by(Epoch.id.desc()).limit(1).scalar(db)
    if number != last + 1 or epoch != newest:
        raise StoreError(
            f"#{number} of epoch {epoch} does not follow #{last} in epoch {newest}: another program wrote into the log"
        )
    LogEntry.insert(number=number, epoch=epoch, kind=kind, made_at=now).execute(db)


def append_alert(
    db: SqliteDatabase, entry: Entry, alert: Alert, *, now: int, by: str, original: bytes | None = None
) -> None:
    """Write an alert under the next number. Raises StoreError: `entry.number` is not the next one."""
    _give_number(db, entry.number, entry.epoch, EntryKind.ALERT, now)
    AlertEntry.insert(
        number=entry.number,
        epoch=entry.epoch,
        key=entry.key,
        identifier=alert.identifier,
        purpose=entry.purpose,
        urgency=entry.urgency,
        expires=entry.expires,
        lives=entry.lives,
        audience=pack_audiences([entry.audience]),
        reach=pack_audiences(entry.reach),
        replaces=pack_words(sorted(entry.replaces)),
        published_at=now,
        published_by=by,
        body=json.dumps(alert.to_json(), ensure_ascii=False).encode(),
        original=original,
    ).execute(db)
    for key in entry.replaces:
        Replacement.insert(key=key, number=entry.number).execute(db)


def append_audience(db: SqliteDatabase, number: int, epoch: int, reader: Reader, now: int) -> None:
    """Write a device's new audience under the next number. Raises StoreError: `number` is not the next one."""
    _give_number(db, number, epoch, EntryKind.AUDIENCE, now)
    AudienceEntry.insert(
        number=number,
        epoch=epoch,
        device=reader.device,
        areas=pack_words(reader.areas),
        roles=pack_words(reader.roles),
        made_at=now,
    ).execute(db)


def read_log(db: SqliteDatabase, now: int) -> Log:
    """The living part of the log, as it is held in memory. What is over stays in the store."""
    log = Log(read_path(db), head(db))
    for row in AlertEntry.select().where(AlertEntry.lives > now).order_by(AlertEntry.number).execute(db):
        log.restore(read_entry(row))
    for row in Device.select().where(Device.revoked_at.is_null()).execute(db):
        log.enrolled[row.device] = Enrolment(
            row.entry, Reader(row.device, unpack_words(row.areas), unpack_words(row.roles))
        )
    return log


def find_entries(db: SqliteDatabase, keys: Sequence[str]) -> list[Entry]:
    """The entries of these alerts, living or archived."""
    return [
        read_entry(row)
        for some in chunked(keys, 500)
        for row in AlertEntry.select().where(AlertEntry.key << some).order_by(AlertEntry.number).execute(db)
    ]


def read_body(row: AlertEntry) -> Alert:
    """The alert of a row. Its rules were checked when it was published, by the version of that time."""
    return Alert.model_validate(json.loads(bytes(row.body)))


def read_entry(row: AlertEntry) -> Entry:
    """The entry of a row."""
    return Entry(
        row.number,
        row.epoch,
        row.key,
        Purpose(row.purpose),
        unpack_audiences(row.audience)[0],
        unpack_audiences(row.reach),
        frozenset(unpack_words(row.replaces)),
        Urgency(row.urgency),
        row.expires,
        row.lives,
        read_body(row),
    )
