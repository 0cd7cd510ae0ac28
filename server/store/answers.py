"""Answers in the store: all are kept, the latest of each device counts.

The latest of a device (docs/protocol.md): within an outbox epoch the one with the highest number; of the last ones of several
epochs that with the latest `at`; of equal ones that of the epoch which came to the hub last.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from peewee import SqliteDatabase

from alerts.cap.question import Question, check_answer, read_question
from alerts.errors import UnknownAlertError
from alerts.wire.uplink import Answer as SaidAnswer
from server.answers import Answers, DeviceAnswer
from server.store.models import AlertEntry, Device, Outbox, Replacement
from server.store.models_answers import Answer
from server.store.texts import unpack_words


def keep(db: SqliteDatabase, columns: dict[str, object], number: int | None, said: SaidAnswer, now: int) -> None:
    """Write an answer to the alert with this number (None: one that is not known here); `columns` are the key of the uplink
    item that it came as."""
    Answer.insert(
        **columns,
        at=said.at,
        taken_at=now,
        alert_epoch=said.epoch,
        alert_number=said.number,
        alert_key=said.key,
        value=json.dumps(said.value, ensure_ascii=False),
        late=number is not None and _is_over(db, number, now),
    ).execute(db)


def problem_of(db: SqliteDatabase, number: int, said: SaidAnswer) -> str | None:
    """Why an answer does not fit the alert with this number, in words; None: it fits."""
    questions = _questions(AlertEntry.select(AlertEntry.body).where(AlertEntry.number == number).get(db))
    if not questions:
        return f"an answer to alert {number}, which asks nothing"
    problem = check_answer(questions[0][1], said.value)
    return None if problem is None else f"an answer to alert {number} that does not fit its question: it {problem}"


def has_question(db: SqliteDatabase, number: int) -> bool:
    """Whether the alert with this number asks something."""
    return bool(_questions(AlertEntry.select(AlertEntry.body).where(AlertEntry.number == number).get(db)))


def answered_at(db: SqliteDatabase, number: int) -> dict[str, int]:
    """When (hub time, as the device reckoned it) each device first answered an alert in a way that fits."""
    alert = AlertEntry.select().where(AlertEntry.number == number).get(db)
    rows = _rows(db, alert, number)
    questions = _questions(alert) if rows else ()
    firsts: dict[str, int] = {}
    for row in rows if questions else ():
        if check_answer(questions[0][1], json.loads(row.value)) is None:
            firsts[row.device] = min(row.at, firsts.get(row.device, row.at))
    return firsts


def answers(db: SqliteDatabase, number: int) -> Answers:
    """What an alert asks, and the latest answer of each device. Raises UnknownAlertError."""
    alert = AlertEntry.select().where(AlertEntry.number == number).get_or_none(db)
    if alert is None:
        raise UnknownAlertError(f"no alert has the number {number}")
    questions = _questions(alert)
    if not questions:
        return Answers(number, (), ())
    devices = {row.device: row for row in Device.select().execute(db)}
    given = (
        DeviceAnswer(
            *(row.device, devices[row.device].name, unpack_words(devices[row.device].areas), json.loads(row.value)),
            *(row.at, row.taken_at, row.late),
        )
        for row in _latest(db, _rows(db, alert, number))
        if row.device in devices
    )
    fitting = (one for one in given if check_answer(questions[0][1], one.value) is None)
    return Answers(number, questions, tuple(sorted(fitting, key=lambda one: one.device)))


def _rows(db: SqliteDatabase, alert: Any, number: int) -> list[Any]:
    """All answers to an alert; found by its entry or by its identity, as the device named it."""
    is_entry = (Answer.alert_number == number) & (Answer.alert_epoch == alert.epoch)
    return list(Answer.select().where(is_entry | (Answer.alert_key == alert.key)).execute(db))


def _latest(db: SqliteDatabase, rows: Iterable[Any]) -> Iterable[Any]:
    """The latest answer of each device."""
    last: dict[tuple[str, int], Any] = {}
    for row in rows:
        place = row.device, row.outbox_epoch
        if place not in last or last[place].outbox_number < row.outbox_number:
            last[place] = row
    of_device: dict[str, list[Any]] = {}
    for (device, _), row in last.items():
        of_device.setdefault(device, []).append(row)
    return [found[0] if len(found) == 1 else _latest_of(db, found) for found in of_device.values()]


def _latest_of(db: SqliteDatabase, rows: list[Any]) -> Any:
    epochs = Outbox.select().where(Outbox.device == rows[0].device).execute(db)
    came = {row.epoch: row.id for row in epochs}
    return max(rows, key=lambda row: (row.at, came.get(row.outbox_epoch, 0)))


def _is_over(db: SqliteDatabase, number: int, now: int) -> bool:
    """Whether an alert has expired, or has been replaced."""
    alert = AlertEntry.select(AlertEntry.key, AlertEntry.expires).where(AlertEntry.number == number).get(db)
    return bool(alert.expires <= now or Replacement.select().where(Replacement.key == alert.key).exists(db))


def _questions(alert: Any) -> tuple[tuple[str | None, Question], ...]:
    """What an alert asks, with the language of each info that does."""
    infos = json.loads(bytes(alert.body)).get("info", ())
    found = ((info.get("language"), read_question(_parameters(info))) for info in infos)
    return tuple((language, question) for language, question in found if question)


def _parameters(info: dict[str, Any]) -> list[tuple[str, str]]:
    return [(parameter["valueName"], parameter.get("value", "")) for parameter in info.get("parameter", ())]
