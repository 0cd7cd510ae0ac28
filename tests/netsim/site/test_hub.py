"""The hub's lives, its copies, and its clock."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from netsim.site.api import SilentError
from netsim.site.site import Site
from tests.netsim.site.publishing import publish
from tests.support.waiting import wait_until

pytestmark = pytest.mark.xdist_group("site")


def test_what_it_answered_survives_a_kill(running: Site) -> None:
    publish(running, "before-the-kill")
    running.hub.kill()
    assert not running.hub.is_running and running.hub.pid is None
    with pytest.raises(SilentError):
        running.hub.ask("GET", "/healthz")
    running.hub.start()
    assert running.hub.ask("GET", "/v1/alerts/before-the-kill").status == 200


def test_a_restored_copy_takes_the_place_and_what_it_replaced_is_kept(running: Site) -> None:
    copy = running.hub.backup()
    publish(running, "after-the-copy")
    running.hub.restore(copy)
    running.hub.until_listening()
    assert running.hub.ask("GET", "/v1/alerts/after-the-copy").status == 404
    replaced = running.hub.restored[-1].replaced
    with closing(sqlite3.connect(f"file:{replaced}?mode=ro", uri=True)) as db:
        found = db.execute("SELECT count(*) FROM alert_entry WHERE identifier = 'after-the-copy'").fetchone()
    assert found == (1,)


def test_its_clock_can_be_set_while_it_runs_and_stays_so(running: Site) -> None:
    def published_at() -> str:
        return str(running.hub.said("GET", "/v1/alerts/in-another-year", 200)["alert"]["sent"])

    running.hub.set_clock(5 * 366 * 86_400)
    wait_until(lambda: "the clock was set" in running.hub.log.read_text(), "the hub has seen the step")
    publish(running, "in-another-year")
    year = published_at()[:4]
    assert int(year) >= 2030
    running.hub.kill()
    running.hub.start()
    publish(running, "in-that-year-still")
