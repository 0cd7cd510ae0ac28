"""`/v1/audit`: who has decided what."""

from __future__ import annotations

import asyncio
from pathlib import Path

from peewee import SqliteDatabase

from server import audit_head
from server.api.audit_types import AuditPage, AuditQuery, AuditRowAnswer, AuditVerified, VerificationQuery
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, NDJSON, Answer, operation
from server.audit import AuditAction, AuditHead
from server.audit_export import line_of, line_of_head
from server.scope import check_hub_wide
from server.store import audit
from server.store.audit import CHUNK, EMPTY, Verified

TAG = "audit"


class _Audit(ApiHandler):
    def check(self) -> None:
        """The log concerns the whole hub."""
        check_hub_wide(self.credential.areas, "the audit log")


class AuditHandler(_Audit):
    """The log, in pages."""

    query: AuditQuery

    @operation(
        summary="Read the audit log",
        roles=ADMINS,
        query=AuditQuery,
        answers={200: Answer("A page, the newest first.", AuditPage)},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Who has decided what, the newest first. The log takes no change and no removal; its rows hang together by hashes."""
        self.check()
        asked, wanted = self.query, self.query.to_filter()
        rows = await self.hub.read(lambda db: audit.newest_first(db, wanted, asked.before, asked.limit + 1))
        shown = rows[: asked.limit]
        before = shown[-1].number if len(rows) > asked.limit else None
        self.answer(AuditPage(rows=tuple(AuditRowAnswer.of(row) for row in shown), before=before))


class AuditExportHandler(_Audit):
    """The whole log."""

    @operation(
        summary="Export the audit log",
        roles=ADMINS,
        answers={200: Answer("One row a line, and the head in the last.", also=(NDJSON,))},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """All rows with their hashes, one JSON object a line, the oldest first; the last line is the head, by which it can be
        seen later that nothing was cut off. That it was exported is noted first, so the export has that row too."""
        self.check()
        now, by = self.hub.now(), self.credential.name

        def begin(db: SqliteDatabase) -> AuditHead:
            audit.note(db, now, by, AuditAction.AUDIT_EXPORTED, "audit")
            return audit.head(db)

        head = await self.hub.write(begin)
        self.set_header("Content-Type", NDJSON)
        self.set_header("Content-Disposition", f'attachment; filename="audit-{head.number}.ndjson"')
        number = 0
        while number < head.number:
            rows = await self.hub.read(lambda db, number=number: audit.after(db, number, CHUNK))  # type: ignore[misc]
            for row in rows:
                if row.number <= head.number:
                    self.write(line_of(row))
            number = rows[-1].number if rows else head.number
            await self.flush()
        self.write(line_of_head(head))


class AuditVerificationHandler(_Audit):
    """Whether the log is what it was."""

    query: VerificationQuery

    @operation(
        summary="Verify the audit log",
        roles=ADMINS,
        query=VerificationQuery,
        answers={200: Answer("What was found.", AuditVerified)},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Compute every hash anew, and compare with the head that the hub keeps beside its database, and with one that you have
        kept."""
        self.check()
        kept = self.query.kept()
        self.answer(AuditVerified.of(await verified(self, kept)))


async def verified(handler: ApiHandler, kept: list[tuple[str, AuditHead]]) -> Verified:
    """Verify against what is kept beside the database, and what else was kept."""
    folder: Path = handler.hub.database.parent
    try:
        beside = await asyncio.to_thread(audit_head.kept, folder)
    except ValueError as error:
        return Verified(EMPTY, str(error))
    kept = [*kept, *([(f"the file {audit_head.FILE}", beside)] if beside else [])]
    return await handler.hub.read(lambda db: audit.verify(audit.every(db), kept))
