"""A fresh store in the place of the hub's, and the old one again."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from netsim.faults.log_replaced import LogReplaced, make_fresh
from server.desk import Desk
from server.hub import Role
from tests.netsim.faults.story import Story
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("faults")


def test_devices_keep_what_the_new_log_does_not_know_and_read_both(story: Story) -> None:
    before = story.keys[0]
    fault = LogReplaced()
    story.begin(fault)
    story.target.connect_now()
    story.other.connect_now()
    new = story.publish()
    story.until_all_have(new)
    wait_until(lambda: story.inbox(story.target)[before].is_unconfirmed, "the new log does not have it")
    assert story.inbox(story.target)[before].is_in_force

    story.end(fault)
    story.keys.remove(new)
    story.ends_well()
    wait_until(lambda: not story.inbox(story.target)[before].is_unconfirmed, "the old log has it")
    wait_until(lambda: story.inbox(story.target)[new].is_unconfirmed, "and not what the new one had")


def test_a_fresh_store_has_people_and_devices_and_no_alert(tmp_path: Path) -> None:
    with Desk(tmp_path / "hub") as desk:
        desk.make_token(Role.AUTHOR, "ministry")
        desk.import_areas([("KE", "Kenya")])
    old = tmp_path / "hub" / "hub.sqlite"
    with closing(sqlite3.connect(old)) as db, db:
        db.execute(
            "INSERT INTO device (device, name, areas, roles, token_hash, entry, enrolled_at, revoked_at)"
            " VALUES ('d-1', 'Nyota', '[\"KE\"]', '[]', x'01', 7, 5, NULL), ('d-2', 'Awa', '[]', '[]', x'02', 3, 5, 6)"
        )
    fresh = tmp_path / "fresh.sqlite"
    make_fresh(old, fresh, 77, 100)
    with closing(sqlite3.connect(fresh)) as db:
        assert db.execute("SELECT device, entry, revoked_at FROM device ORDER BY entry").fetchall() == [
            ("d-2", 1, 6),
            ("d-1", 2, None),
        ]
        assert db.execute("SELECT epoch, first FROM epoch").fetchall() == [(77, 1)]
        assert db.execute("SELECT name FROM token").fetchall() == [("ministry",)]
        assert db.execute("SELECT count(*) FROM alert_entry").fetchone() == (0,)
