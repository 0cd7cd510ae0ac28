"""Alerts, states and times as words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from alerts.cap.question import AnswerKind, AnswerValue, Question
from alerts.session.commits import OutboxRefused, OutboxStored
from alerts.wire.uplink import ReceiptState
from client.hub_time import HubTime
from client.store import EntryState, InboxEntry
from client.terminal import words
from tests.support.device_store import item, keep, open_store
from tests.support.questions import IN_WORDS, NUMBER, ONE_OF, YES_NO
from tests.support.small_hub import NOW, make_alert


@pytest.fixture
def entry(tmp_path: Path) -> InboxEntry:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", "Severe")))
    return store.find("a")


def test_what_came_from_outside_cannot_steer_the_terminal() -> None:
    assert words.clean("a\x1b[2Jb\x9b31m\u202ec\x07\n\td") == "a\ufffd[2Jb\ufffd31m\ufffdc\ufffd\n\td"
    assert words.one_line("  two\n\n lines\there ") == "two lines here"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7199, "1 h"), (86_399, "23 h"), (86_400 * 400, "400 d")],
)
def test_durations(seconds: int, said: str) -> None:
    assert words.duration(seconds) == said


def test_an_alert_in_one_line(entry: InboxEntry) -> None:
    assert words.title(entry.alert) == "Boil water a"
    ack = make_alert("b", msg_type="Ack", references="a").model_copy(update={"info": ()})
    assert words.title(ack) == "Ack of a"
    assert words.title(ack.model_copy(update={"note": "heard"})) == "heard"
    assert words.title(ack.model_copy(update={"references": None})) == "b"
    assert words.severity(entry) == "Severe"
    assert words.areas(entry.alert) == ""


def test_an_exercise_is_named_as_one(entry: InboxEntry) -> None:
    alert = entry.alert.model_copy(update={"status": type(entry.alert.status)("Exercise")})
    exercise = replace(entry)
    object.__setattr__(exercise, "alert", alert)
    assert words.severity(exercise) == "*** EXERCISE *** Severe"


def test_an_alert_without_infos_has_a_line_too(entry: InboxEntry) -> None:
    bare = entry.alert.model_copy(update={"info": (), "note": "all\nclear"})
    assert words.title(bare) == "all clear"
    assert words.title(bare.model_copy(update={"note": None})) == "a"


@pytest.mark.parametrize(("now", "said"), [(NOW, "just now"), (NOW + 7200, "2 h ago"), (NOW - 7200, "in 2 h")])
def test_ages(entry: InboxEntry, now: int, said: str) -> None:
    assert words.age(entry, now) == said


def test_states(entry: InboxEntry) -> None:
    assert words.state(entry, NOW) == "in force, 1 h left"
    assert words.state(replace(entry, state=EntryState.EXPIRED), NOW + 3660) == "expired 1 min ago"
    assert words.state(replace(entry, state=EntryState.ENDED), NOW) == "not for this device any more"
    assert "unconfirmed" in words.state(replace(entry, is_unconfirmed=True), NOW)


def test_receipts(entry: InboxEntry) -> None:
    assert words.receipt(entry) == ""
    assert words.receipt(replace(entry, receipt=ReceiptState.SEEN)) == "seen (queued)"
    done = replace(entry, receipt=ReceiptState.ACKNOWLEDGED, is_receipt_stored=True)
    assert words.receipt(done) == "acknowledged"


def test_what_is_not_known_of_the_time_is_said() -> None:
    assert words.time_note(HubTime(NOW, True)) == ""
    assert "restarted" in words.time_note(HubTime(NOW, False))
    assert "not been connected" in words.time_note(HubTime(0, False))


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("shipped", "aa  came with the program, 400 KB"),
        ("whole", "aa  from the hub, 400 KB"),
        ("part", "aa  being fetched: 8 of 400 KB"),
        ("wrong", "aa  what the hub sent under this address was no dictionary; not used"),
    ],
)
def test_a_dictionary_is_told(state: str, said: str) -> None:
    assert words.dictionary({"address": "aa", "state": state, "bytes": 400 * 1024, "there": 8192}) == said


@pytest.mark.parametrize(
    ("question", "value", "said"),
    [
        (YES_NO, True, "yes"),
        (YES_NO, False, "no"),
        (ONE_OF, 2, "closed"),
        (NUMBER, 40, "40 doses"),
        (NUMBER, 2.5, "2.5 doses"),
        (IN_WORDS, "two\nlines", '"two lines"'),
        (None, 3, "3"),
        (ONE_OF, 7, "choice 8"),
    ],
)
def test_answers(question: Question | None, value: AnswerValue, said: str) -> None:
    assert words.value(question, value) == said


def test_questions() -> None:
    assert words.asked(YES_NO) == "Is the fridge cold? (yes or no)"
    assert words.asked(ONE_OF) == "How is the road? (1 open, 2 flooded, 3 closed)"
    assert words.asked(NUMBER) == "How many doses are left? (doses from 0 to 500)"
    assert words.asked(Question("How many?", AnswerKind.NUMBER)) == "How many? (a number)"
    assert words.asked(IN_WORDS) == "What is needed? (in words)"


def test_what_a_person_did_and_still_has_to(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.execute(keep(0, item("a", question=YES_NO), item("b")))
    assert words.receipt(store.find("a")) == "to answer"
    assert words.receipt(store.find("b")) == ""
    assert words.receipt(store.give_receipt("a", ReceiptState.SEEN)) == "seen (queued), to answer"
    assert words.receipt(store.give_answer("a", False)) == "answered no (queued)"
    (box,) = store.outbox.outboxes()
    store.execute(OutboxStored(((box.epoch, 2),)))
    assert words.receipt(store.find("a")) == "answered no"
    store.execute(OutboxRefused(box.epoch, 2, 4, "it asks nothing"))
    assert words.receipt(store.find("a")) == "answered no (the hub cannot use it: it asks nothing)"
