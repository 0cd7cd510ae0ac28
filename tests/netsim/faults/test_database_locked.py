"""Another process holds a database; whoever needs it waits, says why, and goes on."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from client import Trouble
from netsim.faults.database_locked import DeviceDatabaseLocked, HubDatabaseLocked
from server.hub import Role
from tests.netsim.faults.short import ShortDevice, publish
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import has, until_has
from tests.support.hub import RunningHub, running_hub
from tests.support.site import warning
from tests.support.waiting import until

pytestmark = pytest.mark.xdist_group("faults")


def test_a_hub_whose_database_is_held_refuses_in_words_and_takes_it_later(story: Story) -> None:
    fault = HubDatabaseLocked()
    story.begin(fault)
    body = {"alert": warning("refused-while-locked"), "audience": {"everyone": True}}
    answer = story.site.hub.ask("POST", "/v1/alerts", role=Role.AUTHOR, body=body)
    assert answer.status == 503
    assert "another program holds the database" in answer.body["detail"]
    assert story.site.hub.ask("GET", "/v1/alerts").status == 200
    story.end(fault)
    story.ends_well()


def test_a_device_whose_store_is_held_has_everything_afterwards(story: Story) -> None:
    fault = DeviceDatabaseLocked()
    story.begin(fault)
    with closing(sqlite3.connect(story.target.database, timeout=0)) as db, pytest.raises(sqlite3.OperationalError):
        db.execute("BEGIN IMMEDIATE")
    key = story.publish()
    until_has(story.other, key)
    assert not has(story.target, key)
    story.end(fault)
    story.ends_well()


def test_a_store_that_is_held_for_long_is_named_as_the_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("client.store.database.BUSY_SECONDS", 0.2)
    with running_hub(tmp_path / "hub") as hub:
        asyncio.run(_through_a_long_lock(ShortDevice(tmp_path / "nyota"), hub))


async def _through_a_long_lock(device: ShortDevice, hub: RunningHub) -> None:
    fault = DeviceDatabaseLocked()
    target: Any = device
    await device.join(hub.address, hub.do(hub.hub.make_enrolment_code()), ("en",))
    await device.start()
    try:
        await until(device.is_connected, "it is connected")
        fault.begin(target, target, random.Random(1))
        await asyncio.to_thread(publish, hub, "meanwhile")
        await until(lambda: Trouble.STORE in device.troubles(), "it cannot keep what comes")
        assert "locked" in device.client.connection.words
        fault.end(target, target)
        await until(lambda: device.connect_soon() and device.arrivals()["meanwhile"] == 1, "what came is kept")
        assert device.arrivals() == Counter(["meanwhile"])
    finally:
        fault.end(target, target)
        await device.stop()
