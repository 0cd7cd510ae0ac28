"""Drafts that go out at a time: published then, by the hub's clock, in the name of whoever handed them in.

A hub that was down at that time publishes when it is back, if that is not later than LATE_S_MAX and the alert still holds;
otherwise the draft says `failed`, and why, and somebody decides anew.
"""

from __future__ import annotations

import asyncio

import structlog

from alerts.errors import InvalidAlertError, RefusedError
from server.api.problems import ProblemError
from server.bell import until_set
from server.hub import Hub
from server.ops.drafts import Drafts
from server.store import drafts as rows
from server.store.drafts import DraftRecord

LATE_S_MAX = 3600
"""How late something may go out by itself, in seconds: what was right at eight may be wrong at noon."""
REST_S_MAX = 5.0
"""The hub's clock may be set at any time, so it is looked at this often."""

_logger = structlog.get_logger("server.schedule")


class Schedule:
    """A service (server.service)."""

    name = "schedule"

    def __init__(self, hub: Hub, drafts: Drafts) -> None:
        self._hub = hub
        self._drafts = drafts
        self._bell = asyncio.Event()
        drafts.wake = self._bell.set

    async def run(self) -> None:
        """Publish what is due, until cancelled."""
        while True:
            self._bell.clear()
            await self.look()
            due = await self._hub.read(rows.next_due)
            rest_s = REST_S_MAX if due is None else min(REST_S_MAX, max(0.1, due - self._hub.now()))
            await until_set(self._bell, rest_s)

    async def look(self) -> None:
        """Publish what is due now. Raises StoreError; what is due stays so."""
        now = self._hub.now()
        for record in await self._hub.read(lambda db: rows.due(db, now)):
            await self._carry_out(record, now)

    async def _carry_out(self, record: DraftRecord, now: int) -> None:
        late_s = now - (record.publish_at or now)
        if late_s > LATE_S_MAX:
            words = f"the hub was not running at the time that was set, and would be {late_s} seconds late"
            await self._drafts.fail(record, words)
            _logger.warning("a scheduled draft was not published", draft=record.id, words=words)
            return
        try:
            await self._drafts.publish_due(record)
        except (RefusedError, InvalidAlertError, ProblemError) as error:
            await self._drafts.fail(record, str(error))
            _logger.warning("a scheduled draft was not published", draft=record.id, words=str(error))
