"""Drafts: alerts from the first word until they stand in the log, or do not.

                  ┌──────────────── change (what was handed in or scheduled is taken back by it) ─────────────────┐
                  ▼                                                                                               │
    make ──▶  draft ──submit──▶ waiting ──approve──▶ scheduled ──its time──▶ published        rejected, failed ───┘
                  │                │ └────approve───────────────────────────────▲             withdrawn: the end
                  │                └──reject──▶ rejected                        │
                  └──publish (what needs nobody else, or with a break-glass) ───┴──▶ scheduled, where it is given a time

Whoever publishes, submits, approves or schedules says which version that is about, so that nobody decides about what they have
not read; who publishes or approves also says how many devices the alert is for. What was approved is bound by its hash: exactly
that goes out, or nothing. Decisions are made one at a time.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.rules import remarks
from alerts.cap.terms import MsgType
from alerts.errors import (
    DraftChangedError,
    DraftStateError,
    NumbersChangedError,
    SecondPersonError,
    UnknownAlertError,
    UnknownDeviceError,
    UnknownDraftError,
)
from server import scope
from server.api.submissions import Submitted, follow_up, from_json_alert, unknown_addressee, with_question
from server.api.types import AudienceBody, QuestionBody
from server.audit import AuditAction
from server.events import EventKind
from server.hub import Credential, Hub, Published, Role
from server.ops.approval import APPROVING, Approval, Then, note_waiting, submission_of
from server.rehearsal import Rehearsal, rehearse
from server.store import audit, events
from server.store import drafts as rows
from server.store.drafts import DraftRecord, DraftStatus, NewDraft
from server.store.texts import pack_words

OPEN = frozenset({DraftStatus.DRAFT, DraftStatus.REJECTED, DraftStatus.FAILED})
"""What is being worked on: it can be handed in, or published where nobody else is needed."""
HANDED_IN = frozenset({DraftStatus.WAITING, DraftStatus.SCHEDULED})
OVER = frozenset({DraftStatus.PUBLISHED, DraftStatus.WITHDRAWN})

IsConnected = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Asked:
    """What whoever decides says that it is about: the version that was read, and (where it may go out) the devices it is for."""

    version: int
    devices: int | None = None


class Drafts:
    """The drafts of one hub. `wake` is told when there may be another one to publish at a time."""

    def __init__(self, hub: Hub, approval: Approval, is_connected: IsConnected) -> None:
        self._hub = hub
        self._approval = approval
        self._is_connected = is_connected
        self._deciding = asyncio.Lock()
        self.wake: Callable[[], None] = lambda: None

    # -- reading ------------------------------------------------------------------------------------------------------

    async def some(
        self, by: Credential, statuses: tuple[DraftStatus, ...], before: int | None, limit: int
    ) -> tuple[list[DraftRecord], int | None]:
        """The newest first: those of the next `limit` that the credential may see, and where the next page begins."""
        found = await self._hub.read(lambda db: rows.drafts(db, statuses, before, limit))
        more = found[-1].id if len(found) == limit else None
        return [one for one in found if await self._may_see(one, by)], more

    async def one(self, number: int, by: Credential) -> DraftRecord:
        """Raises UnknownDraftError: there is none, or the credential may not see it."""
        record = await self._hub.read(lambda db: rows.draft(db, number))
        if not await self._may_see(record, by):
            raise UnknownDraftError(f"there is no draft {number}")
        return record

    async def _may_see(self, record: DraftRecord, by: Credential) -> bool:
        """Whoever wrote in it, and whoever is bound to areas in which somebody would get it."""
        if not by.areas or by.name in record.authors:
            return True
        audience = _audience_in(record.content)
        reach = () if audience is None else (audience,)
        if (follows := record.content.get("replaces")) is not None:
            try:
                reach = (*reach, *(await self._hub.alert(follows["alert"])).reach)
            except UnknownAlertError:
                return False
        return scope.may_see(by.areas, reach, self._hub.areas_of) if reach else False

    # -- writing ------------------------------------------------------------------------------------------------------

    async def make(self, content: dict[str, Any], by: Credential) -> DraftRecord:
        """A new draft."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> DraftRecord:
            made = rows.make(db, NewDraft(content, by.name), now)
            audit.note(db, now, by.name, AuditAction.DRAFT_SAVED, str(made.id))
            return made

        return await self._hub.write(job)

    async def change(self, number: int, version: int, content: dict[str, Any], by: Credential) -> DraftRecord:
        """Write it anew. What was handed in, approved or scheduled is taken back by that. Raises as `_decide`."""
        now = self._hub.now()
        async with self._deciding:
            record = await self._looked_at(number, version, by)
            self._check_status(record, frozenset(DraftStatus) - OVER, "changed")

            def job(db: SqliteDatabase) -> DraftRecord:
                if record.status is not DraftStatus.DRAFT or record.changed_by != by.name:
                    audit.note(db, now, by.name, AuditAction.DRAFT_SAVED, str(number), was=str(record.status))
                return rows.update(
                    *(db, record),
                    status=str(DraftStatus.DRAFT),
                    content=json.dumps(content, ensure_ascii=False),
                    original=None,
                    authors=pack_words(dict.fromkeys((*record.authors, by.name))),
                    changed_by=by.name,
                    changed_at=now,
                    digest=None,
                    decided_by=None,
                    decided_at=None,
                    publish_at=None,
                )

            return await self._hub.write(job)

    async def delete(self, number: int, by: Credential) -> None:
        """Forget a draft that was never handed in. Raises UnknownDraftError, DraftStateError."""
        async with self._deciding:
            record = await self.one(number, by)
            self._check_status(record, frozenset({DraftStatus.DRAFT}), "deleted")
            if record.submitted_at is not None:
                raise DraftStateError(f"draft {number} was handed in once, and is kept: withdraw it")
            await self._hub.write(lambda db: rows.remove(db, number))

    async def withdraw(self, number: int, version: int, by: Credential) -> DraftRecord:
        """Give it up. Raises as `_looked_at`, and DraftStateError."""
        now = self._hub.now()
        async with self._deciding:
            record = await self._looked_at(number, version, by)
            self._check_status(record, frozenset(DraftStatus) - OVER, "withdrawn")

            def job(db: SqliteDatabase) -> DraftRecord:
                audit.note(db, now, by.name, AuditAction.DRAFT_WITHDRAWN, str(number), was=str(record.status))
                return rows.update(db, record, status=str(DraftStatus.WITHDRAWN), decided_by=by.name, decided_at=now)

            return await self._hub.write(job)

    # -- deciding -----------------------------------------------------------------------------------------------------

    async def rehearse(self, number: int, by: Credential) -> tuple[DraftRecord, Rehearsal, tuple[str, ...], str | None]:
        """What publishing it would do now: the draft, whom it would reach, remarks, and why it needs a second person."""
        record = await self.one(number, by)
        submitted = await self._submitted(record)
        rehearsal = await self._rehearsed(submitted, by)
        return record, rehearsal, submitted.remarks, self._approval.why_needed(submitted.alert)

    async def submit(self, number: int, version: int, by: Credential, publish_at: int | None = None) -> DraftRecord:
        """Hand it in for a second person, also where none is needed. Raises what a publish raises; nothing has changed then."""
        async with self._deciding:
            record = await self._looked_at(number, version, by)
            self._check_status(record, OPEN, "handed in")
            submitted = await self._submitted(record)
            await self._approval.check(submitted, by)
            return await self._hand_in(record, submitted, by, publish_at)

    async def publish(
        self, number: int, asked: Asked, by: Credential, publish_at: int | None = None, break_glass: str | None = None
    ) -> DraftRecord:
        """Publish it, or at its time; where it needs a second person and no glass is broken, hand it in.

        Raises what a publish raises, NumbersChangedError, DraftChangedError, DraftStateError, UnknownDraftError.
        """
        async with self._deciding:
            record = await self._looked_at(number, asked.version, by)
            is_broken = break_glass is not None
            self._check_status(record, OPEN | HANDED_IN if is_broken else OPEN, "published")
            if is_broken and publish_at is not None:
                raise DraftStateError("a break-glass is for what cannot wait: it has no time of its own")
            submitted = await self._submitted(record)
            await self._check_numbers(submitted, by, asked.devices)
            why = self._approval.why_needed(submitted.alert)
            if why is not None and break_glass is None:
                return await self._hand_in(record, submitted, by, publish_at)
            if publish_at is not None and publish_at > self._hub.now():
                return await self._schedule(record, by, publish_at)
            breaking = None
            if why is not None and break_glass is not None:
                breaking = self._approval.breaking(submitted.alert, by, break_glass, number)
            return await self._publish(record, submitted, by, breaking, submitted_by=by.name)

    async def approve(self, number: int, asked: Asked, by: Credential) -> DraftRecord:
        """Say yes, as the second person: it goes out now, or at its time. Raises as `publish`, and SecondPersonError."""
        async with self._deciding:
            record = await self._looked_at(number, asked.version, by)
            self._check_status(record, frozenset({DraftStatus.WAITING}), "approved")
            check_second(record, by)
            assert record.submitted_by is not None, "what waits was handed in"
            author = _author_of(record)
            submitted = await self._submitted(record)
            await self._check_numbers(submitted, by, asked.devices)
            await self._approval.check(submitted, author)  # within the areas of both
            now, digest = self._hub.now(), record.content_digest
            if record.publish_at is not None and record.publish_at > now:

                def job(db: SqliteDatabase) -> DraftRecord:
                    _note_approved(db, now, record, by)
                    return rows.update(
                        *(db, record),
                        status=str(DraftStatus.SCHEDULED),
                        decided_by=by.name,
                        decided_at=now,
                        digest=digest,
                    )

                scheduled = await self._hub.write(job)
                self.wake()
                return scheduled

            def approved(db: SqliteDatabase, _: Published) -> None:
                _note_approved(db, now, record, by)

            return await self._publish(record, submitted, author, approved, decided_by=by.name, decided_at=now)

    async def reject(self, number: int, version: int, words: str, by: Credential) -> DraftRecord:
        """Say no, as the second person, and why. Raises as `_looked_at`, DraftStateError, SecondPersonError."""
        now = self._hub.now()
        async with self._deciding:
            record = await self._looked_at(number, version, by)
            self._check_status(record, frozenset({DraftStatus.WAITING}), "rejected")
            check_second(record, by)

            def job(db: SqliteDatabase) -> DraftRecord:
                audit.note(db, now, by.name, AuditAction.DRAFT_REJECTED, str(number), version=version, words=words)
                events.append(db, now, EventKind.DRAFT_REJECTED, draft=number, by=by.name, words=words)
                status = str(DraftStatus.REJECTED)
                return rows.update(db, record, status=status, words=words, decided_by=by.name, decided_at=now)

            return await self._hub.write(job)

    async def publish_due(self, record: DraftRecord) -> DraftRecord:
        """Publish what is scheduled, as whoever scheduled it. Raises what a publish raises, DraftStateError."""
        async with self._deciding:
            newest = await self._hub.read(lambda db: rows.draft(db, record.id))
            if newest.version != record.version:
                return newest
            if record.digest != record.content_digest:
                raise DraftStateError("it is not what was approved")
            return await self._publish(record, await self._submitted(record), _author_of(record), None)

    async def fail(self, record: DraftRecord, words: str) -> None:
        """It could not go out at its time, and will not by itself."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            newest = rows.draft(db, record.id)
            if newest.version == record.version:
                rows.update(db, newest, status=str(DraftStatus.FAILED), words=words[:1000], digest=None)
                events.append(db, now, EventKind.DRAFT_FAILED, draft=record.id, words=words[:1000])

        await self._hub.write(job)

    # -- parts --------------------------------------------------------------------------------------------------------

    async def _looked_at(self, number: int, version: int, by: Credential) -> DraftRecord:
        """The draft, if it is the version that was looked at. Raises UnknownDraftError, DraftChangedError."""
        record = await self.one(number, by)
        if record.version != version:
            raise DraftChangedError(number, record.version)
        return record

    def _check_status(self, record: DraftRecord, wanted: frozenset[DraftStatus], done: str) -> None:
        if record.status not in wanted:
            raise DraftStateError(f"draft {record.id} cannot be {done}: it is {record.status}")

    async def _submitted(self, record: DraftRecord) -> Submitted:
        """Its content as a publish takes it. Raises what reading a body raises, UnknownAlertError."""
        content, now = record.content, self._hub.now()
        audience = _audience_in(content)
        if record.original is not None:
            alert = (await asyncio.to_thread(from_xml, record.original)).alert
            return Submitted(alert, audience or Audience(), original=record.original, remarks=_remarks(alert))
        question = content.get("question")
        asking = with_question(content["alert"], QuestionBody.model_validate(question) if question else None)
        if (follows := content.get("replaces")) is None:
            return from_json_alert(asking, audience or Audience(), now)
        replaced = await self._hub.alert(follows["alert"])
        return follow_up(replaced, MsgType(follows["by"]), asking, audience, now)

    async def _rehearsed(self, submitted: Submitted, by: Credential) -> Rehearsal:
        try:
            return await rehearse(self._hub, submission_of(submitted, by), self._is_connected)
        except UnknownDeviceError as error:
            raise unknown_addressee(error) from None

    async def _check_numbers(self, submitted: Submitted, by: Credential, devices: int | None) -> None:
        found = (await self._rehearsed(submitted, by)).reached.devices
        if found != devices:
            raise NumbersChangedError(devices or 0, found)

    async def _hand_in(
        self, record: DraftRecord, submitted: Submitted, by: Credential, publish_at: int | None
    ) -> DraftRecord:
        now, why = self._hub.now(), self._approval.why_needed(submitted.alert)

        def job(db: SqliteDatabase) -> DraftRecord:
            waiting = rows.update(
                *(db, record),
                status=str(DraftStatus.WAITING),
                submitted_by=by.name,
                submitted_at=now,
                submitted_areas=pack_words(by.areas),
                authors=pack_words(dict.fromkeys((*record.authors, by.name))),
                publish_at=publish_at,
                words="",
                digest=record.content_digest,
            )
            note_waiting(db, now, waiting, submitted.alert, by, why)
            return waiting

        return await self._hub.write(job)

    async def _schedule(self, record: DraftRecord, by: Credential, publish_at: int) -> DraftRecord:
        now = self._hub.now()

        def job(db: SqliteDatabase) -> DraftRecord:
            audit.note(db, now, by.name, AuditAction.DRAFT_SCHEDULED, str(record.id), publish_at=publish_at)
            return rows.update(
                *(db, record),
                status=str(DraftStatus.SCHEDULED),
                submitted_by=by.name,
                submitted_at=now,
                submitted_areas=pack_words(by.areas),
                publish_at=publish_at,
                words="",
                digest=record.content_digest,
            )

        scheduled = await self._hub.write(job)
        self.wake()
        return scheduled

    async def _publish(
        self, record: DraftRecord, submitted: Submitted, by: Credential, also: Then | None, **values: Any
    ) -> DraftRecord:
        """Into the log, with the draft's own end in the same transaction: it cannot go out twice."""
        done: list[DraftRecord] = []

        def then(db: SqliteDatabase, published: Published) -> None:
            if also is not None:
                also(db, published)
            status = str(DraftStatus.PUBLISHED)
            done.append(rows.update(db, record, status=status, number=published.number, words="", **values))

        await self._approval.publish(submitted, by, then=then)
        return done[-1]


def check_second(record: DraftRecord, by: Credential) -> None:
    """That somebody is the second person of a draft. Raises SecondPersonError."""
    if by.role not in APPROVING:
        raise SecondPersonError(f"{by.name!r} is {by.role}; an approver decides about what waits")
    if by.name in record.authors:
        raise SecondPersonError(f"{by.name!r} has written in draft {record.id}: somebody else must decide about it")


def _author_of(record: DraftRecord) -> Credential:
    """In whose name it goes out: whoever handed it in."""
    return Credential(record.submitted_by or record.changed_by, Role.AUTHOR, record.submitted_areas)


def _audience_in(content: dict[str, Any]) -> Audience | None:
    said = content.get("audience")
    return None if said is None else AudienceBody.model_validate(said).to_audience()


def _remarks(alert: Any) -> tuple[str, ...]:
    return tuple(map(str, remarks(alert)))


def _note_approved(db: SqliteDatabase, now: int, record: DraftRecord, by: Credential) -> None:
    digest = record.content_digest.hex()
    audit.note(db, now, by.name, AuditAction.DRAFT_APPROVED, str(record.id), version=record.version, sha256=digest)
