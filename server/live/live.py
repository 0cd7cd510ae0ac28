"""All that pages follow at a hub: each subject is made for the first page and shared with the next ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from alerts.errors import TocsinError
from server.api.problems import ProblemError
from server.hub import Hub
from server.live.subjects import SITUATION, AlertSubject, SituationSubject, Subject
from server.ops.silence import SilenceWatch
from server.watch.watch import Watch

_logger = structlog.get_logger("server.live")

SUBJECTS_MAX = 64
KEPT_S = 60.0
"""How long a subject is kept up to date that no page follows."""

Key = tuple[str, int, tuple[str, ...]]


class Live:
    """The subjects of one hub. Lives on the event loop."""

    def __init__(self, hub: Hub, watch: Watch, silence: SilenceWatch) -> None:
        self._hub, self._watch, self._silence = hub, watch, silence
        self._subjects: dict[Key, Subject] = {}
        self._making: dict[Key, asyncio.Task[Subject]] = {}
        watch.after_look = self.tell

    async def alert(self, number: int, identifier: str, bound: tuple[str, ...]) -> AlertSubject:
        """One alert. Raises UnknownAlertError, StoreError, ProblemError: too much is watched."""
        subject = await self._subject(
            ("alert", number, bound), AlertSubject(self._hub, self._watch, number, identifier, bound)
        )
        assert isinstance(subject, AlertSubject), "the key says so"
        return subject

    async def situation(self, bound: tuple[str, ...]) -> SituationSubject:
        """The situation. Raises StoreError, ProblemError: too much is watched."""
        subject = await self._subject(
            (SITUATION, 0, bound), SituationSubject(self._hub, self._watch, self._silence, bound)
        )
        assert isinstance(subject, SituationSubject), "the key says so"
        return subject

    async def _subject(self, key: Key, new: Subject) -> Subject:
        """The subject of this key: that which is there, or the new one."""
        found = self._subjects.get(key)
        if found is None:
            task = self._making.get(key)
            if task is None:
                task = self._making[key] = asyncio.get_running_loop().create_task(self._make(key, new))
                task.add_done_callback(lambda _: self._making.pop(key, None))
            found = await asyncio.shield(task)
        found.used_at = self._hub.clock.monotonic()
        return found

    async def _make(self, key: Key, new: Subject) -> Subject:
        if len(self._subjects) + len(self._making) > SUBJECTS_MAX:
            self._drop_unused(float("inf"))
        if len(self._subjects) + len(self._making) > SUBJECTS_MAX:
            words = f"{SUBJECTS_MAX} alerts and situations are watched at once, and no more can be"
            raise ProblemError("overloaded", words, headers={"Retry-After": "30"})
        await new.begin()
        new.used_at = self._hub.clock.monotonic()
        self._subjects[key] = new
        return new

    async def fresh(self, subject: Subject) -> None:
        """Take in everything that has happened, for somebody who asks once. Raises StoreError."""
        await self._hub.events.look()
        await self._watch.look()
        async with subject.telling:
            await subject.tell()

    async def tell(self) -> None:
        """Tell the pages what has changed."""
        self._drop_unused(self._hub.clock.monotonic() - KEPT_S)
        for subject in list(self._subjects.values()):
            try:
                async with subject.telling:
                    await subject.tell()
            except TocsinError as error:
                _logger.warning("what is watched could not be told", error=str(error))

    def _drop_unused(self, since: float) -> None:
        """End what no page follows and nobody has asked for since."""
        for key, subject in list(self._subjects.items()):
            if not subject.stirs and subject.used_at < since:
                subject.end()
                del self._subjects[key]

    @contextmanager
    def page(self, subject: Subject, stir: asyncio.Event) -> Iterator[None]:
        """A page follows; `stir` is set at each change."""
        subject.stirs.add(stir)
        try:
            yield
        finally:
            subject.stirs.discard(stir)
            subject.used_at = self._hub.clock.monotonic()
