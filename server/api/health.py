"""`/healthz`, `/readyz`, `/metrics`: for whatever watches the hub."""

from __future__ import annotations

from collections import Counter

from server.api.handler import ApiHandler
from server.api.operation import EVERYBODY, TEXT, VIEWERS, Answer, operation
from server.api.types import CheckAnswer, HealthAnswer, ReadyAnswer
from server.delivery import DeliveryState
from server.scope import check_hub_wide

TAG = "health"
STATES_EVERY_S = 10.0
"""The states of delivery are counted anew at most so often, however often they are read."""
STATES_ALERTS_MAX = 200
"""The newest alerts in force whose states are counted."""


class HealthHandler(ApiHandler):
    """Is the process alive?"""

    @operation(
        summary="Is it alive?", roles=EVERYBODY, answers={200: Answer("The process answers.", HealthAnswer)}, tag=TAG
    )
    async def get(self) -> None:
        """Answers as long as the process does, whatever the state of its store."""
        self.answer(HealthAnswer(status="alive"))


class ReadyHandler(ApiHandler):
    """Can the hub do its work?"""

    @operation(
        summary="Is it ready?",
        roles=EVERYBODY,
        answers={200: Answer("It can take and deliver alerts.", ReadyAnswer)},
        problems=("not-ready",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Whether the store can be written, and what a publish that was answered is proof against."""
        checks = tuple(CheckAnswer.of(check) for check in await self.hub.ready())
        bad = [check for check in checks if not check.ok]
        if bad:
            words = "; ".join(f"{check.name}: {check.words}" for check in bad)
            self.refuse("not-ready", words, checks=[check.model_dump() for check in checks])
        self.answer(ReadyAnswer(checks=checks))


class MetricsHandler(ApiHandler):
    """Numbers for Prometheus."""

    @operation(
        summary="Metrics",
        roles=VIEWERS,
        answers={200: Answer("In the format of Prometheus or OpenMetrics, as `Accept` asks.", also=(TEXT,))},
        problems=("outside-areas",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Needs a viewer's token: give it to Prometheus as `authorization.credentials`."""
        check_hub_wide(self.credential.areas, "the hub's metrics")
        await self._count_states()
        page, content_type = self.api.metrics.page(self.request.headers.get("Accept", ""))
        self.set_header("Content-Type", content_type)
        self.write(page)

    async def _count_states(self) -> None:
        now = self.hub.clock.monotonic()
        if now - self.api.states_counted_at < STATES_EVERY_S:
            return
        self.api.states_counted_at = now
        counts: Counter[DeliveryState] = Counter()
        in_force = [entry for entry in self.hub.log if self.hub.log.in_force(entry, self.hub.now())]
        for entry in in_force[-STATES_ALERTS_MAX:]:
            counts.update((await self.hub.delivery(entry.number)).counts)
        self.api.metrics.set_states(counts)
