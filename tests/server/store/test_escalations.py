"""The states' ways are shown whole in tests/server/ops/test_escalation.py; here is what they rest on."""

from __future__ import annotations

from pathlib import Path

from peewee import SqliteDatabase

from server.events import EventKind
from server.store import escalations, events, log
from server.store.escalations import (
    STEP_STATES,
    TELLING_STATES,
    NewStep,
    StepRecord,
    StepState,
    Subject,
    TellingState,
    Told,
)
from server.store.rules import add_rule, end_rule, switch_rule
from tests.support.stores import HOUR, NOON, entry_of, following, fresh_database, make_alert


def publish(db: SqliteDatabase) -> int:
    alert = make_alert()
    entry = entry_of(log.read_log(db, NOON), alert)
    log.append_alert(db, entry, alert, now=NOON, by="x")
    return entry.number


def begun(db: SqliteDatabase, number: int) -> StepRecord:
    escalations.begin_steps(db, 1, Subject(alert=number), [NewStep(0, NOON), NewStep(1, NOON + HOUR)], NOON)
    return escalations.due_steps(db, NOON)[0]


def test_steps_are_begun_once(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        number = publish(db)
        first = begun(db, number)
        assert begun(db, number) == first
        assert escalations.next_due(db) == NOON
        escalations.begin_steps(db, 2, Subject(alert=number), [NewStep(0, NOON, "too late")], NOON)
        assert [step.state for step, _ in escalations.steps_of_alert(db, number)] == [
            *(StepState.WAITING, StepState.STOPPED, StepState.WAITING),
        ]


def test_a_contact_is_told_once_in_a_step(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        step = begun(db, publish(db))
        assert escalations.carry_out(db, step, Told({"amina": "role"}), "rule", NOON)
        assert not escalations.carry_out(db, step, Told({"amina": "role"}), "rule", NOON)
        ((of, telling),) = escalations.due_tellings(db, NOON)
        assert of.state is StepState.TOLD and telling.state is TellingState.WAITING
        assert escalations.begin_sending(db, of, telling.id, "Boil", NOON)
        assert not escalations.begin_sending(db, of, telling.id, "Boil", NOON)
        assert escalations.due_tellings(db, NOON + HOUR) == []
        assert [one.text for _, one in escalations.uncertain_tellings(db)] == ["Boil"]
        escalations.note_sent(db, of, telling, "rule", NOON)
        assert escalations.uncertain_tellings(db) == []
        told = [event for event in events.events_after(db, 0, 99) if event.kind is EventKind.RULE_TOLD]
        assert [event.members["contact"] for event in told] == ["amina"]


def test_nothing_is_sent_of_what_is_over_by_then(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        number = publish(db)
        step = begun(db, number)
        assert escalations.carry_out(db, step, Told({"amina": "role"}), "rule", NOON)
        ((_, telling),) = escalations.due_tellings(db, NOON)
        cancel = following("Cancel", "end", make_alert())
        log.append_alert(db, entry_of(log.read_log(db, NOON), cancel), cancel, now=NOON, by="x")
        assert not escalations.begin_sending(db, step, telling.id, "Boil", NOON)
        ((_, told), (waits, _)) = escalations.steps_of_alert(db, number)
        assert told[0].state is TellingState.STOPPED and "cancelled" in told[0].words
        assert waits.state is StepState.WAITING
        assert escalations.settle(db, NOON) == 1 and escalations.next_due(db) is None
        assert escalations.settle(db, NOON) == 0
        assert escalations.why_over(db, number + 99, NOON) == "the alert is not in the log any more"


def test_nothing_is_sent_by_a_rule_that_was_removed(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        rule = add_rule(db, "rule", {}, "x", NOON)
        number = publish(db)
        escalations.begin_steps(db, rule.id, Subject(alert=number), [NewStep(0, NOON)], NOON)
        (step,) = escalations.due_steps(db, NOON)
        assert escalations.carry_out(db, step, Told({"amina": "role"}), "rule", NOON)
        ((_, telling),) = escalations.due_tellings(db, NOON)
        end_rule(db, "rule", NOON)
        assert not escalations.begin_sending(db, step, telling.id, "Boil", NOON)
        ((_, told),) = escalations.steps_of_alert(db, number)
        assert (told[0].state, told[0].words) == (TellingState.STOPPED, escalations.RULE_ENDED)


def test_nothing_is_sent_by_a_rule_that_was_switched_off(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        rule = add_rule(db, "rule", {}, "x", NOON)
        number = publish(db)
        escalations.begin_steps(db, rule.id, Subject(alert=number), [NewStep(0, NOON), NewStep(1, NOON + 9)], NOON)
        (step,) = escalations.due_steps(db, NOON)
        assert escalations.carry_out(db, step, Told({"amina": "role"}), "rule", NOON)
        ((_, telling),) = escalations.due_tellings(db, NOON)
        switch_rule(db, "rule", "x", NOON, is_on=False)
        assert not escalations.begin_sending(db, step, telling.id, "Boil", NOON)
        assert escalations.settle(db, NOON) == 1
        (_, told), (waited, _) = escalations.steps_of_alert(db, number)
        assert (told[0].state, told[0].words) == (TellingState.STOPPED, escalations.RULE_OFF)
        assert (waited.state, waited.words) == (StepState.STOPPED, escalations.RULE_OFF)


def test_every_state_has_a_meaning() -> None:
    assert set(STEP_STATES) == set(StepState) and set(TELLING_STATES) == set(TellingState)
