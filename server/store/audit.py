"""The audit log in the store: note in the transaction of the decision, read in pages, verify.

    row n   number · at · by · action · subject · members, as JSON      hash n = SHA-256(hash n-1 ‖ that JSON)

A row that was changed, removed or put in between no longer fits the hash of the rows from there on. Rows cut off at the end leave
a chain that fits: that shows only against a head that was kept elsewhere (server/audit_head.py, an export, the hub's own log).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from server.audit import AuditAction, AuditHead, AuditRow
from server.store.models_audit import AuditEntry

ORIGIN = bytes(32)
"""What stands before the first row's hash."""
EMPTY = AuditHead(0, ORIGIN)
CHUNK = 1000


def note(db: SqliteDatabase, at: int, by: str, action: AuditAction, subject: str, **members: object) -> None:
    """Write a decision, inside the transaction that makes it. `members`: what else there is to say, as JSON; None is left out."""
    before = head(db)
    said = {name: value for name, value in members.items() if value is not None}
    row = AuditRow(before.number + 1, at, by, str(action), subject, said)
    values = {
        "id": row.number,
        "at": row.at,
        "by": row.by,
        "action": row.action,
        "subject": row.subject,
        "members": _text(said),
        "hash": chained(before.hash, row),
    }
    AuditEntry.insert(values).execute(db)


def chained(before: bytes, row: AuditRow) -> bytes:
    """The hash of a row that follows one with the hash `before`."""
    content = _text([row.number, row.at, row.by, row.action, row.subject, row.members])
    return hashlib.sha256(before + content.encode("utf-8", "surrogatepass")).digest()


def head(db: SqliteDatabase) -> AuditHead:
    """The newest number and its hash."""
    row = AuditEntry.select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1).first(db)
    return EMPTY if row is None else AuditHead(row.id, bytes(row.hash))


def hash_at(db: SqliteDatabase, number: int) -> bytes | None:
    """The hash of a row; that of 0 is the origin; None: there is no such row."""
    if number == 0:
        return ORIGIN
    row = AuditEntry.select(AuditEntry.hash).where(AuditEntry.id == number).get_or_none(db)
    return None if row is None else bytes(row.hash)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which rows are asked for; what is None is not asked about. `action` may end in `.`: all that begin so."""

    by: str | None = None
    action: str | None = None
    subject: str | None = None
    since: int | None = None
    until: int | None = None


def newest_first(db: SqliteDatabase, wanted: AuditFilter, before: int | None, limit: int) -> list[AuditRow]:
    """The newest rows below the number `before`, the newest first."""
    query = AuditEntry.select()
    for condition in _conditions(wanted):
        query = query.where(condition)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return [_row(row) for row in query.order_by(AuditEntry.id.desc()).limit(limit).execute(db)]


def after(db: SqliteDatabase, number: int, limit: int) -> list[AuditRow]:
    """The rows above a number, in order."""
    rows = AuditEntry.select().where(AuditEntry.id > number).order_by(AuditEntry.id).limit(limit).execute(db)
    return [_row(row) for row in rows]


def every(db: SqliteDatabase) -> Iterator[AuditRow]:
    """All rows, in order."""
    number = 0
    while rows := after(db, number, CHUNK):
        yield from rows
        number = rows[-1].number


@dataclass(frozen=True, slots=True)
class Verified:
    """What a verification found: how far the chain holds, and what is wrong (nothing: it holds to its end)."""

    head: AuditHead
    problem: str = ""


def verify(rows: Iterable[AuditRow], kept: Iterable[tuple[str, AuditHead]] = ()) -> Verified:
    """Whether rows are one chain, and whether each head that was kept elsewhere (with a name for it) lies on it."""
    good = EMPTY
    wanted: dict[int, list[tuple[str, bytes]]] = {}
    for name, kept_head in kept:
        wanted.setdefault(kept_head.number, []).append((name, kept_head.hash))
    problem = _disagreement(good, wanted)
    for row in rows:
        if problem:
            break
        if row.number != good.number + 1:
            return Verified(good, f"after row {good.number} comes row {row.number}: what was between is gone")
        if chained(good.hash, row) != row.hash:
            return Verified(good, f"row {row.number} does not fit the hashes: it, or what was before it, was changed")
        good = AuditHead(row.number, row.hash)
        problem = _disagreement(good, wanted)
    if not problem and wanted and max(wanted) > good.number:
        name, _ = wanted[max(wanted)][0]
        problem = f"the log ends at row {good.number}, and {name} had row {max(wanted)}: its end was cut off"
    return Verified(good, problem)


def _disagreement(reached: AuditHead, wanted: dict[int, list[tuple[str, bytes]]]) -> str:
    for name, kept in wanted.get(reached.number, ()):
        if kept != reached.hash:
            return f"row {reached.number} is another than the one that {name} had: the log was written anew"
    return ""


def _conditions(wanted: AuditFilter) -> Iterator[Any]:
    if wanted.by is not None:
        yield AuditEntry.by == wanted.by
    if wanted.action is not None:
        yield (
            AuditEntry.action.startswith(wanted.action)
            if wanted.action.endswith(".")
            else (AuditEntry.action == wanted.action)
        )
    if wanted.subject is not None:
        yield AuditEntry.subject == wanted.subject
    if wanted.since is not None:
        yield AuditEntry.at >= wanted.since
    if wanted.until is not None:
        yield AuditEntry.at < wanted.until


def _row(row: AuditEntry) -> AuditRow:
    return AuditRow(row.id, row.at, row.by, row.action, row.subject, _members(row.members), bytes(row.hash))


def _members(text: str) -> dict[str, Any]:
    """What was written; a row whose members are no JSON was changed, and its hash will say so."""
    try:
        found = json.loads(text)
    except ValueError:
        return {"unreadable": text}
    return found if isinstance(found, dict) else {"unreadable": text}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
