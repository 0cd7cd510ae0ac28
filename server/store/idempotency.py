"""Idempotency keys: a publish that is repeated under the same key is answered again and not done again.

A key belongs to the credential that used it, and to the request's body: with another body it is a conflict.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from peewee import SqliteDatabase

from alerts.errors import IdempotencyConflictError
from server.store.models import IdempotencyKey
from server.store.texts import pack_words, unpack_words


@dataclass(frozen=True, slots=True)
class Done:
    """What was done under a key: the number that was given, and what was reported."""

    number: int
    reports: tuple[str, ...]


def find(db: SqliteDatabase, credential: str, key: str, digest: bytes) -> Done | None:
    """What was done under a key. Raises IdempotencyConflictError: it was used with another body."""
    is_it = (IdempotencyKey.credential == credential) & (IdempotencyKey.key == key)
    row = IdempotencyKey.select().where(is_it).get_or_none(db)
    if row is None:
        return None
    if not hmac.compare_digest(bytes(row.digest), digest):
        raise IdempotencyConflictError(
            f"the idempotency key {key[:80]!r} was used before, with another request (it made number {row.number}); "
            "use a new key for each alert"
        )
    return Done(row.number, unpack_words(row.reports))


def keep(db: SqliteDatabase, credential: str, key: str, digest: bytes, done: Done, now: int, kept_s: int) -> None:
    """Remember what was done under a key, and forget what is older than `kept_s`."""
    IdempotencyKey.delete().where(IdempotencyKey.made_at < now - kept_s).execute(db)
    IdempotencyKey.insert(
        credential=credential,
        key=key,
        digest=digest,
        number=done.number,
        reports=pack_words(done.reports),
        made_at=now,
    ).execute(db)
