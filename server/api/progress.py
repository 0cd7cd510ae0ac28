"""`/v1/alerts/{identifier}/progress` and `/calls`: how far an alert has come, and whom to call about it."""

from __future__ import annotations

from collections import Counter

from alerts.audience import contains
from server.api.handler import ApiHandler
from server.api.operation import CSV, JSON, VIEWERS, Answer, operation
from server.api.progress_types import CallAnswer, CallsAnswer, CallsQuery, ProgressAnswer
from server.api.types import maybe_time_of, time_of
from server.sheets import csv_text
from server.store import progress as progress_rows
from server.watch.calls import Call, Missing

TAG = "alerts"
COLUMNS = ("device", "name", "phone", "areas", "area names", "supervisor", "state", "missing", "last seen")


class ProgressHandler(ApiHandler):
    """How far an alert has come."""

    @operation(
        summary="How far an alert has come, by area and over time",
        roles=VIEWERS,
        answers={200: Answer("The counts.", ProgressAnswer)},
        problems=("unknown-alert",),
        tag=TAG,
    )
    async def get(self, identifier: str) -> None:
        """How many devices are in each state of delivery, in all and in each area, and how many saw, acknowledged and answered
        by when. A token that is bound to areas sees the devices in them. To follow it as it happens: `/v1/live`."""
        stored = await self.api.reading.alert(self.credential, identifier)
        heard, now, bound = self.hub.heard(), self.hub.now(), self.credential.areas
        found = await self.hub.read(lambda db: progress_rows.progress(db, stored.number, heard, now, bound))
        self.answer(ProgressAnswer.of(stored.alert.identifier, found))


class CallsHandler(ApiHandler):
    """Whom to call."""

    @operation(
        summary="Whom to call about an alert",
        roles=VIEWERS,
        query=CallsQuery,
        answers={200: Answer("The list.", CallsAnswer, also=(CSV,), headers={"Vary": "Accept"})},
        problems=("unknown-alert", "not-acceptable"),
        tag=TAG,
    )
    async def get(self, identifier: str) -> None:
        """The devices that have not stored, acknowledged or (where the alert asks something) answered an alert, who has it not
        first, and of these who was not heard for longest; as JSON, or as CSV where `Accept` asks for it. A token that is
        bound to areas sees the devices in them."""
        asked = self.query
        assert isinstance(asked, CallsQuery), "the operation says so"
        media_type = self.accepted((JSON, CSV))
        stored = await self.api.reading.alert(self.credential, identifier)
        heard, now, bound = self.hub.heard(), self.hub.now(), self.credential.areas
        found = await self.hub.read(lambda db: progress_rows.calls(db, stored.number, heard, now, bound))
        wanted = [one for one in found if self._is_wanted(one, asked)]
        self.set_header("Vary", "Accept")
        if media_type == CSV:
            self._answer_csv(wanted[: asked.limit], stored.number)
            return
        counted = Counter(one.missing for one in wanted)
        calls = (CallAnswer.of(one, connected=self.api.is_connected(one.device)) for one in wanted[: asked.limit])
        self.answer(
            CallsAnswer(
                identifier=stored.alert.identifier,
                number=stored.number,
                at=time_of(now),
                counts={missing: counted[missing] for missing in Missing},
                calls=tuple(calls),
            )
        )

    def _is_wanted(self, one: Call, asked: CallsQuery) -> bool:
        if asked.missing and one.missing not in asked.missing:
            return False
        return asked.area is None or any(contains(asked.area, code) for code, _ in one.areas)

    def _answer_csv(self, calls: list[Call], number: int) -> None:
        self.set_header("Content-Type", f"{CSV}; charset=utf-8")
        self.set_header("Content-Disposition", f'attachment; filename="calls-{number}.csv"')
        self.write(csv_text(COLUMNS, (_cells(one) for one in calls)))


def _cells(one: Call) -> tuple[str | None, ...]:
    codes, names = " ".join(code for code, _ in one.areas), "; ".join(name for _, name in one.areas if name)
    return (
        one.device,
        one.name,
        one.phone,
        codes,
        names,
        one.supervisor,
        one.state,
        one.missing,
        maybe_time_of(one.last_seen),
    )
