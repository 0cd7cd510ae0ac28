"""When a hub trains by itself, and that it does so without standing in anybody's way."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest
import structlog

from server.dictionary.self_training import FIRST_LOOK_S, LOOK_EVERY_S, SelfTraining
from server.store import dictionaries
from tests.support.stores import EVERYONE, NOON, PUBLISHER, SetClock, fresh_database, make_alert, opened_hub
from tests.support.waiting import until

FEW = 3


@pytest.fixture(autouse=True)
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dictionaries, "ALERTS_MIN", FEW)


async def look(training: SelfTraining, *, is_training: bool) -> None:
    """Look, and see whether it has begun."""
    await training.look()
    assert training.is_training is is_training


def test_it_is_due_with_enough_alerts_grown_by_half_and_a_day_later(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        for count, at, now, due in (
            (2, 0, NOON, False),
            (3, 0, NOON, True),
            (3, NOON, NOON + 90_000, True),
            (3, NOON, NOON + 80_000, False),
        ):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(dictionaries, "alerts", lambda _, count=count: count)
                dictionaries.note_training(db, 2 if at else 0, at)
                assert dictionaries.is_training_due(db, now) is due, (count, at, now)
        dictionaries.note_training(db, 1000, NOON)
        assert not dictionaries.is_training_due(db, NOON + 90_000)


def test_it_trains_in_another_process_and_only_when_it_is_time(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            training = SelfTraining(hub)
            for number in range(FEW):
                await hub.publish(make_alert(f"a{number}"), EVERYONE, by=PUBLISHER)
            with structlog.testing.capture_logs() as said:
                await look(training, is_training=False)  # a hub that has just started has others to serve
                clock.pass_seconds(FIRST_LOOK_S)
                await look(training, is_training=True)
                await until(lambda: not training.is_training, "it has trained")
            assert "nothing trained: 3 alerts" in said[-1].get("outcome", ""), said
            assert not await hub.is_training_due()
            clock.pass_seconds(LOOK_EVERY_S)
            await look(training, is_training=False)

    asyncio.run(run())


def test_a_hub_that_stops_gives_it_up(tmp_path: Path) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            training = SelfTraining(hub)
            for number in range(FEW):
                await hub.publish(make_alert(f"a{number}"), EVERYONE, by=PUBLISHER)
            clock.pass_seconds(FIRST_LOOK_S)
            await look(training, is_training=True)
            await training.stop()
            assert not training.is_training

    asyncio.run(run())


def test_one_that_fails_is_told_and_harms_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        clock = SetClock()
        async with opened_hub(tmp_path, clock) as hub:
            training = SelfTraining(hub)
            for number in range(FEW):
                await hub.publish(make_alert(f"a{number}"), EVERYONE, by=PUBLISHER)
            clock.pass_seconds(FIRST_LOOK_S)
            monkeypatch.setattr(sys, "executable", str(tmp_path / "no-such-python"))
            with structlog.testing.capture_logs() as said:
                await training.look()
                await until(lambda: not training.is_training, "it has failed")
            assert said[-1]["event"] == "the dictionary cannot be trained"

    asyncio.run(run())
