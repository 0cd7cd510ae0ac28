"""`/v1/roster` and `/v1/enrolment-sheets`: the devices that are expected, and the codes that are printed for them."""

from __future__ import annotations

from alerts.audience import contains
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, Answer, Body, operation
from server.api.places_types import RosterAnswer, RosterList, RosterQuery, SheetAnswer, SheetBody
from server.store.codes import Grant

TAG = "devices"


class RosterHandler(ApiHandler):
    """The roster."""

    @operation(
        summary="List the roster",
        roles=VIEWERS,
        query=RosterQuery,
        answers={200: Answer("The rows.", RosterList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """The devices that were imported by their references: which are expected, which have a code that was printed, which are
        enrolled."""
        asked = self.query
        assert isinstance(asked, RosterQuery), "the operation says so"
        rows = [RosterAnswer.of(one) for one in await self.api.places.enrolment.roster(self.credential)]
        wanted = [
            row
            for row in rows
            if asked.state in (None, row.state)
            and (not asked.area or any(contains(area, code) for area in asked.area for code in row.areas))
        ]
        self.answer(RosterList(rows=tuple(wanted)))


class RosterRowHandler(ApiHandler):
    """One row."""

    @operation(
        summary="Take a row out of the roster",
        roles=ADMINS,
        answers={204: Answer("It is gone, and its code ends.")},
        problems=("unknown-reference", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, reference: str) -> None:
        """Forget a device that is not expected any more. One that is enrolled stays enrolled: to end it, revoke it."""
        await self.api.places.enrolment.remove(self.credential, reference)
        self.set_status(204)
        self.finish()


class SheetsHandler(ApiHandler):
    """Enrolment sheets."""

    @operation(
        summary="Make an enrolment sheet",
        roles=ADMINS,
        body=Body(SheetBody),
        answers={201: Answer("The sheet, shown this once.", SheetAnswer)},
        problems=(
            "body-invalid",
            "content-invalid",
            "unknown-reference",
            "already-enrolled",
            "unknown-area",
            "outside-areas",
        ),
        tag=TAG,
    )
    async def post(self) -> None:
        """Fresh codes to print, each with its QR code and words in the device's language: for rows of the roster, or so many for
        anybody. What was printed for a row before, and not used, ends."""
        asked = self.read_body(SheetBody)
        address = asked.address or self.api.settings.public_address
        address = address or f"{self.request.protocol}://{self.request.host}"
        enrolment, by = self.api.places.enrolment, self.credential
        if asked.anonymous is None:
            sheet = await enrolment.print_rows(by, asked.references, address, asked.valid_seconds)
        else:
            body = asked.anonymous
            grant = Grant(body.name, body.areas, body.roles, body.languages)
            sheet = await enrolment.print_anonymous(by, body.count, grant, address, asked.valid_seconds)
        self.answer(SheetAnswer.of(sheet), 201)
