"""Durable subscriptions: how far a program has acknowledged what it follows, over its connections and the hub's restarts."""

from __future__ import annotations

import json
from dataclasses import dataclass

from peewee import SqliteDatabase

from alerts.errors import DurableError
from server.store.models_durable import DurableRow

A_TOKEN_MAX = 100
"""Durable subscriptions of one token."""

KEPT_S = 90 * 86_400
"""One that was not used for so long is forgotten when its token makes another."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Up to `cursor`, and at the numbers `settled` above it, nothing is owed; up to `present` only what is in force."""

    cursor: int
    settled: tuple[int, ...] = ()
    present: int = 0


def begin(
    db: SqliteDatabase, credential: str, name: str, destination: str, otherwise: Standing, now: int
) -> tuple[Standing, bool]:
    """Where a durable subscription stands, and whether it is new: it begins at `otherwise` then.

    Raises DurableError: it is of another destination, or there are too many.
    """
    row = DurableRow.select().where(_is(credential, name)).get_or_none(db)
    if row is not None:
        if row.destination != destination:
            words = f"is of {row.destination}; take another name for {destination[:100]}, or unsubscribe it with forget:true"
            raise DurableError(f"the durable subscription {name[:80]!r} {words}")
        DurableRow.update(used_at=now).where(_is(credential, name)).execute(db)
        return Standing(row.cursor, tuple(json.loads(row.settled)), row.present), False
    old = (DurableRow.credential == credential) & (DurableRow.used_at < now - KEPT_S)
    DurableRow.delete().where(old).execute(db)
    if DurableRow.select().where(DurableRow.credential == credential).count(db) >= A_TOKEN_MAX:
        raise DurableError(f"a token has at most {A_TOKEN_MAX} durable subscriptions; unsubscribe one with forget:true")
    DurableRow.insert(
        credential=credential,
        name=name,
        destination=destination,
        cursor=otherwise.cursor,
        settled="[]",
        present=otherwise.present,
        used_at=now,
    ).execute(db)
    return otherwise, True


def save(db: SqliteDatabase, credential: str, name: str, cursor: int, settled: tuple[int, ...], now: int) -> None:
    """Write where it stands. Without effect on one that was forgotten."""
    row = {"cursor": cursor, "settled": json.dumps(settled), "used_at": now}
    DurableRow.update(row).where(_is(credential, name)).execute(db)


def forget(db: SqliteDatabase, credential: str, name: str) -> None:
    """Forget it."""
    DurableRow.delete().where(_is(credential, name)).execute(db)


def _is(credential: str, name: str) -> object:
    return (DurableRow.credential == credential) & (DurableRow.name == name)
