"""Through here everything goes that people and programs publish: at once, or as a draft that waits for a second person.

    POST /v1/alerts, update, cancel ─┐                 ┌─ needs nobody else ─────────▶ the log
    STOMP SEND ──────────────────────┼─▶ submit ───────┼─ break-glass, with a reason ─▶ the log, audited, an event
    a draft ─────────────────────────┘                 └─ else ───────────────────────▶ a draft that waits (202)

Who needs a second person is said by one table. An alert of a feed has an author already, whoever sent it: the person who approves
it is the second one, and must be an approver where one is needed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from alerts.cap.model import Alert
from alerts.cap.terms import MsgType, Severity, Status
from alerts.errors import SecondPersonError, UnknownDeviceError
from server.api.submissions import Submitted, unknown_addressee
from server.audit import AuditAction
from server.events import EventKind
from server.hub import Credential, Hub, Published, Role
from server.publish import Submission, check, find_repeat
from server.store import audit, events
from server.store import drafts as draft_rows
from server.store.drafts import DraftRecord, DraftStatus, NewDraft
from server.store.texts import pack_words

APPROVING = frozenset({Role.APPROVER, Role.ADMINISTRATOR})

NEEDED: dict[tuple[MsgType, bool], str] = {
    (MsgType.ALERT, True): "it is Extreme: a wrong one would cost lives or trust",
    (MsgType.UPDATE, True): "what it says from now on is Extreme",
    (MsgType.ACK, True): "its words are Extreme",
    (MsgType.ERROR, True): "its words are Extreme",
}
"""(msgType, is Extreme) → why a second person is needed. An absent pair needs none: a Cancel, or an Update to less, takes a
warning back. A wrong Extreme alert must end quickly, and a wrong cancel is mended by another alert."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was submitted waits as a draft. `is_repeat`: it did before."""

    draft: DraftRecord
    is_repeat: bool = False


Then = Callable[[SqliteDatabase, Published], None]


class Approval:
    """The one way to publish. `told` hears of each alert that went out; `second_person` is the setting."""

    def __init__(self, hub: Hub, second_person: str, told: Callable[[Alert], None] = lambda _: None) -> None:
        self._hub = hub
        self._is_asked = second_person != "never"
        self._told = told

    def why_needed(self, alert: Alert) -> str | None:
        """Why an alert needs a second person, or None."""
        if not self._is_asked or alert.status is not Status.ACTUAL:
            return None
        return NEEDED.get((alert.msg_type, alert.severity is Severity.EXTREME))

    def check_feed_item(self, alert: Alert, by: Credential) -> None:
        """That somebody may let an alert of a feed pass. Raises SecondPersonError."""
        why = self.why_needed(alert)
        if why is not None and by.role not in APPROVING:
            raise SecondPersonError(f"{why}; an approver must let it pass, and {by.name!r} is {by.role}")

    async def submit(
        self,
        submitted: Submitted,
        by: Credential,
        *,
        key: str | None = None,
        digest: bytes = b"",
        break_glass: str | None = None,
    ) -> Published | Waiting:
        """Publish, or let it wait as a draft. Raises what `Hub.publish` does; a device that is unknown is an addressee here."""
        why = self.why_needed(submitted.alert)
        if key is not None:
            repeat = await self._hub.read(lambda db: self._repeated(db, by, key, digest))
            if repeat is not None:
                return repeat
        if why is None or break_glass is not None:
            then = None if why is None or break_glass is None else self.breaking(submitted.alert, by, break_glass)
            return await self.publish(submitted, by, key=key, digest=digest, then=then)
        return await self._wait(submitted, by, key, digest, why)

    async def publish(
        self,
        submitted: Submitted,
        by: Credential,
        *,
        key: str | None = None,
        digest: bytes = b"",
        then: Then | None = None,
    ) -> Published:
        """Put what nobody else has to approve into the log. Raises as `submit`."""
        try:
            published = await self._hub.publish(
                submitted.alert,
                submitted.audience,
                by=by,
                idempotency_key=key,
                body_digest=digest,
                original=submitted.original,
                make_identifier=submitted.make_identifier,
                then=then,
            )
        except UnknownDeviceError as error:
            raise unknown_addressee(error) from None
        if published.created:
            self._told(submitted.alert)
        return published

    async def check(self, submitted: Submitted, by: Credential) -> tuple[str, ...]:
        """Everything that a publish checks, without one; what its publisher should know. Raises as `submit`."""
        submission = submission_of(submitted, by)
        try:
            prepared = await self._hub.prepare(submission, self._hub.now())
            return await self._hub.read(lambda db: check(db, submission, prepared))
        except UnknownDeviceError as error:
            raise unknown_addressee(error) from None

    def breaking(self, alert: Alert, by: Credential, reason: str, draft: int | None = None) -> Then:
        """What becomes true with an alert that goes out without its second person: a note in the audit log, and an event."""
        now = self._hub.now()

        def note(db: SqliteDatabase, published: Published) -> None:
            audit.note(
                db, now, by.name, AuditAction.ALERT_BREAK_GLASS, str(published.number), reason=reason, draft=draft
            )
            events.append(
                *(db, now, EventKind.ALERT_BREAK_GLASS),
                alert=published.number,
                identifier=published.identifier,
                sender=published.sender,
                severity=str(alert.severity),
                by=by.name,
                reason=reason,
            )

        return note

    def _repeated(self, db: SqliteDatabase, by: Credential, key: str, digest: bytes) -> Published | Waiting | None:
        published = find_repeat(db, key, by.name, digest)
        if published is not None:
            return published
        since = self._hub.now() - self._hub.options.idempotency_kept_s
        draft = draft_rows.find_answered(db, by.name, key, digest, since)
        return None if draft is None else Waiting(draft, is_repeat=True)

    async def _wait(
        self, submitted: Submitted, by: Credential, key: str | None, digest: bytes, why: str
    ) -> Published | Waiting:
        await self.check(submitted, by)
        content = await asyncio.to_thread(content_of, submitted)
        now = self._hub.now()
        values = {
            "submitted_by": by.name,
            "submitted_at": now,
            "submitted_areas": pack_words(by.areas),
            "digest": draft_rows.digest_of(content, submitted.original),
        }
        new = NewDraft(content, by.name, submitted.original, key, digest, values)

        def job(db: SqliteDatabase) -> Published | Waiting:
            repeat = None if key is None else self._repeated(db, by, key, digest)
            if repeat is not None:
                return repeat
            draft = draft_rows.make(db, new, now, DraftStatus.WAITING)
            note_waiting(db, now, draft, submitted.alert, by, why)
            return Waiting(draft)

        return await self._hub.write(job)


# -- parts ------------------------------------------------------------------------------------------------------------


def submission_of(submitted: Submitted, by: Credential) -> Submission:
    """As the hub takes it."""
    return Submission(
        *(submitted.alert, submitted.audience, by),
        original=submitted.original,
        make_identifier=submitted.make_identifier,
    )


def content_of(submitted: Submitted) -> dict[str, Any]:
    """What was submitted as the content of a draft; what the hub filled in is left out, for it is filled in when it goes out."""
    alert = submitted.alert.to_json()
    for name, is_made in (("identifier", submitted.make_identifier), ("sent", submitted.make_sent)):
        if is_made:
            del alert[name]
    audience = submitted.audience
    whom = {"areas": list(audience.areas), "roles": list(audience.roles), "devices": list(audience.devices)}
    return {"alert": alert, "audience": {**whom, "everyone": audience.everyone}, "question": None, "replaces": None}


def headline_of(alert: Alert) -> str:
    """An alert in a line."""
    return next((info.headline or info.event for info in alert.info), alert.note or "")[:200]


def note_waiting(
    db: SqliteDatabase, now: int, draft: DraftRecord, alert: Alert, by: Credential, why: str | None
) -> None:
    """Write that a draft waits: a note and an event, in the transaction in which it begins to."""
    audit.note(db, now, by.name, AuditAction.DRAFT_SUBMITTED, str(draft.id), version=draft.version, words=why)
    events.append(
        *(db, now, EventKind.DRAFT_WAITING),
        draft=draft.id,
        headline=headline_of(alert),
        severity=str(alert.severity),
        by=by.name,
        words=why,
    )
