"""Another process holds a database; whoever needs it waits, says why, and goes on."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from netsim.faults.database_locked import DeviceDatabaseLocked, HubDatabaseLocked
from server.hub import Role
from tests.netsim.faults.story import Story
from tests.netsim.site.publishing import has, until_has
from tests.support.site import warning

pytestmark = pytest.mark.xdist_group("faults")


def test_a_hub_whose_database_is_held_refuses_in_words_and_takes_it_later(story: Story) -> None:
    fault = HubDatabaseLocked()
    story.begin(fault)
    body = {"alert": warning("refused-while-locked"), "audience": {"everyone": True}}
    answer = story.site.hub.ask("POST", "/v1/alerts", role=Role.PUBLISHER, body=body)
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
