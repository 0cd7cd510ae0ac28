"""`/v1/alerts/{identifier}/answers`: what devices answered to an alert's question."""

from __future__ import annotations

from alerts.errors import UnknownAlertError
from server.api.answers_types import AnswersAnswer, AnswersQuery
from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, Answer, operation
from server.store import answers as answer_rows


class AnswersHandler(ApiHandler):
    """The answers to an alert."""

    @operation(
        summary="What was answered to an alert",
        roles=VIEWERS,
        query=AnswersQuery,
        answers={200: Answer("The question, the counts, and devices.", AnswersAnswer)},
        problems=("unknown-alert",),
        tag="alerts",
    )
    async def get(self, identifier: str) -> None:
        """The question of an alert in all its languages, how many devices answered what, the same by area, and the devices
        with their latest answer, a page at a time. A token that is bound to areas sees the devices in them."""
        asked = self.query
        assert isinstance(asked, AnswersQuery), "the operation says so"
        stored = await self.hub.alert(identifier)
        if not self.hub.may_see(self.credential, stored):
            raise UnknownAlertError(f"no alert {identifier[:200]!r} is known here, neither as number nor as identifier")
        found = await self.hub.read(lambda db: answer_rows.answers(db, stored.number))
        for areas in (self.credential.areas, () if asked.area is None else (asked.area,)):
            found = found.within(areas) if areas else found
        self.answer(AnswersAnswer.of(stored.alert.identifier, found, asked))
