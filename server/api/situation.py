"""`/v1/situation`: everything at a glance."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, Answer, operation
from server.api.situation_types import SituationAnswer


class SituationHandler(ApiHandler):
    """The situation."""

    @operation(
        summary="Everything at a glance",
        roles=VIEWERS,
        answers={200: Answer("What is in force, every area, who is silent, what waits, what fails.", SituationAnswer)},
        problems=("overloaded",),
        tag="operations",
    )
    async def get(self) -> None:
        """All alerts in force with how far each has come; all areas with the gravest thing in force and how many devices lack
        something of it; the sources and areas that are silent; what waits for approval; the feeds, rules and webhooks
        that fail. A token that is bound to areas sees what concerns these. To follow it as it happens: `/v1/live`."""
        subject = await self.api.live.situation(self.credential.areas)
        await self.api.live.fresh(subject)
        self.answer(subject.answer())
