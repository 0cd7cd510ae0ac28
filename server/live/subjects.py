"""What a page can follow: one alert, or the situation. Each is made once for all pages that see the same of it.

version   rises with each change; a page that stands one version behind is sent the change, any other the whole
"""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any

import structlog

from alerts.errors import TocsinError
from server.answers import Answers
from server.api.answers_types import AnswersAnswer, AnswersQuery, DeviceAnswerAnswer
from server.api.situation_types import SectionsAnswer, SituationAlertAnswer, SituationAnswer, SituationAreaAnswer
from server.api.types import time_of
from server.hub import Hub
from server.live.sections import Sections, read_sections
from server.live.view import View
from server.ops.silence import AREA_KINDS, SilenceWatch
from server.store import answers as answer_rows
from server.watch.situation import AreaCounts, Situation, Worst
from server.watch.watch import Watch

_logger = structlog.get_logger("server.live")

ANSWERS_EVERY_S = 1.0
ANSWERS_LOAD = 10
"""Answers are counted at most once a second, and so seldom that it takes no more than a tenth of the time."""
LATEST_ANSWERS = 20
SECTIONS_EVERY_S = 5.0
AREAS_MAX = 1000

ALERT, SITUATION = "alert", "situation"


class Subject(ABC):
    """One of them. Lives on the event loop."""

    def __init__(self, said: object) -> None:
        """`said`: how messages name it."""
        self._said = said
        self.version = 0
        self.change: str | None = None
        """What leads from the version before to this one; None: only the whole does."""
        self.stirs: set[asyncio.Event] = set()
        """One of each page that follows: set at each change."""
        self.used_at = 0.0
        self.telling = asyncio.Lock()
        self._whole: tuple[int, str] | None = None

    @abstractmethod
    async def begin(self) -> None:
        """Follow the watch. Raises UnknownAlertError, StoreError."""

    @abstractmethod
    def end(self) -> None:
        """Follow no more."""

    @abstractmethod
    async def tell(self) -> None:
        """Make a version of what has changed, if anything has. Raises StoreError."""

    @abstractmethod
    def _state(self) -> dict[str, Any]:
        """The whole, as JSON."""

    @property
    @abstractmethod
    def now(self) -> int:
        """The hub's time."""

    def whole(self) -> str:
        """The message with the whole, made once a version."""
        if self._whole is None or self._whole[0] != self.version:
            self._whole = self.version, self._message("snapshot", self._state())
        return self._whole[1]

    def _advance(self, change: dict[str, Any] | None) -> None:
        self.version += 1
        self.change = None if change is None else self._message("change", change)
        for stir in self.stirs:
            stir.set()

    def _message(self, kind: str, members: dict[str, Any]) -> str:
        said = {"type": kind, "subject": self._said, "at": time_of(self.now), **members}
        return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


class AlertSubject(Subject):
    """One alert."""

    def __init__(self, hub: Hub, watch: Watch, number: int, identifier: str, bound: tuple[str, ...]) -> None:
        super().__init__({"alert": number})
        self._hub, self._watch = hub, watch
        self._identifier = identifier
        self._bound = bound
        self.view = View(number, bound)
        self._answers: dict[str, Any] | None = None
        self._new_answers: dict[str, Any] | None = None
        self._counted_at = self._count_after_s = 0.0
        self._answered = -1
        self._counting: asyncio.Task[None] | None = None
        self._names: dict[str, str] = {}

    @property
    def now(self) -> int:
        """The hub's time."""
        return self._hub.now()

    async def begin(self) -> None:
        """Follow the alert, and count its answers."""
        await self._watch.follow(self.view, self.view.number)
        try:
            if self._asks:
                self._answered = self._watch.boards[self.view.number].answers
                await self._count()
                self._answers, self._new_answers = self._new_answers, None
        except BaseException:
            self.end()
            raise
        self._names = self._watch.names
        self.view.told(self.now)

    def end(self) -> None:
        """Follow no more."""
        self._watch.leave(self.view, self.view.number)
        if self._counting is not None:
            self._counting.cancel()

    @property
    def _asks(self) -> bool:
        return self.view.board is not None and self.view.board.loaded.asks

    def _state(self) -> dict[str, Any]:
        return {**self.view.snapshot(self._identifier, self._watch.names, self.now), "answers": self._answers}

    async def tell(self) -> None:
        """A version, if something has changed."""
        self._count_if_due()
        if self.view.board is None:
            return
        if not self.view.is_whole or self._names is not self._watch.names:
            self._names = self._watch.names
            self._answers, self._new_answers = self._new_answers or self._answers, None
            self.view.told(self.now)
            self._advance(None)
            return
        if not self.view.is_news and self._new_answers is None:
            return
        said = self.view.change(self._watch.names, self.now)
        if self._new_answers is not None:
            self._answers, self._new_answers = self._new_answers, None
            said["answers"] = self._answers
        self._advance(said)

    # -- answers ------------------------------------------------------------------------------------------------------

    def _count_if_due(self) -> None:
        board = self.view.board
        if board is None or not board.loaded.asks or board.answers == self._answered:
            return
        if self._counting is not None and not self._counting.done():
            return
        if self._hub.clock.monotonic() - self._counted_at < self._count_after_s:
            self._watch.wake()  # later
            return
        self._answered = board.answers
        self._counting = asyncio.get_running_loop().create_task(self._count_again())

    async def _count_again(self) -> None:
        try:
            await self._count()
        except TocsinError as error:
            self._answered = -1
            _logger.warning("the answers to an alert could not be counted", error=str(error))
        self._watch.wake()

    async def _count(self) -> None:
        began = self._hub.clock.monotonic()
        number = self.view.number
        found = await self._hub.read(lambda db: answer_rows.answers(db, number))
        said = await asyncio.to_thread(_answers_said, self._identifier, found, self._bound)
        self._new_answers = said
        self._counted_at = self._hub.clock.monotonic()
        self._count_after_s = max(ANSWERS_EVERY_S, ANSWERS_LOAD * (self._counted_at - began))


def _answers_said(identifier: str, found: Answers, bound: tuple[str, ...]) -> dict[str, Any]:
    """As `GET /v1/alerts/{identifier}/answers`, but of devices only those that answered last."""
    mine = found.within(bound) if bound else found
    said = AnswersAnswer.of(identifier, mine, AnswersQuery(limit=1)).model_dump(mode="json", by_alias=True)
    last = sorted(mine.devices, key=lambda one: (one.taken_at, one.device), reverse=True)[:LATEST_ANSWERS]
    said["devices"] = [DeviceAnswerAnswer.of(one).model_dump(mode="json", by_alias=True) for one in last]
    del said["next"]
    return said


class SituationSubject(Subject):
    """Everything in force, and every area."""

    def __init__(self, hub: Hub, watch: Watch, silence: SilenceWatch, bound: tuple[str, ...]) -> None:
        super().__init__(SITUATION)
        self._hub, self._watch, self._silence = hub, watch, silence
        self._bound = bound
        self.situation = Situation(bound, hub.areas_of, lambda number: number in watch.in_force)
        self._sections = Sections()
        self._sections_at = float("-inf")
        self._worst: dict[str, Worst] = {}
        self._rows: dict[str, dict[str, Any]] = {}
        """The areas as they were last told."""
        self._areas_left_off = 0
        self._names: dict[str, str] = {}

    @property
    def now(self) -> int:
        """The hub's time."""
        return self._hub.now()

    async def begin(self) -> None:
        """Follow all."""
        await self._watch.follow(self.situation)
        try:
            self.situation.changed_alerts.clear()
            await self._settle()
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """Follow no more."""
        self._watch.leave(self.situation)

    async def tell(self) -> None:
        """A version, if something has changed."""
        numbers, before = set(self.situation.changed_alerts), self._sections
        rows = await self._settle()
        self.situation.changed_alerts -= numbers
        sections = self._sections != before
        if not (numbers or rows or sections):
            return
        alerts = self.situation.alerts
        said: dict[str, Any] = {
            "alerts": [_alert_said(alerts[number]) for number in sorted(numbers) if number in alerts],
            "alerts_gone": sorted(number for number in numbers if number not in alerts),
            "alerts_left_off": self._watch.left_off,
            "areas": [row for row in rows.values() if row is not None],
            "areas_gone": [code for code, row in rows.items() if row is None],
            "areas_left_off": self._areas_left_off,
        }
        if sections:
            said |= SectionsAnswer.of(self._sections).model_dump(mode="json", by_alias=True)
        self._advance(said)

    async def _settle(self) -> dict[str, dict[str, Any] | None]:
        """Bring everything up to date; the rows of areas that are other than before (None: gone)."""
        is_anew = await self._read_sections()
        situation = self.situation
        has_room = len(self._worst) < AREAS_MAX
        is_renamed, self._names = self._names is not self._watch.names, self._watch.names
        if (
            situation.is_other
            or is_anew
            or is_renamed
            or (has_room and not situation.changed_areas <= set(self._worst))
        ):
            situation.is_other = False
            codes = sorted(situation.visible_codes(self._watch.names), key=_by_level)
            self._areas_left_off = max(0, len(codes) - AREAS_MAX)
            self._worst = await asyncio.to_thread(situation.worst, codes[:AREAS_MAX])
            changed: Iterable[str] = {*self._worst, *self._rows}
        else:
            changed = [code for code in situation.changed_areas if code in self._worst]
        situation.changed_areas.clear()
        silent = {one.name for one in self._sections.silent if one.kind in AREA_KINDS}
        rows: dict[str, dict[str, Any] | None] = {}
        for code in changed:
            row = self._row(code, silent) if code in self._worst else None
            if row != self._rows.get(code):
                rows[code] = row
                if row is None:
                    del self._rows[code]
                else:
                    self._rows[code] = row
        return rows

    def _row(self, code: str, silent: set[str]) -> dict[str, Any]:
        counts = self.situation.areas.get(code, AreaCounts())
        said = SituationAreaAnswer.of(
            code, self._watch.names.get(code, ""), counts, self._worst[code], silent=code in silent
        )
        return said.model_dump(mode="json")

    async def _read_sections(self) -> bool:
        """Whether they were read, and are other than before."""
        clock = self._hub.clock.monotonic()
        if clock - self._sections_at < SECTIONS_EVERY_S:
            return False
        before = self._sections
        self._sections = await read_sections(self._hub, self._silence, self._bound)
        self._sections_at = clock
        return self._sections.silent != before.silent

    def answer(self) -> SituationAnswer:
        """For a single request, as it is now."""
        return SituationAnswer.model_validate({"at": time_of(self.now), **self._state()})

    def _state(self) -> dict[str, Any]:
        alerts = self.situation.alerts
        return {
            "alerts": [_alert_said(alerts[number]) for number in sorted(alerts)],
            "alerts_left_off": self._watch.left_off,
            "areas": sorted(self._rows.values(), key=lambda row: _by_level(row["area"])),
            "areas_left_off": self._areas_left_off,
            **SectionsAnswer.of(self._sections).model_dump(mode="json", by_alias=True),
        }


def _alert_said(row: Any) -> dict[str, Any]:
    return SituationAlertAnswer.of(row).model_dump(mode="json")


def _by_level(code: str) -> tuple[int, str]:
    return code.count("-"), code
