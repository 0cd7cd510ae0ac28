"""Work that a hub does beside answering: each a service of its own, begun again after a failure, ended in order at the stop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

_logger = structlog.get_logger("server.service")

PAUSE_S = 1.0
PAUSE_S_MAX = 60.0
"""Between a failure and the next beginning, in seconds: doubled each time, and short again after a run that lasted longer."""


class Service(Protocol):
    """Something that runs for as long as the hub does."""

    @property
    def name(self) -> str:
        """How the log calls it."""
        ...

    async def run(self) -> None:
        """Work until cancelled. What must survive stands in the store: a run begins from there, whatever ended the one before."""
        ...


class Services:
    """The services of one hub."""

    def __init__(self, services: Sequence[Service]) -> None:
        self._services = services
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin all, in their order."""
        self._tasks = [asyncio.create_task(_supervised(one), name=one.name) for one in self._services]

    async def stop(self) -> None:
        """End all, the last first; each has ended before the next is told."""
        tasks, self._tasks = self._tasks, []
        for task in reversed(tasks):
            task.cancel()
            await asyncio.wait([task])


async def _supervised(service: Service) -> None:
    loop, pause_s = asyncio.get_running_loop(), PAUSE_S
    while True:
        began = loop.time()
        try:
            await service.run()
            _logger.error("a service ended by itself", service=service.name)
        except Exception:
            _logger.exception("a service failed, and is begun again", service=service.name)
        if loop.time() - began > PAUSE_S_MAX:
            pause_s = PAUSE_S
        await asyncio.sleep(pause_s)
        pause_s = min(2 * pause_s, PAUSE_S_MAX)
