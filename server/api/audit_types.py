"""What `/v1/audit` takes and answers."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from server.api.types import Moment, Said, time_of
from server.audit import AuditHead, AuditRow
from server.store.audit import AuditFilter, Verified

PAGE_MAX = 1000
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII | re.IGNORECASE)


def _is_moment(said: object) -> object:
    """Not everything that could be read as a time is one here."""
    if isinstance(said, str) and not _RFC_3339.fullmatch(said):
        raise ValueError("write a moment as 2026-11-28T00:00:00Z (RFC 3339)")
    return said


AskedMoment = Annotated[datetime, BeforeValidator(_is_moment)]


class AuditFilterQuery(BaseModel, extra="forbid"):
    """Which rows."""

    by: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    """Only what this person or token has decided."""
    action: Annotated[str, Field(pattern=r"^[a-z-]+\.[a-z-]*$", max_length=32)] | None = None
    """Only this action, like draft.approved; `draft.` stands for all that begin so."""
    subject: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Only what was decided about this: an alert's number, a device, a person, …"""
    since: AskedMoment | None = None
    """Only from this moment on (RFC 3339)."""
    until: AskedMoment | None = None
    """Only before this moment."""

    def to_filter(self) -> AuditFilter:
        """As the store has it."""
        return AuditFilter(self.by, self.action, self.subject, _seconds(self.since), _seconds(self.until))


class AuditQuery(AuditFilterQuery):
    """A page of the log."""

    before: Annotated[int, Field(ge=1, lt=2**53)] | None = None
    """Only rows below this number: the next page."""
    limit: Annotated[int, Field(ge=1, le=PAGE_MAX)] = 100
    """How many rows."""


class AuditRowAnswer(Said):
    """One decision."""

    number: int
    """1, 2, 3, … without a gap."""
    at: Moment
    by: str
    """Who: a person, a token, `local:` and a user of the hub's machine, or `hub`."""
    action: str
    subject: str
    """What it was decided about: an alert's number, a device, a person, …"""
    members: dict[str, Any]
    """What else there is to say of it."""
    hash: str
    """SHA-256 over the hash of the row before and this row, in hexadecimal."""

    @classmethod
    def of(cls, row: AuditRow) -> AuditRowAnswer:
        """From the store's."""
        return cls(
            number=row.number,
            at=time_of(row.at),
            by=row.by,
            action=row.action,
            subject=row.subject,
            members=row.members,
            hash=row.hash.hex(),
        )


class AuditPage(Said):
    """A page of the audit log, the newest first."""

    rows: tuple[AuditRowAnswer, ...]
    before: int | None
    """What to ask the next page with; null: this is the last."""


class AuditVerified(Said):
    """Whether the log is one chain up to its end, and goes as far as it was once known to."""

    is_whole: bool
    number: int
    """How far the chain holds."""
    hash: str
    """The hash there: keep it elsewhere, and it can be asked about later."""
    problem: str
    """What is wrong; empty: nothing that can be detected."""

    @classmethod
    def of(cls, found: Verified) -> AuditVerified:
        """From the store's."""
        return cls(
            is_whole=not found.problem, number=found.head.number, hash=found.head.hash.hex(), problem=found.problem
        )


class VerificationQuery(BaseModel, extra="forbid"):
    """What to compare with."""

    number: Annotated[int, Field(ge=0, lt=2**53)] | None = None
    """A row's number that was kept elsewhere. With `hash`."""
    hash: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """The hash that was kept with it."""

    def kept(self) -> list[tuple[str, AuditHead]]:
        """As the store has it; nothing unless both are given."""
        if self.number is None or self.hash is None:
            return []
        return [("what you have kept", AuditHead(self.number, bytes.fromhex(self.hash)))]


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
