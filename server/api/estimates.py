"""`/v1/estimates`: what an alert would be, while it is written."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from alerts.audience import Audience, Reader, is_for_any
from alerts.cap.terms import Scope
from alerts.errors import RefusedError, Violation
from server import scope
from server.api.estimates_types import EstimateAnswer, EstimateBody, ViolationAnswer
from server.api.handler import ApiHandler
from server.api.operation import PUBLISHERS, Answer, Body, operation
from server.api.problems import ProblemError, violations_of
from server.api.rehearsal_types import ReachedAnswer
from server.api.submissions import INHERITED, with_question
from server.api.types import QuestionBody
from server.ops.estimates import Estimate, readable
from server.ops.estimates import violations_of as wrong_in
from server.publish import check_audience
from server.rehearsal import Reached, reached
from server.store import areas as area_rows
from server.store import devices as device_rows
from server.store.records import DeviceRow

TAG = "drafts"


class EstimatesHandler(ApiHandler):
    """Estimates."""

    @operation(
        summary="Estimate an alert",
        roles=PUBLISHERS,
        body=Body(EstimateBody, is_large=True),
        answers={200: Answer("What it would be.", EstimateAnswer)},
        problems=("body-invalid", "content-invalid", "unknown-alert"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Bytes for each language, seconds on 2G, what it costs the fleet, whom it is for, which languages are missing, and what
        is wrong, of an alert that need not be complete. Nothing is kept, and nothing is published."""
        taken = self.read_body(EstimateBody)
        wrong: list[ViolationAnswer] = []
        value: Mapping[str, Any] = taken.alert
        replaced = None
        if taken.replaces is not None:
            replaced = await self.api.reading.alert(self.credential, taken.replaces.alert)
            old = replaced.alert.to_json()
            reference = f"{replaced.alert.sender},{replaced.alert.identifier},{replaced.alert.sent}"
            value = {**{name: old[name] for name in INHERITED if name in old}, "references": reference, **value}
            value = {**value, "msgType": taken.replaces.by}
        value = _asking(value, taken.question, wrong)
        audience = Audience() if taken.audience is None else taken.audience.to_audience()
        if taken.audience is None and replaced is not None:
            audience = replaced.audience
        now = self.hub.now()
        wrong += [_answer(one) for one in wrong_in(value, now)]
        wrong += await self._wrong_with(audience, value.get("scope"))
        reach = (audience, *(replaced.reach if replaced else ()))
        rows, found = await self._addressed(reach)
        alert = await asyncio.to_thread(readable, value, now)
        estimate, why = Estimate((), {}), None
        if alert is not None:
            why = self.api.ops.approval.why_needed(alert)
            estimate = await self.api.ops.estimating.estimate(
                alert, [row.languages_set or row.languages for row in rows], self.api.dictionaries.in_use
            )
        settings = self.api.settings
        self.answer(
            EstimateAnswer.of(
                estimate, ReachedAnswer.of(found), tuple(wrong), why, settings.cost_per_megabyte, settings.currency
            )
        )

    async def _addressed(self, reach: tuple[Audience, ...]) -> tuple[list[DeviceRow], Reached]:
        rows, now = await self.hub.devices(), self.hub.now()
        connected = {row.device for row in rows if self.api.is_connected(row.device)}

        def select() -> tuple[list[DeviceRow], Reached]:
            chosen = [
                row
                for row in rows
                if row.revoked_at is None and is_for_any(reach, Reader(row.device, row.areas, row.roles))
            ]
            return chosen, reached(chosen, reach, connected, now)

        return await asyncio.to_thread(select)

    async def _wrong_with(self, audience: Audience, said: object) -> list[ViolationAnswer]:
        try:
            check_audience(Scope(str(said)) if said in list(Scope) else Scope.PUBLIC, audience)
            scope.check_may_address(self.credential.areas, audience, self.hub.areas_of)
            await self.hub.read(lambda db: area_rows.check_areas(db, audience.areas))
            await self.hub.read(lambda db: device_rows.check_devices(db, audience.devices))
        except RefusedError as error:
            return [ViolationAnswer(path="audience", problem=str(error))]
        return []


def _asking(
    value: Mapping[str, Any], question: dict[str, Any] | None, wrong: list[ViolationAnswer]
) -> Mapping[str, Any]:
    """The alert with its question; what is wrong with that is written down, and the alert taken without it."""
    if question is None:
        return value
    try:
        return with_question(value, QuestionBody.model_validate(question))
    except ProblemError as error:
        found = error.members.get("violations")
        assert isinstance(found, list), "a question that cannot be asked says why"
        wrong += [ViolationAnswer(path=one["path"], problem=one["problem"]) for one in found]
    except ValidationError as error:
        for one in error.errors(include_url=False):
            path = ".".join(str(step) for step in ("question", *one["loc"]))
            wrong.append(ViolationAnswer(path=path, problem=one["msg"]))
    return value


def _answer(one: Violation) -> ViolationAnswer:
    said = violations_of((one,), "alert")[0]
    return ViolationAnswer(path=str(said["path"]), problem=one.problem)
