"""`/v1/silence`: who is quieter than usual."""

from __future__ import annotations

from server import scope
from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, Answer, operation
from server.api.silence_types import SilenceAnswer, WatchedAnswer
from server.ops.silence import AREA_KINDS


class SilenceHandler(ApiHandler):
    """What is silent."""

    @operation(
        summary="Who is quieter than usual",
        roles=VIEWERS,
        answers={200: Answer("What is silent, and what else is watched.", SilenceAnswer)},
        tag="escalation",
    )
    async def get(self) -> None:
        """Sources and areas, each judged hour by hour against its own past. A token that is bound to areas is shown these
        areas, and no sources."""
        bound = self.credential.areas
        found = await self.api.ops.silence.watched()
        shown = [
            one for one in found if not bound or (one.kind in AREA_KINDS and scope.may_see_device(bound, (one.name,)))
        ]
        self.answer(SilenceAnswer(watched=tuple(WatchedAnswer.of(one) for one in shown)))
