from __future__ import annotations

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from server import service
from server.service import Services


class Counting:
    """A service that fails the first times, then works until it is cancelled."""

    def __init__(self, name: str, failures: int, ended: list[str]) -> None:
        self.name = name
        self.failures = failures
        self.runs = 0
        self.works = asyncio.Event()
        self._ended = ended

    async def run(self) -> None:
        self.runs += 1
        if self.runs <= self.failures:
            raise RuntimeError(f"failure {self.runs}")
        self.works.set()
        try:
            await asyncio.Event().wait()
        finally:
            self._ended.append(self.name)


def test_a_service_that_fails_is_begun_again_and_all_end_in_reverse_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PAUSE_S", 0.001)

    async def scene() -> tuple[list[str], list[int], Any]:
        ended: list[str] = []
        ones = [Counting("first", 0, ended), Counting("second", 3, ended)]
        services = Services(ones)
        with capture_logs() as logs:
            services.start()
            await asyncio.gather(*(one.works.wait() for one in ones))
            await services.stop()
        return ended, [one.runs for one in ones], logs

    ended, runs, logs = asyncio.run(scene())
    assert (ended, runs) == (["second", "first"], [1, 4])
    assert [log["service"] for log in logs] == ["second"] * 3
