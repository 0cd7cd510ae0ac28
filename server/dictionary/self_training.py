"""When a hub trains by itself: there is enough to learn from, it has grown by half since the last time, and a day has passed."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from asyncio.subprocess import PIPE, Process

import structlog

from server.hub import Hub

FIRST_LOOK_S = 60.0
"""A hub that has just started has others to serve first."""

LOOK_EVERY_S = 600.0

_logger = structlog.get_logger(__name__)


class SelfTraining:
    """Lives on the event loop; the work is done in another process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._look_at = hub.clock.monotonic() + FIRST_LOOK_S
        self._task: asyncio.Task[None] | None = None

    async def look(self) -> None:
        """Begin to train, if it is time. Cheap where it is not. Raises StoreError; a later look tries again."""
        if self._hub.clock.monotonic() < self._look_at or self.is_training:
            return
        self._look_at = self._hub.clock.monotonic() + LOOK_EVERY_S
        if await self._hub.is_training_due():
            self._task = asyncio.get_running_loop().create_task(self._train())

    @property
    def is_training(self) -> bool:
        """Whether it trains now."""
        return self._task is not None and not self._task.done()

    async def _train(self) -> None:
        command = (sys.executable, "-m", "server.dictionary.by_itself", str(self._hub.database))
        try:
            process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
        except OSError as error:
            _logger.warning("the dictionary cannot be trained", error=str(error))
            return
        try:
            said, errors = await _said(process)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode == 0:
            _logger.info("a dictionary was trained", outcome=said)
        else:
            last = errors.splitlines()[-1] if errors else f"exit code {process.returncode}"
            _logger.warning("a dictionary could not be trained", error=last)

    async def stop(self) -> None:
        """The hub stops: give it up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])


async def _said(process: Process) -> tuple[str, str]:
    """What it said, when it has ended; its standard input stays open until then."""
    assert process.stdout is not None and process.stderr is not None, "both were asked for"
    said, errors = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    return said.decode(errors="replace").strip(), errors.decode(errors="replace").strip()
