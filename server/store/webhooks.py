"""Webhooks in the store: how far each has come, and what came of its attempts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from peewee import SqliteDatabase

from alerts.errors import NameTakenError, TooManyWebhooksError, UnknownWebhookError
from server.events import EventKind
from server.store import events
from server.store.models_webhooks import WebhookAttempt, WebhookRow
from server.webhooks import ATTEMPTS_KEPT, WEBHOOKS_MAX, Attempt, Webhook


def add(db: SqliteDatabase, name: str, url: str, kinds: Sequence[EventKind], secret: str, now: int) -> Webhook:
    """A new webhook; what happens from now on is for it. Raises NameTakenError, TooManyWebhooksError."""
    if find(db, name) is not None:
        raise NameTakenError(f"there is a webhook {name!r} already")
    if WebhookRow.select().count(db) >= WEBHOOKS_MAX:
        raise TooManyWebhooksError(f"there are {WEBHOOKS_MAX} webhooks already, as many as a hub serves")
    WebhookRow.insert(
        name=name,
        url=url,
        kinds=packed_kinds(kinds),
        secret=secret,
        old_until=0,
        made_at=now,
        cursor=events.newest(db),
        enabled=True,
        stopped_why="",
        tries=0,
        last_error="",
    ).execute(db)
    return get(db, name)


def packed_kinds(kinds: Sequence[EventKind]) -> str:
    """Kinds as they stand in the column."""
    return json.dumps([str(kind) for kind in kinds])


def find(db: SqliteDatabase, name: str) -> Webhook | None:
    """The webhook with this name; None: there is none."""
    row = WebhookRow.select().where(WebhookRow.name == name).get_or_none(db)
    return None if row is None else _webhook(row)


def get(db: SqliteDatabase, name: str) -> Webhook:
    """The webhook with this name. Raises UnknownWebhookError."""
    found = find(db, name)
    if found is None:
        raise UnknownWebhookError(f"there is no webhook {name[:80]!r}")
    return found


def webhooks(db: SqliteDatabase) -> list[Webhook]:
    """All, by name."""
    return [_webhook(row) for row in WebhookRow.select().order_by(WebhookRow.name).execute(db)]


def change(db: SqliteDatabase, name: str, **values: object) -> Webhook:
    """Set columns. Raises UnknownWebhookError."""
    get(db, name)
    if values:
        WebhookRow.update(**values).where(WebhookRow.name == name).execute(db)
    return get(db, name)


def remove(db: SqliteDatabase, name: str) -> None:
    """Forget a webhook and its attempts. Raises UnknownWebhookError."""
    get(db, name)
    WebhookRow.delete().where(WebhookRow.name == name).execute(db)
    WebhookAttempt.delete().where(WebhookAttempt.webhook == name).execute(db)


def rotate(db: SqliteDatabase, name: str, secret: str, old_until: int) -> Webhook:
    """Another secret; the one before signs beside it until `old_until`. Raises UnknownWebhookError."""
    return change(db, name, secret=secret, old_secret=get(db, name).secret, old_until=old_until)


def passed(db: SqliteDatabase, name: str, cursor: int) -> None:
    """Everything up to this event is done, or is not for it."""
    WebhookRow.update(cursor=cursor).where(WebhookRow.name == name).execute(db)


def arrived(db: SqliteDatabase, name: str, attempt: Attempt, cursor: int) -> None:
    """A message has arrived: everything up to `cursor` is done."""
    values = {"cursor": cursor, "delivered_at": attempt.at, "tries": 0, "last_error": ""}
    WebhookRow.update(**values, next_try_at=None, failing_since=None).where(WebhookRow.name == name).execute(db)
    note(db, name, attempt)


def failed(db: SqliteDatabase, name: str, attempt: Attempt, tries: int, next_try_at: int, since: int) -> None:
    """A message has not arrived; it is tried again at `next_try_at`."""
    values = {"tries": tries, "next_try_at": next_try_at, "failing_since": since, "last_error": attempt.words}
    WebhookRow.update(**values).where(WebhookRow.name == name).execute(db)
    note(db, name, attempt)


def stop(db: SqliteDatabase, name: str, why: str, now: int) -> None:
    """Nothing is sent any more until somebody switches it on again; said as an event."""
    WebhookRow.update(enabled=False, stopped_why=why).where(WebhookRow.name == name).execute(db)
    events.append(db, now, EventKind.WEBHOOK_STOPPED, webhook=name, words=why)


def note(db: SqliteDatabase, name: str, attempt: Attempt) -> None:
    """Keep an attempt, and forget the oldest ones."""
    kept = {field: getattr(attempt, field) for field in Attempt.__slots__}
    number = WebhookAttempt.insert(webhook=name, **kept).execute(db)
    if number % 20 == 0:
        newest = WebhookAttempt.select(WebhookAttempt.id).where(WebhookAttempt.webhook == name)
        kept_ids = newest.order_by(WebhookAttempt.id.desc()).limit(ATTEMPTS_KEPT)
        is_old = (WebhookAttempt.webhook == name) & WebhookAttempt.id.not_in(kept_ids)
        WebhookAttempt.delete().where(is_old).execute(db)


def attempts(db: SqliteDatabase, name: str, limit: int) -> list[Attempt]:
    """The newest attempts, newest first. Raises UnknownWebhookError."""
    get(db, name)
    rows = WebhookAttempt.select().where(WebhookAttempt.webhook == name).order_by(WebhookAttempt.id.desc())
    return [
        Attempt(row.message, row.type, row.event, row.at, row.arrived, row.status, row.words, row.milliseconds)
        for row in rows.limit(limit).execute(db)
    ]


def _webhook(row: Any) -> Webhook:
    known = set(EventKind)
    return Webhook(
        *(row.name, row.url, tuple(EventKind(kind) for kind in json.loads(row.kinds) if kind in known)),
        *(row.secret, row.old_secret, row.old_until, row.made_at, row.cursor, row.enabled, row.stopped_why),
        *(row.tries, row.next_try_at, row.failing_since, row.last_error, row.delivered_at),
    )
