"""Webhooks in the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.errors import NameTakenError, TooManyWebhooksError, UnknownWebhookError
from server.events import EventKind
from server.store import events, webhooks
from server.webhooks import ATTEMPTS_KEPT, Attempt
from tests.support.stores import NOON, fresh_database


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        yield db


def attempt(number: int = 1, *, arrived: bool = True, words: str = "") -> Attempt:
    return Attempt(f"evt_{number}", "feed.held", number, NOON + number, arrived, 200 if arrived else 500, words, 7)


def test_a_new_one_begins_with_what_happens_from_now_on(db: SqliteDatabase) -> None:
    events.append(db, NOON, EventKind.FEED_RECOVERED, feed="x")
    added = webhooks.add(db, "ops", "https://x.example/", [EventKind.FEED_HELD], "whsec_a", NOON)
    assert (added.cursor, added.enabled, added.kinds, added.tries) == (1, True, (EventKind.FEED_HELD,), 0)
    assert webhooks.get(db, "ops") == webhooks.find(db, "ops") == added
    assert webhooks.webhooks(db) == [added]
    with pytest.raises(NameTakenError):
        webhooks.add(db, "ops", "https://y.example/", [], "whsec_b", NOON)


def test_what_is_not_there(db: SqliteDatabase) -> None:
    assert webhooks.find(db, "x") is None
    for job in (webhooks.get, webhooks.remove, webhooks.change):
        with pytest.raises(UnknownWebhookError, match="'x'"):
            job(db, "x")
    with pytest.raises(UnknownWebhookError):
        webhooks.attempts(db, "x", 5)


def test_there_is_an_end_to_them(db: SqliteDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks, "WEBHOOKS_MAX", 2)
    for name in "ab":
        webhooks.add(db, name, "https://x.example/", [], "s", NOON)
    with pytest.raises(TooManyWebhooksError):
        webhooks.add(db, "c", "https://x.example/", [], "s", NOON)


def test_failing_and_arriving(db: SqliteDatabase) -> None:
    webhooks.add(db, "ops", "https://x.example/", [], "s", NOON)
    webhooks.failed(db, "ops", attempt(4, arrived=False, words="down"), 3, NOON + 60, NOON - 10)
    found = webhooks.get(db, "ops")
    assert (found.tries, found.next_try_at, found.failing_since, found.last_error) == (3, NOON + 60, NOON - 10, "down")
    webhooks.arrived(db, "ops", attempt(5), 5)
    found = webhooks.get(db, "ops")
    assert (found.tries, found.next_try_at, found.failing_since, found.last_error) == (0, None, None, "")
    assert (found.cursor, found.delivered_at) == (5, NOON + 5)
    webhooks.passed(db, "ops", 9)
    assert webhooks.get(db, "ops").cursor == 9
    assert [one.event for one in webhooks.attempts(db, "ops", 9)] == [5, 4]


def test_stopping_is_an_event(db: SqliteDatabase) -> None:
    webhooks.add(db, "ops", "https://x.example/", [], "s", NOON)
    webhooks.stop(db, "ops", "gone", NOON)
    found = webhooks.get(db, "ops")
    assert (found.enabled, found.stopped_why) == (False, "gone")
    (event,) = events.events_after(db, 0, 9)
    assert (event.kind, event.members) == (EventKind.WEBHOOK_STOPPED, {"webhook": "ops", "words": "gone"})


def test_rotating_keeps_the_secret_before(db: SqliteDatabase) -> None:
    webhooks.add(db, "ops", "https://x.example/", [], "one", NOON)
    assert webhooks.rotate(db, "ops", "two", NOON + 60).keys(NOON) == ("two", "one")
    assert webhooks.rotate(db, "ops", "three", NOON + 60).keys(NOON) == ("three", "two")


def test_the_newest_attempts_are_kept_of_each(db: SqliteDatabase) -> None:
    for name in ("a", "b"):
        webhooks.add(db, name, "https://x.example/", [], "s", NOON)
    webhooks.note(db, "b", attempt(1))
    for number in range(ATTEMPTS_KEPT + 50):
        webhooks.note(db, "a", attempt(number))
    found = webhooks.attempts(db, "a", 10_000)
    assert ATTEMPTS_KEPT <= len(found) < ATTEMPTS_KEPT + 20
    assert found[0].event == ATTEMPTS_KEPT + 49
    assert len(webhooks.attempts(db, "b", 10)) == 1
    webhooks.remove(db, "a")
    webhooks.add(db, "a", "https://x.example/", [], "s", NOON)
    assert webhooks.attempts(db, "a", 10) == []
