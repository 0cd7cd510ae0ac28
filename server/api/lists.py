"""`/v1/quarantine`: what somebody has to look at."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, Answer, operation
from server.api.types import Quarantine, QuarantineItem, QuarantineQuery


class QuarantineHandler(ApiHandler):
    """What could not be used."""

    @operation(
        summary="List what could not be used",
        roles=VIEWERS,
        query=QuarantineQuery,
        answers={200: Answer("What somebody has to look at.", Quarantine)},
        tag="operations",
    )
    async def get(self) -> None:
        """Entries that a device could not use, items of devices that the hub could not use, alerts that a restored log has
        lost, and cloned devices. Nothing is refused in silence."""
        asked = self.query
        assert isinstance(asked, QuarantineQuery), "the operation says so"
        reports = await self.api.reading.reports(self.credential, asked.limit)
        self.answer(Quarantine(items=tuple(QuarantineItem.of(report) for report in reports)))
