"""Answers in the store: which fit, which count, which are late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.cap.question import AnswerValue, Question
from alerts.errors import UnknownAlertError
from alerts.session.claim import Claim
from alerts.session.commits import HubOutcome, TakeUplink
from alerts.wire.uplink import Answer, Receipt, ReceiptState, RefusalReason, UplinkItem, pack_uplink
from server.answers import Tally
from server.delivery import DeliveryState
from server.events import EventKind
from server.store import answers, devices, events, log, uplink
from server.store import models_answers as models
from server.store.deliveries import delivery
from server.store.reports import reports
from tests.support.questions import NUMBER, ONE_OF, YES_NO, parameters_for
from tests.support.stores import HOUR, NOON, entry_of, following, fresh_database, make_alert

KENYA = Audience(areas=("KE",))


def asking(identifier: str, question: Question | None, *, msg_type: str = "Alert", **changes: object) -> Alert:
    """A small alert that asks."""
    (info,) = make_alert().to_json()["info"]
    named = parameters_for(question) if question else []
    info["parameter"] = [{"valueName": name, "value": value} for name, value in named]
    return make_alert(identifier, info=[info], msgType=msg_type, **changes)


def publish(db: SqliteDatabase, alert: Alert, now: int = NOON) -> int:
    entry = entry_of(log.read_log(db, now), alert, KENYA)
    log.append_alert(db, entry, alert, now=now, by="x")
    return entry.number


def enrol(db: SqliteDatabase, device: str, area: str = "KE-1") -> None:
    reader, head = Reader(device, (area,)), log.head(db) + 1
    devices.enrol(db, head, 7, reader, name=f"{device}'s", languages_set=None, token_hash=device.encode(), now=NOON)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        enrol(db, "d-1")
        enrol(db, "d-2", "KE-2")
        yield db


def send(
    db: SqliteDatabase, *items: UplinkItem, device: str = "d-1", after: int = 0, epoch: int = 50, now: int = NOON + 60
) -> HubOutcome:
    packed = tuple((after + index, pack_uplink(item)) for index, item in enumerate(items, 1))
    frame = TakeUplink(epoch, after, after + len(items), packed)
    return uplink.take(db, device, frame, uplink.begin(db, device, frame), now)


def values(db: SqliteDatabase, number: int) -> dict[str, AnswerValue]:
    return {one.device: one.value for one in answers.answers(db, number).devices}


def test_answers_are_counted_with_the_device_s_areas(db: SqliteDatabase) -> None:
    number = publish(db, asking("one", ONE_OF))
    assert send(db, Answer(NOON + 5, 2, 7, number)) == HubOutcome(((50, 1),))
    send(db, Answer(NOON + 9, 0, 7, number), device="d-2")
    found = answers.answers(db, number)
    assert found.questions == ((None, ONE_OF),)
    assert found.tally() == Tally(2, 0, choices=(1, 0, 1))
    one = found.devices[0]
    assert (one.device, one.name, one.areas, one.value, one.at, one.taken_at) == (
        *("d-1", "d-1's", ("KE-1",), 2, NOON + 5),
        NOON + 60,
    )


def test_an_answer_is_an_event_in_the_same_transaction(db: SqliteDatabase) -> None:
    number = publish(db, asking("one", YES_NO))
    send(db, Answer(NOON + 5, False, 7, number))
    (event,) = [event for event in events.events_after(db, 0, 99) if event.kind is EventKind.ALERT_ANSWERED]
    assert (event.alert, event.device, event.members) == (number, "d-1", {"done_at": NOON + 5, "value": False})


def test_what_comes_again_counts_once(db: SqliteDatabase) -> None:
    number = publish(db, asking("one", NUMBER))
    for _ in range(3):
        send(db, Answer(NOON + 5, 4.5, 7, number))
    assert models.Answer.select().count(db) == 1
    assert values(db, number) == {"d-1": 4.5}


@pytest.mark.parametrize(
    ("given", "latest"),
    [
        ([(50, 1, 10, 1), (50, 2, 5, 2)], 2),  # within an epoch the number counts, whatever the clock said
        ([(50, 1, 10, 1), (51, 1, 5, 2)], 1),  # of two epochs the later time
        ([(50, 1, 5, 1), (51, 1, 5, 2)], 2),  # at the same time, the epoch that came last
        ([(51, 1, 5, 2), (50, 1, 5, 1)], 1),
        ([(50, 1, 10, 1), (50, 2, 5, 2), (51, 1, 7, 3)], 3),  # the last ones of the epochs are compared, no others
    ],
)
def test_the_latest_answer_of_a_device_counts(
    db: SqliteDatabase, given: list[tuple[int, int, int, int]], latest: int
) -> None:
    number = publish(db, asking("one", NUMBER))
    for epoch, item, at, value in given:
        send(db, Answer(NOON + at, value, 7, number), after=item - 1, epoch=epoch)
    assert values(db, number) == {"d-1": latest}
    assert models.Answer.select().count(db) == len(given), "all are kept"


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (None, True, "which asks nothing"),
        (YES_NO, 1, "that does not fit its question: it must be true or false"),
        (ONE_OF, 3, "must be the place of a choice, 0 to 2; found 3"),
        (NUMBER, 501, "above the most"),
    ],
)
def test_what_does_not_fit_goes_to_quarantine(
    db: SqliteDatabase, question: Question | None, value: AnswerValue, words: str
) -> None:
    number = publish(db, asking("one", question))
    (refusal,) = send(db, Answer(NOON, value, 7, number)).refusals
    assert refusal.reason == RefusalReason.NO_ANSWER
    assert words in refusal.words
    assert [(report.kind, report.device) for report in reports(db, 9)] == [("unusable", "d-1")]
    assert values(db, number) == {}
    assert EventKind.ALERT_ANSWERED not in {event.kind for event in events.events_after(db, 0, 99)}


def test_an_answer_to_somebody_else_s_alert_is_refused(db: SqliteDatabase) -> None:
    enrol(db, "d-3", "UG")
    number = publish(db, asking("one", YES_NO))
    (refusal,) = send(db, Answer(NOON, True, 7, number), device="d-3").refusals
    assert refusal.reason == RefusalReason.NOT_ADDRESSED
    assert refusal.words.startswith("an answer to alert")


def test_what_the_hub_lost_counts_when_it_is_published_again_if_it_fits(db: SqliteDatabase) -> None:
    alert = asking("one", YES_NO)
    send(db, Answer(NOON, True, key=alert.key))
    send(db, Answer(NOON, "words", key=alert.key), device="d-2")
    number = publish(db, alert)
    assert values(db, number) == {"d-1": True}
    assert answers.answered_at(db, number) == {"d-1": NOON}


def test_number_two_of_another_epoch_is_another_alert(db: SqliteDatabase) -> None:
    number = publish(db, asking("one", YES_NO))
    send(db, Answer(NOON, True, 6, number))
    assert values(db, number) == {}


def test_what_came_when_the_alert_was_over_is_late(db: SqliteDatabase) -> None:
    alert = asking("one", YES_NO)
    number = publish(db, alert)
    send(db, Answer(NOON, True, 7, number), now=NOON + HOUR)
    send(db, Answer(NOON, True, 7, number), device="d-2", now=NOON + 10 * HOUR)
    assert [one.is_late for one in answers.answers(db, number).devices] == [False, True]
    publish(db, following("Cancel", "off", alert, info=[]), now=NOON + HOUR)
    send(db, Answer(NOON, False, 7, number), after=1, now=NOON + HOUR)
    assert answers.answers(db, number).tally() == Tally(2, 2, yes=1, no=1)


def test_answered_is_the_furthest_state(db: SqliteDatabase) -> None:
    number = publish(db, asking("one", YES_NO))
    send(db, Receipt(NOON + 1, ReceiptState.ACKNOWLEDGED, 7, number), Answer(NOON + 2, True, 7, number))
    found = delivery(db, number, {"d-2": Claim(cursor=number)}, NOON)
    assert {one.device: one.state for one in found.devices} == {
        "d-1": DeliveryState.ANSWERED,
        "d-2": DeliveryState.DELIVERED,
    }
    one = found.devices[0]
    assert (one.seen_at, one.acknowledged_at, one.answered_at) == (None, NOON + 1, NOON + 2)
    assert found.counts[DeliveryState.ANSWERED] == 1


def test_an_alert_that_asks_nothing_has_no_answers(db: SqliteDatabase) -> None:
    found = answers.answers(db, publish(db, asking("one", None)))
    assert (found.questions, found.devices, found.tally()) == ((), (), Tally(0, 0))
    with pytest.raises(UnknownAlertError):
        answers.answers(db, 99)
