"""`/v1/audiences` and `/v1/devices/move`: whom an audience reaches, and many devices moved at once."""

from __future__ import annotations

from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, Answer, Body, operation
from server.api.places_types import AreaCount, AudienceAnswer, LookQuery, MoveAnswer, MoveBody, RoleCount
from server.api.rehearsal_types import ReachedAnswer
from server.api.types import AudienceBody, DeviceAnswer
from server.places.moving import Chosen


class AudiencesHandler(ApiHandler):
    """Audiences, looked at."""

    @operation(
        summary="Look at an audience",
        roles=VIEWERS,
        body=Body(AudienceBody, is_large=True),
        answers={200: Answer("Whom it reaches.", AudienceAnswer)},
        problems=("content-invalid", "outside-areas", "unknown-area", "unknown-device"),
        tag="devices",
    )
    async def post(self) -> None:
        """How many devices an audience reaches now, how many of them are connected, where they are, and when each was last heard
        of. Nothing is published."""
        audience = self.read_body(AudienceBody).to_audience()
        found = await self.api.places.audiences.look(self.credential, audience)
        self.answer(
            AudienceAnswer(
                reached=ReachedAnswer.of(found.reached),
                all=found.all,
                areas=tuple(AreaCount(code=code, devices=count) for code, count in found.areas),
                roles=tuple(RoleCount(role=role, devices=count) for role, count in found.roles),
                devices=tuple(DeviceAnswer.of(row, connected=row.device in found.connected) for row in found.listed),
                reports=found.reports,
            )
        )


class MoveHandler(ApiHandler):
    """Many devices."""

    @operation(
        summary="Move many devices",
        roles=ADMINS,
        query=LookQuery,
        body=Body(MoveBody, is_large=True),
        answers={200: Answer("What became of each, or would.", MoveAnswer)},
        problems=(
            "content-invalid",
            "unknown-device",
            "unknown-area",
            "audience-invalid",
            "outside-areas",
            "too-many-chosen",
        ),
        tag="devices",
    )
    async def post(self) -> None:
        """Put devices into other areas, or give their users other roles: those that are named, or all in some areas and with some
        roles. Each is an entry of the log; the answer says what became of each. With `dry_run` it says what would."""
        asked, query = self.read_body(MoveBody), self.query
        assert isinstance(query, LookQuery), "the operation says so"
        where = asked.where
        chosen = Chosen(asked.devices) if where is None else Chosen((), where.areas, where.roles)
        found = await self.api.places.moving.move(
            self.credential, chosen, areas=asked.areas, roles=asked.roles, dry_run=query.dry_run
        )
        self.answer(MoveAnswer.of(found))
