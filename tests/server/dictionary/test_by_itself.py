"""A hub trains by itself: what is worth it is in use, what is not leaves everything as it was, and both are noted."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from alerts.dictionary.shipped import shipped
from server.dictionary.by_itself import train
from server.store import dictionaries
from tests.support.history import history
from tests.support.stores import EVERYONE, NOON, PUBLISHER, SetClock, fresh_database, opened_hub

SIZES = (16 * 1024,)
DAY_S = 86_400


def fill(folder: Path, count: int, *, days: int) -> None:
    """A hub that has sent so many alerts in so many days before NOON."""

    async def run() -> None:
        clock = SetClock(NOON - days * DAY_S)
        async with opened_hub(folder, clock) as hub:
            beginning = datetime.fromtimestamp(clock.wall, UTC)
            for alert in history(count, days=days, beginning=beginning):
                await hub.publish(alert, EVERYONE, by=PUBLISHER)
                clock.pass_seconds(days * DAY_S / count)

    asyncio.run(run())


def test_what_is_worth_it_is_in_use_and_a_second_one_no_better_is_not(tmp_path: Path) -> None:
    fill(tmp_path, 120, days=4)
    assert "is in use instead of the one that ships" in train(tmp_path / "hub.sqlite", NOON, SIZES)
    with fresh_database(tmp_path) as db:
        in_use = dictionaries.in_use(db)
        assert in_use != shipped().address
        assert dictionaries.last_training(db) == (NOON, 120)
    assert "the one in use stays" in train(tmp_path / "hub.sqlite", NOON + DAY_S, SIZES)
    with fresh_database(tmp_path) as db:
        assert dictionaries.in_use(db) == in_use
        assert dictionaries.last_training(db) == (NOON + DAY_S, 120)


def test_what_is_not_earned_back_in_time_is_not_put_in_use(tmp_path: Path) -> None:
    fill(tmp_path, 60, days=400)
    assert "not earned back in 60 days" in train(tmp_path / "hub.sqlite", NOON, SIZES)
    with fresh_database(tmp_path) as db:
        assert dictionaries.in_use(db) == shipped().address


def test_too_little_is_noted_too(tmp_path: Path) -> None:
    fill(tmp_path, 3, days=1)
    assert train(tmp_path / "hub.sqlite", NOON, SIZES).startswith("nothing trained: 3 alerts")
    with fresh_database(tmp_path) as db:
        assert dictionaries.last_training(db) == (NOON, 3)


def test_it_ends_with_its_hub(tmp_path: Path) -> None:
    fill(tmp_path, 60, days=4)
    command = [sys.executable, "-m", "server.dictionary.by_itself", str(tmp_path / "hub.sqlite")]
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
    assert ended.returncode == 1 and ended.stdout == b""
