"""`/v1/areas` and `/v1/quarantine`: what there is to address, and what somebody has to look at."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, Answer, operation
from server.api.types import AreaAnswer, AreaList, Quarantine, QuarantineItem, QuarantineQuery


class AreasHandler(ApiHandler):
    """The list of areas."""

    @operation(
        summary="List areas", roles=VIEWERS, answers={200: Answer("The list of areas.", AreaList)}, tag="operations"
    )
    async def get(self) -> None:
        """The areas that were imported with `tocsin-hub area import`."""
        self.answer(AreaList(areas=tuple(AreaAnswer.of(row) for row in await self.hub.areas())))


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
        reports = await self.hub.reports(limit=asked.limit)
        self.answer(Quarantine(items=tuple(QuarantineItem.of(report) for report in reports)))
