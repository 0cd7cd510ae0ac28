"""The inbox as people see it: entries with their state now, found by whatever a person may call them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Any

from peewee import fn

from alerts.cap.model import Alert
from alerts.cap.question import AnswerValue, Question, questions_of
from alerts.cap.to_xml import to_xml
from alerts.errors import UserError
from alerts.session.inbox import Alarm
from alerts.wire.items import Purpose, Urgency, alert_of
from alerts.wire.uplink import ReceiptState
from client.exits import ExitCode
from client.store import models
from client.store.database import Database
from client.store.outbox import Outbox


class EntryState(Enum):
    """What an alert in the inbox is now, by the hub's time."""

    IN_FORCE = "in force"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    """Replaced by an update, or cancelled."""
    ENDED = "not for this device any more"
    CANCEL = "cancel"
    """It is itself the cancel of others."""


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """What the person answered last."""

    value: AnswerValue
    is_stored: bool
    """Whether the hub has it."""
    refusal: str = ""
    """Why the hub cannot use it."""


@dataclass(frozen=True)
class InboxEntry:
    """An alert in the inbox. Times are the hub's, in whole seconds since 1970."""

    key: str
    """Its identity: "sender,identifier"."""
    epoch: int
    number: int
    """(epoch, number): where it stands, or stood, in the hub's log."""
    purpose: Purpose
    urgency: Urgency
    expires: int
    stored_at: int
    state: EntryState
    is_unconfirmed: bool
    """The hub's log lost it: it may no longer hold."""
    receipt: ReceiptState | None
    """What the person did."""
    is_receipt_stored: bool
    """Whether the hub has that."""
    answer: OwnAnswer | None
    """What the person answered to the alert's question."""
    item: bytes
    """What the hub sent."""

    @property
    def identifier(self) -> str:
        """CAP's identifier."""
        return self.key.partition(",")[2]

    @property
    def is_in_force(self) -> bool:
        """Whether it is to be shown as in force."""
        return self.state is EntryState.IN_FORCE

    @cached_property
    def alert(self) -> Alert:
        """The CAP alert, in the languages that this device asked for."""
        return alert_of(self.item, self.epoch, self.number)

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """What the alert asks, in each language that is here."""
        return tuple(question for _, question in questions_of(self.alert))

    @property
    def question(self) -> Question | None:
        """What the alert asks."""
        return self.questions[0] if self.questions else None

    @property
    def is_unanswered(self) -> bool:
        """Whether somebody waits for an answer that was not given here."""
        return self.is_in_force and self.answer is None and self.question is not None

    def to_xml(self, *, pretty: bool = False) -> bytes:
        """The alert as a CAP 1.2 document."""
        return to_xml(self.alert, pretty=pretty)


class Inbox:
    """Reads the inbox, and notes what people and applications did with it."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._run = database.run
        self._outbox = outbox

    def entries(self, now: int) -> list[InboxEntry]:
        """All alerts, those in force first, of these the most urgent first, the newest before older ones."""
        found = [self._entry(row, now) for row in self._run(models.Alert.select())]
        return sorted(
            found,
            key=lambda entry: (not entry.is_in_force, -entry.urgency, -entry.stored_at, -entry.number),
        )

    def some(self, keys: Iterable[str], now: int) -> list[InboxEntry]:
        """The alerts with these identities, in this order."""
        alert = models.Alert
        found = (self._run(alert.select().where(alert.key == key)).first() for key in keys)
        return [self._entry(row, now) for row in found if row is not None]

    def find(self, name: str, now: int) -> InboxEntry:
        """The alert that a person means by its identity, its identifier, or its number.

        Raises UserError: there is none, or more than one.
        """
        alert = models.Alert
        rows = [row for row in self._run(alert.select().where(alert.key.endswith(name))) if _is_named(row.key, name)]
        if not rows and name.isascii() and name.isdigit() and len(name) < 17:
            rows = list(self._run(alert.select().where(alert.number == int(name))))
        if not rows:
            raise UserError(
                f"no alert {name!r} in the inbox",
                "`tocsin-field inbox --all` lists what there is.",
                exit_code=ExitCode.NOT_FOUND,
            )
        if len(rows) > 1:
            raise UserError(
                f"{name!r} names {len(rows)} alerts: {' '.join(row.key for row in rows)}",
                "Give the whole identity, sender,identifier.",
                exit_code=ExitCode.NOT_FOUND,
            )
        return self._entry(rows[0], now)

    def _entry(self, row: models.Alert, now: int) -> InboxEntry:
        is_stored = row.receipt is not None and self._outbox.is_stored(row.receipt_epoch, row.receipt_number)
        return InboxEntry(
            key=row.key,
            epoch=row.item_epoch,
            number=row.item_number,
            purpose=Purpose(row.purpose),
            urgency=Urgency(row.urgency),
            expires=row.expires,
            stored_at=row.stored_at,
            state=_state(row, now),
            is_unconfirmed=row.unconfirmed,
            receipt=None if row.receipt is None else ReceiptState(row.receipt),
            is_receipt_stored=is_stored,
            answer=self._answer(row),
            item=bytes(row.item),
        )

    def _answer(self, row: models.Alert) -> OwnAnswer | None:
        if row.answer is None:
            return None
        place = (row.answer_epoch, row.answer_number)
        return OwnAnswer(json.loads(row.answer), self._outbox.is_stored(*place), self._outbox.refusal(*place))

    def since(self, now: int, seconds: int) -> int | None:
        """How many alerts came in the last so many seconds; None: the first one came later than that."""
        alert = models.Alert
        first = self._run(alert.select(fn.MIN(alert.stored_at))).scalar()
        if first is None or first > now - seconds:
            return None
        return int(self._run(alert.select().where(alert.stored_at > now - seconds)).count())

    # -- alarms and receipts ------------------------------------------------------------------------------------------

    def alarms_due(self, now: int) -> list[InboxEntry]:
        """The alerts in force whose alarm has not been raised, the most urgent first."""
        rows = self._run(models.Alert.select().where(models.Alert.alarm == int(Alarm.DUE)))
        due = [entry for row in rows if (entry := self._entry(row, now)).is_in_force]
        return sorted(due, key=lambda entry: (-entry.urgency, -entry.number))

    def set_raised(self, keys: Iterable[str]) -> None:
        """The application has raised these alarms."""
        for key in keys:
            self._run(models.Alert.update(alarm=int(Alarm.RAISED)).where(models.Alert.key == key)).execute()

    def set_receipt(self, key: str, receipt: ReceiptState, item: tuple[int, int]) -> None:
        """The person did this, and the outbox has it as `item`."""
        values = {"receipt": int(receipt), "receipt_epoch": item[0], "receipt_number": item[1]}
        self._run(models.Alert.update(**values).where(models.Alert.key == key)).execute()

    def set_answer(self, key: str, value: AnswerValue, item: tuple[int, int]) -> None:
        """The person answered this, and the outbox has it as `item`."""
        alert = models.Alert
        values = {"answer": json.dumps(value), "answer_epoch": item[0], "answer_number": item[1]}
        self._run(alert.update(**values).where(alert.key == key)).execute()

    def answers_waiting(self) -> set[str]:
        """The alerts whose answer the hub does not have yet."""
        alert, item = models.Alert, models.OutboxItem
        is_it = (item.epoch == alert.answer_epoch) & (item.number == alert.answer_number)
        query = alert.select(alert.key).join(item, on=is_it).where(item.stored_at.is_null())
        rows: Any = self._run(query)
        return {key for (key,) in rows.tuples()}

    def place(self, key: str) -> tuple[int, int | None]:
        """(epoch, number) of an alert in the hub's log; number None: the log lost it."""
        alert = models.Alert
        row = self._run(alert.select(alert.epoch, alert.number).where(alert.key == key)).tuples().first()
        return row[0], row[1]

    def quarantined(self) -> list[tuple[int, int, str]]:
        """(epoch, number, reason) of what could not be used."""
        return [(row.epoch, row.number, row.reason) for row in self._run(models.Quarantine.select())]


def _is_named(key: str, name: str) -> bool:
    return key == name or key.partition(",")[2] == name


def _state(row: models.Alert, now: int) -> EntryState:
    if row.purpose == Purpose.CANCEL:
        return EntryState.CANCEL
    if row.withdrawn:
        return EntryState.WITHDRAWN
    if not row.listed:
        return EntryState.ENDED
    return EntryState.IN_FORCE if row.expires > now else EntryState.EXPIRED
