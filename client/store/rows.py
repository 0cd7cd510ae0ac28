"""The rows that the inbox rules work on (alerts.session.inbox.Rows), in SQLite, within a transaction that the store opened."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from peewee import fn

from alerts.session.inbox import Alarm, Row, Standing
from alerts.wire.items import Purpose, Urgency
from alerts.wire.lean_frames import Earlier
from alerts.wire.uplink import Answer, Lost, Quarantined, Receipt, ReceiptState, unpack_uplink
from client.store import models
from client.store.database import Database, only
from client.store.outbox import Outbox

LOST_KEYS_AN_ITEM_MAX = 12
"""Identities in one uplink item; an identity may have a thousand characters, an item 16 KB."""


class SqliteRows:
    """A device's store within one transaction. `now` is the hub's time under which it writes."""

    def __init__(self, database: Database, outbox: Outbox, now: int) -> None:
        self._database = database
        self._run = database.run
        self._outbox = outbox
        self._now = now
        self._standing: Standing | None = None

    # -- where this reader stands -------------------------------------------------------------------------------------

    def standing(self) -> Standing:
        """Where this reader stands."""
        if self._standing is None:
            self._standing = read_standing(self._database)
        return self._standing

    def set_standing(self, standing: Standing) -> None:
        """Write where this reader stands."""
        self._standing = standing
        write_standing(self._database, standing)

    # -- the inbox ----------------------------------------------------------------------------------------------------

    def get(self, key: str) -> Row | None:
        """The row of an alert."""
        found = self._run(models.Alert.select().where(models.Alert.key == key)).first()
        return _row(found) if found else None

    def has(self, epoch: int, number: int) -> bool:
        """Whether this entry is here, in the inbox or in quarantine."""
        alert, quarantine = models.Alert, models.Quarantine
        return bool(
            self._run(alert.select(alert.number).where(alert.epoch == epoch, alert.number == number)).exists()
            or self._run(
                quarantine.select(quarantine.number).where(quarantine.epoch == epoch, quarantine.number == number)
            ).exists()
        )

    def put(self, row: Row) -> None:
        """Write a row; when it was first stored, its receipt, and the number that its item came under stay."""
        values = {
            "epoch": row.epoch,
            "number": row.number,
            "purpose": int(row.purpose),
            "urgency": int(row.urgency),
            "expires": row.expires,
            "item": row.item,
            "listed": row.listed,
            "withdrawn": row.withdrawn,
            "unconfirmed": row.unconfirmed,
            "stale": row.stale,
            "alarm": int(row.alarm),
        }
        if row.number is None:
            self._run(models.Alert.update(**values).where(models.Alert.key == row.key)).execute()
            return
        values |= {"item_epoch": row.epoch, "item_number": row.number}
        new = models.Alert.insert(key=row.key, stored_at=self._now, **values)
        self._run(new.on_conflict(conflict_target=[models.Alert.key], update=values)).execute()

    def numbered(self) -> Iterable[Row]:
        """All rows that have a number."""
        return [_row(found) for found in self._run(models.Alert.select().where(models.Alert.number.is_null(False)))]

    def struck(self) -> Iterable[Row]:
        """All rows whose number was struck."""
        return [_row(found) for found in self._run(models.Alert.select().where(models.Alert.number.is_null()))]

    def has_unconfirmed(self) -> bool:
        """Whether any row is marked unconfirmed."""
        return bool(self._run(models.Alert.select(models.Alert.key).where(models.Alert.unconfirmed)).exists())

    # -- withdrawals --------------------------------------------------------------------------------------------------

    def is_withdrawn(self, key: str) -> bool:
        """Whether a withdrawal of this alert has arrived, be the alert here or not."""
        return bool(
            self._run(models.Withdrawal.select(models.Withdrawal.key).where(models.Withdrawal.key == key)).exists()
        )

    def set_withdrawn(self, key: str, withdrawn: bool) -> None:
        """Remember (or forget) a withdrawal; the row, where there is one, follows."""
        if withdrawn:
            self._run(models.Withdrawal.insert(key=key).on_conflict_ignore()).execute()
        else:
            self._run(models.Withdrawal.delete().where(models.Withdrawal.key == key)).execute()
        self._run(models.Alert.update(withdrawn=withdrawn).where(models.Alert.key == key)).execute()

    # -- what cannot be used ------------------------------------------------------------------------------------------

    def note_try(self, epoch: int, number: int, raw: bytes) -> int:
        """Keep a raw item before it is decoded; how often that has now been begun."""
        attempt = models.Attempt
        before = self._run(
            attempt.select(attempt.tries).where(attempt.epoch == epoch, attempt.number == number)
        ).scalar()
        tries = int(before or 0) + 1
        self._run(attempt.insert(epoch=epoch, number=number, item=raw, tries=tries).on_conflict_replace()).execute()
        return tries

    def forget_try(self, epoch: int, number: int) -> None:
        """The item was decoded, or is in quarantine."""
        attempt = models.Attempt
        self._run(attempt.delete().where(attempt.epoch == epoch, attempt.number == number)).execute()

    def quarantine(self, epoch: int, number: int, raw: bytes, reason: str) -> None:
        """Keep what cannot be used, with the reason, and write that to the outbox for the hub."""
        kept = models.Quarantine.insert(epoch=epoch, number=number, item=raw, reason=reason, at=self._now)
        self._run(kept.on_conflict_replace()).execute()
        self._outbox.append(Quarantined(self._now, epoch, number, reason))

    def report_lost(self, keys: list[str]) -> None:
        """Write to the outbox that the hub's log lost these alerts, and once more what people did with them.

        The receipts and answers written so far name entries that are lost; under the identity they count when the alert is
        published again.
        """
        for first in range(0, len(keys), LOST_KEYS_AN_ITEM_MAX):
            self._outbox.append(Lost(self._now, tuple(keys[first : first + LOST_KEYS_AN_ITEM_MAX])))
        alert = models.Alert
        is_done = ~alert.receipt.is_null() | ~alert.answer.is_null()
        for row in list(self._run(alert.select().where(alert.key << keys, is_done))):
            self._name_by_identity(row)

    def _name_by_identity(self, row: models.Alert) -> None:
        alert, values = models.Alert, dict[str, int]()
        if row.receipt is not None:
            at = self._written_at(row.receipt_epoch, row.receipt_number)
            place = self._outbox.append(Receipt(at, ReceiptState(row.receipt), key=row.key))
            values |= {"receipt_epoch": place[0], "receipt_number": place[1]}
        if row.answer is not None:
            at = self._written_at(row.answer_epoch, row.answer_number)
            place = self._outbox.append(Answer(at, json.loads(row.answer), key=row.key))
            values |= {"answer_epoch": place[0], "answer_number": place[1]}
        self._run(alert.update(**values).where(alert.key == row.key)).execute()

    def _written_at(self, epoch: int, number: int) -> int:
        """When an item of the outbox was written; now, where it is not kept any more."""
        item = models.OutboxItem
        written = self._run(item.select(item.item).where(item.epoch == epoch, item.number == number)).scalar()
        return self._now if written is None else unpack_uplink(bytes(written)).at


def _row(found: models.Alert) -> Row:
    return Row(
        *(found.key, found.epoch, found.number, Purpose(found.purpose), Urgency(found.urgency), found.expires),
        item=bytes(found.item),
        listed=found.listed,
        withdrawn=found.withdrawn,
        unconfirmed=found.unconfirmed,
        stale=found.stale,
        alarm=Alarm(found.alarm),
        struck=found.item_number if found.number is None else None,
    )


def read_standing(database: Database) -> Standing:
    """Where this reader stands; a new store stands nowhere."""
    found = database.run(models.Standing.select()).first()
    if found is None:
        return Standing()
    return Standing(
        *(found.epoch, found.cursor, found.as_of, frozenset(json.loads(found.held)), found.owes, found.unconfirmed),
        heard=found.heard,
        marks=tuple((epoch, cursor) for epoch, cursor in json.loads(found.marks)),
        languages=tuple(json.loads(found.languages)),
        languages_due=found.languages_due,
        welcomed=found.welcomed,
    )


def write_standing(database: Database, standing: Standing) -> None:
    """Write where this reader stands."""
    database.run(
        only(
            models.Standing,
            epoch=standing.epoch,
            cursor=standing.cursor,
            as_of=standing.as_of,
            held=json.dumps(sorted(standing.held)),
            owes=standing.owes,
            unconfirmed=standing.unconfirmed,
            heard=standing.heard,
            marks=json.dumps(standing.marks),
            languages=json.dumps(standing.languages),
            languages_due=standing.languages_due,
            welcomed=standing.welcomed,
        )
    ).execute()


def with_languages(database: Database, languages: tuple[str, ...]) -> None:
    """The languages that a device joined with: nothing has to be had again in them yet."""
    write_standing(database, replace(read_standing(database), languages=languages))


def find_earlier(database: Database, number: int) -> Earlier | None:
    """The alert under a number that the hub's log has, or the raw item in quarantine."""
    alert, quarantine = models.Alert, models.Quarantine
    row = database.run(alert.select().where(alert.number == number)).first()
    row = row or database.run(quarantine.select().where(quarantine.number == number)).first()
    return None if row is None else Earlier(row.epoch, number, bytes(row.item))


def highest_stale(database: Database) -> int:
    """The highest number whose text is in languages that were given up; 0 where there is none."""
    alert = models.Alert
    return int(database.run(alert.select(fn.MAX(alert.number)).where(alert.stale)).scalar() or 0)
