"""Drafts in the store: made, changed, moved from one status to another, found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from peewee import SqliteDatabase

from alerts.errors import IdempotencyConflictError, UnknownDraftError
from server.store.models_drafts import DraftRow
from server.store.texts import pack_words, unpack_words


class DraftStatus(StrEnum):
    """Where a draft stands. A word is never used for another thing."""

    DRAFT = "draft"
    WAITING = "waiting"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"


DRAFT_STATUSES: dict[DraftStatus, str] = {
    DraftStatus.DRAFT: "Being written.",
    DraftStatus.WAITING: "Handed in; waits for a second person.",
    DraftStatus.SCHEDULED: "Goes out by itself at `publish_at`.",
    DraftStatus.PUBLISHED: "Stands in the log as alert `number`.",
    DraftStatus.REJECTED: "A second person has said no; `words` says why. It can be changed and handed in again.",
    DraftStatus.WITHDRAWN: "Given up.",
    DraftStatus.FAILED: "Could not go out at its time; `words` says why. It can be changed and handed in again.",
}
"""Every status and its meaning."""


@dataclass(frozen=True, slots=True)
class DraftRecord:
    """A draft. `content` is what a publish takes, as JSON; `authors` all who wrote in it, none of whom can be its second person;
    `submitted_areas` those that whoever handed it in is bound to."""

    id: int
    status: DraftStatus
    version: int
    content: dict[str, Any]
    authors: tuple[str, ...]
    made_by: str
    made_at: int
    changed_by: str
    changed_at: int
    original: bytes | None = None
    submitted_by: str | None = None
    submitted_at: int | None = None
    submitted_areas: tuple[str, ...] = ()
    publish_at: int | None = None
    decided_by: str | None = None
    decided_at: int | None = None
    digest: bytes | None = None
    words: str = ""
    number: int | None = None

    @property
    def content_digest(self) -> bytes:
        """Of the content as it is now."""
        return digest_of(self.content, self.original)


@dataclass(frozen=True, slots=True)
class NewDraft:
    """A draft to be made; with `key` it is the answer to every publish under that key."""

    content: dict[str, Any]
    by: str
    original: bytes | None = None
    key: str | None = None
    key_digest: bytes = b""
    values: dict[str, Any] = field(default_factory=dict)
    """More of the row's columns."""


def digest_of(content: dict[str, Any], original: bytes | None) -> bytes:
    """What an approval is bound to."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass") + b"\0" + (original or b"")).digest()


def make(db: SqliteDatabase, new: NewDraft, now: int, status: DraftStatus = DraftStatus.DRAFT) -> DraftRecord:
    """A new draft."""
    number = DraftRow.insert(
        **{
            "status": str(status),
            "version": 1,
            "content": json.dumps(new.content, ensure_ascii=False),
            "original": new.original,
            "authors": pack_words((new.by,)),
            "made_by": new.by,
            "made_at": now,
            "changed_by": new.by,
            "changed_at": now,
            "submitted_areas": pack_words(()),
            "words": "",
            "idempotency_key": new.key,
            "key_digest": new.key_digest if new.key is not None else None,
            **new.values,
        }
    ).execute(db)
    return draft(db, number)


def update(db: SqliteDatabase, record: DraftRecord, **values: Any) -> DraftRecord:
    """Write columns, and count the version up. Under the caller's transaction the record is the newest."""
    DraftRow.update(**values, version=record.version + 1).where(DraftRow.id == record.id).execute(db)
    return draft(db, record.id)


def remove(db: SqliteDatabase, number: int) -> None:
    """Forget one."""
    DraftRow.delete().where(DraftRow.id == number).execute(db)


def draft(db: SqliteDatabase, number: int) -> DraftRecord:
    """One draft. Raises UnknownDraftError."""
    row = DraftRow.select().where(DraftRow.id == number).get_or_none(db)
    if row is None:
        raise UnknownDraftError(f"there is no draft {number}")
    return _record(row)


def drafts(db: SqliteDatabase, statuses: tuple[DraftStatus, ...], before: int | None, limit: int) -> list[DraftRecord]:
    """The newest first, below the number `before`; of these statuses, or (none) of all."""
    query = DraftRow.select()
    if statuses:
        query = query.where(DraftRow.status.in_([str(one) for one in statuses]))
    if before is not None:
        query = query.where(DraftRow.id < before)
    return [_record(row) for row in query.order_by(DraftRow.id.desc()).limit(limit).execute(db)]


def due(db: SqliteDatabase, now: int) -> list[DraftRecord]:
    """Those whose time has come, the earliest first."""
    is_due = (DraftRow.status == str(DraftStatus.SCHEDULED)) & (DraftRow.publish_at <= now)
    return [_record(row) for row in DraftRow.select().where(is_due).order_by(DraftRow.publish_at).execute(db)]


def next_due(db: SqliteDatabase) -> int | None:
    """When the next one goes out; None: none is scheduled."""
    is_scheduled = DraftRow.status == str(DraftStatus.SCHEDULED)
    row = DraftRow.select(DraftRow.publish_at).where(is_scheduled).order_by(DraftRow.publish_at).first(db)
    return None if row is None else int(row.publish_at)


def find_answered(db: SqliteDatabase, by: str, key: str, digest: bytes, since: int) -> DraftRecord | None:
    """The draft that a publish under this key was answered with. Raises IdempotencyConflictError: with another body."""
    is_it = (DraftRow.made_by == by) & (DraftRow.idempotency_key == key) & (DraftRow.made_at >= since)
    row = DraftRow.select().where(is_it).order_by(DraftRow.id.desc()).first(db)
    if row is None:
        return None
    if bytes(row.key_digest or b"") != digest:
        raise IdempotencyConflictError(
            f"the idempotency key {key[:80]!r} was used before, with another request (it made draft {row.id}); "
            "use a new key for each alert"
        )
    return _record(row)


def _record(row: DraftRow) -> DraftRecord:
    return DraftRecord(
        id=row.id,
        status=DraftStatus(row.status),
        version=row.version,
        content=json.loads(row.content),
        authors=unpack_words(row.authors),
        made_by=row.made_by,
        made_at=row.made_at,
        changed_by=row.changed_by,
        changed_at=row.changed_at,
        original=None if row.original is None else bytes(row.original),
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        submitted_areas=unpack_words(row.submitted_areas),
        publish_at=row.publish_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        digest=None if row.digest is None else bytes(row.digest),
        words=row.words,
        number=row.number,
    )
