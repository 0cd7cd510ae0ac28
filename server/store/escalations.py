"""What rules have done: each step for each alert or silence, and each contact that it told. States move here and nowhere else.

step       waiting ─▶ told | nobody | stopped
telling    waiting ─▶ sending ─▶ sent | failed | given-up          failed ─▶ sending       any that is open ─▶ stopped
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from peewee import SqliteDatabase, fn

from alerts.session.log import Purpose
from alerts.wire.uplink import ReceiptState
from server.events import EventKind
from server.store import events
from server.store.models import AlertEntry, Device, Receipt, Replacement
from server.store.models_answers import Answer
from server.store.models_escalation import RuleRow, SilenceRow, StepRow, TellingRow
from server.store.texts import unpack_words


class StepState(StrEnum):
    """How far a step has come."""

    WAITING = "waiting"
    TOLD = "told"
    NOBODY = "nobody"
    STOPPED = "stopped"


class TellingState(StrEnum):
    """How far one contact's message has come."""

    WAITING = "waiting"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    GIVEN_UP = "given-up"
    STOPPED = "stopped"


STEP_STATES: dict[StepState, str] = {
    StepState.WAITING: "The step's time has not come.",
    StepState.TOLD: "Its time came and its condition held: its contacts are told, each in a state of its own.",
    StepState.NOBODY: "Its time came and its condition held, and there was no contact to tell: see the words.",
    StepState.STOPPED: "It ended without telling anybody: the words say why (enough have acted, the alert is over, …).",
}
TELLING_STATES: dict[TellingState, str] = {
    TellingState.WAITING: "The contact is to be told; the gateway has not been asked yet.",
    TellingState.SENDING: "The gateway is being asked with `text`. Found after a crash it means: it may have gone out.",
    TellingState.SENT: "The gateway has taken `text`.",
    TellingState.FAILED: "The gateway did not take it; it is tried again at `next_at` while the condition holds.",
    TellingState.GIVEN_UP: "It is not tried again: see the words.",
    TellingState.STOPPED: "It ended before the gateway took it: enough have acted, or the alert is over.",
}

RULE_ENDED = "the rule was changed or removed"
RULE_OFF = "the rule was switched off"
OPEN_TELLINGS = (TellingState.WAITING, TellingState.FAILED)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a step is about: an alert (its number) or a silence (its id); the other is 0."""

    alert: int = 0
    silence: int = 0


@dataclass(frozen=True, slots=True)
class StepRecord:
    """A step of a rule for one subject. `step` counts from 0."""

    id: int
    rule: int
    subject: Subject
    step: int
    due_at: int
    state: StepState
    changed_at: int
    words: str


@dataclass(frozen=True, slots=True)
class TellingRecord:
    """One contact that a step tells; see the table for what the columns mean."""

    id: int
    step: int
    contact: str
    target: str
    state: TellingState
    tries: int
    is_uncertain: bool
    next_at: int
    made_at: int
    changed_at: int
    text: str
    words: str


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step that is to wait, or that was over before it began (`words` say why)."""

    step: int
    due_at: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """Whom a due step tells: contact → as what."""

    contacts: dict[str, str]
    words: str = ""


# -- beginning and ending ---------------------------------------------------------------------------------------------


def begin_steps(db: SqliteDatabase, rule: int, subject: Subject, steps: Iterable[NewStep], now: int) -> None:
    """Write the steps of a rule for a subject; those that are there stay as they are."""
    for new in steps:
        StepRow.insert(
            rule=rule,
            alert=subject.alert,
            silence=subject.silence,
            step=new.step,
            due_at=new.due_at,
            state=StepState.STOPPED if new.words else StepState.WAITING,
            changed_at=now,
            words=new.words,
        ).on_conflict_ignore().execute(db)


def settle(db: SqliteDatabase, now: int) -> int:
    """Stop all that is open and has nothing to be about any more: the alert or the silence is over, the rule is another, or off.
    How many steps and tellings."""
    stopped = 0
    for alert in _open_subjects(db, StepRow.alert):
        why = why_over(db, alert, now)
        stopped += stop(db, StepRow.alert == alert, why, now) if why else 0
    for silence in _open_subjects(db, StepRow.silence):
        ended = SilenceRow.select(SilenceRow.ended_at).where(SilenceRow.id == silence).scalar(db)
        stopped += stop(db, StepRow.silence == silence, "heard again", now) if ended else 0
    open_rules = StepRow.select(StepRow.rule).where(_is_open(StepRow))
    resting = RuleRow.select().where(RuleRow.id.in_(open_rules) & _RESTS)
    for row in list(resting.execute(db)):
        stopped += stop(db, StepRow.rule == row.id, _why_resting(row), now)
    return stopped


_RESTS = RuleRow.ended_at.is_null(False) | RuleRow.off_at.is_null(False)


def _why_resting(row: RuleRow) -> str:
    return RULE_ENDED if row.off_at is None else RULE_OFF


def _open_subjects(db: SqliteDatabase, field: Any) -> list[int]:
    query = StepRow.select(field).where((field != 0) & _is_open(StepRow)).distinct()
    return [number for (number,) in query.tuples().execute(db)]


def _is_open(step: type[StepRow]) -> Any:
    """Whether a step waits, or one of its contacts has still to be told."""
    telling = TellingRow.select(TellingRow.step).where(TellingRow.state.in_(OPEN_TELLINGS))
    return (step.state == StepState.WAITING) | step.id.in_(telling)


def why_over(db: SqliteDatabase, alert: int, now: int) -> str | None:
    """Why nothing is to be told of an alert any more, or None."""
    row = AlertEntry.select(AlertEntry.key, AlertEntry.expires).where(AlertEntry.number == alert).get_or_none(db)
    if row is None:
        return "the alert is not in the log any more"
    number = Replacement.select(fn.MIN(Replacement.number)).where(Replacement.key == row.key).scalar(db)
    if number is not None:
        purpose = AlertEntry.select(AlertEntry.purpose).where(AlertEntry.number == number).scalar(db)
        done = "cancelled" if purpose == Purpose.CANCEL else "updated"
        return f"the alert was {done} by number {number}"
    return "the alert has expired" if row.expires <= now else None


def stop(db: SqliteDatabase, which: Any, words: str, now: int) -> int:
    """Stop what is open of these steps; how many steps and tellings."""
    steps = StepRow.select(StepRow.id).where(which)
    is_open = TellingRow.step.in_(steps) & TellingRow.state.in_(OPEN_TELLINGS)
    ended = {"changed_at": now, "words": words}
    count: int = TellingRow.update(state=TellingState.STOPPED, **ended).where(is_open).execute(db)
    waits = which & (StepRow.state == StepState.WAITING)
    count += StepRow.update(state=StepState.STOPPED, **ended).where(waits).execute(db)
    return count


def stop_steps(db: SqliteDatabase, steps: Sequence[int], words: str, now: int) -> int:
    """Stop what is open of the steps with these ids."""
    return stop(db, StepRow.id.in_(list(steps)), words, now)


# -- a step that is due -----------------------------------------------------------------------------------------------


def due_steps(db: SqliteDatabase, now: int) -> list[StepRecord]:
    """The waiting steps whose time has come, the earliest first."""
    is_due = (StepRow.state == StepState.WAITING) & (StepRow.due_at <= now)
    return [_step(row) for row in StepRow.select().where(is_due).order_by(StepRow.due_at, StepRow.id).execute(db)]


def open_steps(db: SqliteDatabase, alert: int) -> list[StepRecord]:
    """The steps for an alert that wait or have contacts still to be told."""
    which = (StepRow.alert == alert) & _is_open(StepRow)
    return [_step(row) for row in StepRow.select().where(which).order_by(StepRow.id).execute(db)]


def carry_out(db: SqliteDatabase, step: StepRecord, told: Told, rule_name: str, now: int) -> bool:
    """Write whom a due step tells, unless the step is open no more; whether it was."""
    row = StepRow.select().where(StepRow.id == step.id).get_or_none(db)
    if row is None or row.state != StepState.WAITING or (step.subject.alert and why_over(db, step.subject.alert, now)):
        return False
    state = StepState.TOLD if told.contacts else StepState.NOBODY
    StepRow.update(state=state, changed_at=now, words=told.words).where(StepRow.id == step.id).execute(db)
    for contact, target in told.contacts.items():
        TellingRow.insert(
            step=step.id,
            contact=contact,
            target=target,
            state=TellingState.WAITING,
            tries=0,
            is_uncertain=0,
            next_at=now,
            made_at=now,
            changed_at=now,
            text="",
            words="",
        ).on_conflict_ignore().execute(db)
    if told.words:
        _note_failed(db, now, step.subject, rule_name, step.step, None, told.words)
    return True


# -- telling ----------------------------------------------------------------------------------------------------------


def due_tellings(db: SqliteDatabase, now: int) -> list[tuple[StepRecord, TellingRecord]]:
    """What is to be sent now, in the order in which it became due."""
    is_due = TellingRow.state.in_(OPEN_TELLINGS) & (TellingRow.next_at <= now)
    rows = [
        _telling(row)
        for row in TellingRow.select().where(is_due).order_by(TellingRow.next_at, TellingRow.id).execute(db)
    ]
    steps = {
        row.id: _step(row) for row in StepRow.select().where(StepRow.id.in_({row.step for row in rows})).execute(db)
    }
    return [(steps[row.step], row) for row in rows]


def begin_sending(db: SqliteDatabase, step: StepRecord, telling: int, text: str, now: int) -> bool:
    """Write, before the gateway is asked, that it is and with what; False: it is to be told no more."""
    row = TellingRow.select(TellingRow.state, TellingRow.tries).where(TellingRow.id == telling).get_or_none(db)
    if row is None or row.state not in OPEN_TELLINGS:
        return False
    why = why_over(db, step.subject.alert, now) if step.subject.alert else None
    resting = RuleRow.select().where((RuleRow.id == step.rule) & _RESTS).get_or_none(db)
    if resting is not None:
        why = _why_resting(resting)
    if why:
        stop(db, StepRow.id == step.id, why, now)
        return False
    TellingRow.update(state=TellingState.SENDING, tries=row.tries + 1, text=text, changed_at=now).where(
        TellingRow.id == telling
    ).execute(db)
    return True


def note_sent(db: SqliteDatabase, step: StepRecord, telling: TellingRecord, rule_name: str, now: int) -> None:
    """The gateway has taken it."""
    words = "it may have arrived twice" if telling.is_uncertain else ""
    TellingRow.update(state=TellingState.SENT, changed_at=now, words=words).where(TellingRow.id == telling.id).execute(
        db
    )
    alert = step.subject.alert or None
    events.append(
        db, now, EventKind.RULE_TOLD, alert=alert, rule=rule_name, step=step.step + 1, contact=telling.contact
    )


def note_failed(
    db: SqliteDatabase,
    step: StepRecord,
    telling: TellingRecord,
    rule_name: str,
    now: int,
    *,
    words: str,
    next_at: int | None,
    is_uncertain: bool = False,
) -> None:
    """The gateway did not take it, or nobody knows. `next_at` None: it is not tried again. The first and the last are events."""
    TellingRow.update(
        state=TellingState.GIVEN_UP if next_at is None else TellingState.FAILED,
        changed_at=now,
        next_at=now if next_at is None else next_at,
        is_uncertain=int(is_uncertain or telling.is_uncertain),
        words=words,
    ).where(TellingRow.id == telling.id).execute(db)
    if next_at is None or telling.tries == 0:
        _note_failed(db, now, step.subject, rule_name, step.step, telling.contact, words)


def _note_failed(
    db: SqliteDatabase, now: int, subject: Subject, rule: str, step: int, contact: str | None, words: str
) -> None:
    alert = subject.alert or None
    events.append(
        *(db, now, EventKind.RULE_FAILED), alert=alert, rule=rule, step=step + 1, contact=contact, words=words
    )


def stop_telling(db: SqliteDatabase, telling: int, words: str, now: int) -> None:
    """One contact is told no more."""
    is_open = (TellingRow.id == telling) & TellingRow.state.in_(OPEN_TELLINGS)
    TellingRow.update(state=TellingState.STOPPED, changed_at=now, words=words).where(is_open).execute(db)


def uncertain_tellings(db: SqliteDatabase) -> list[tuple[StepRecord, TellingRecord]]:
    """What was being sent when the hub ended: nobody knows whether it went out."""
    rows = [_telling(row) for row in TellingRow.select().where(TellingRow.state == TellingState.SENDING).execute(db)]
    steps = {
        row.id: _step(row) for row in StepRow.select().where(StepRow.id.in_({row.step for row in rows})).execute(db)
    }
    return [(steps[row.step], row) for row in rows]


# -- what else is asked -----------------------------------------------------------------------------------------------


def next_due(db: SqliteDatabase) -> int | None:
    """When the next step or telling is due."""
    step = StepRow.select(fn.MIN(StepRow.due_at)).where(StepRow.state == StepState.WAITING).scalar(db)
    telling = TellingRow.select(fn.MIN(TellingRow.next_at)).where(TellingRow.state.in_(OPEN_TELLINGS)).scalar(db)
    return min((at for at in (step, telling) if at is not None), default=None)


def acted_count(db: SqliteDatabase, alert: int, state: ReceiptState) -> int:
    """How many devices have sent such a receipt for an alert, or an answer: cheap, and never too few of those that count."""
    row = AlertEntry.select(AlertEntry.epoch, AlertEntry.key).where(AlertEntry.number == alert).get(db)
    is_entry = (Receipt.alert_number == alert) & (Receipt.alert_epoch == row.epoch)
    is_it = (is_entry | (Receipt.alert_key == row.key)) & (Receipt.state == state)
    found: int = Receipt.select(fn.COUNT(Receipt.device.distinct())).where(is_it).scalar(db)
    is_answer = (Answer.alert_number == alert) | (Answer.alert_key == row.key)
    answered: int = Answer.select(fn.COUNT(Answer.device.distinct())).where(is_answer).scalar(db)
    return found + answered


@dataclass(frozen=True, slots=True)
class DeviceTraits:
    """What escalation asks of a device beside how far an alert has come."""

    areas: tuple[str, ...]
    supervisor: str | None
    is_revoked: bool


def device_traits(db: SqliteDatabase) -> dict[str, DeviceTraits]:
    """Of all devices."""
    rows = Device.select(Device.device, Device.areas, Device.supervisor, Device.revoked_at).execute(db)
    return {
        row.device: DeviceTraits(unpack_words(row.areas), row.supervisor, row.revoked_at is not None) for row in rows
    }


def steps_of(db: SqliteDatabase, which: Any) -> list[tuple[StepRecord, list[TellingRecord]]]:
    """Steps with their contacts, in order."""
    steps = [_step(row) for row in StepRow.select().where(which).order_by(StepRow.due_at, StepRow.id).execute(db)]
    tellings: dict[int, list[TellingRecord]] = {step.id: [] for step in steps}
    rows = TellingRow.select().where(TellingRow.step.in_(list(tellings))).order_by(TellingRow.id).execute(db)
    for row in rows:
        tellings[row.step].append(_telling(row))
    return [(step, tellings[step.id]) for step in steps]


def steps_of_alert(db: SqliteDatabase, alert: int) -> list[tuple[StepRecord, list[TellingRecord]]]:
    """Everything that rules did for an alert."""
    return steps_of(db, StepRow.alert == alert)


def steps_of_rule(db: SqliteDatabase, name: str, limit: int) -> list[tuple[StepRecord, list[TellingRecord]]]:
    """The steps that a rule began last, in all its wordings, in the order in which they are due."""
    ids = RuleRow.select(RuleRow.id).where(RuleRow.name == name)
    newest = StepRow.select(StepRow.id).where(StepRow.rule.in_(ids)).order_by(StepRow.id.desc()).limit(limit)
    return steps_of(db, StepRow.id.in_([row.id for row in newest.execute(db)]))


def _step(row: StepRow) -> StepRecord:
    subject = Subject(row.alert, row.silence)
    return StepRecord(row.id, row.rule, subject, row.step, row.due_at, StepState(row.state), row.changed_at, row.words)


def _telling(row: TellingRow) -> TellingRecord:
    return TellingRecord(
        *(row.id, row.step, row.contact, row.target, TellingState(row.state), row.tries, bool(row.is_uncertain)),
        *(row.next_at, row.made_at, row.changed_at, row.text, row.words),
    )
