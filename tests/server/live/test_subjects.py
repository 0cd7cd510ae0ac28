"""Versions: a page that stands one behind gets the change, and both ways lead to the same situation."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

from server.hub import Hub
from server.live.live import Live
from server.watch.watch import Watch
from tests.server.live.test_live import with_live
from tests.support.stores import SetClock
from tests.support.watched import Happenings


def apply(page: dict[str, Any], change: dict[str, Any]) -> None:
    """As a page does it."""
    for rows, key, gone in (("alerts", "number", "alerts_gone"), ("areas", "area", "areas_gone")):
        found = {row[key]: row for row in page[rows]} | {row[key]: row for row in change[rows]}
        page[rows] = [row for name, row in found.items() if name not in change[gone]]
    for name in ("alerts_left_off", "areas_left_off", "silent", "waiting", "failures"):
        if name in change:
            page[name] = change[name]


def in_order(page: dict[str, Any]) -> dict[str, Any]:
    areas = sorted(page["areas"], key=lambda row: (row["area"].count("-"), row["area"]))
    rest = {name: value for name, value in page.items() if name not in ("type", "at", "alerts", "areas", "subject")}
    return {**rest, "alerts": sorted(page["alerts"], key=lambda row: row["number"]), "areas": areas}


def test_changes_of_the_situation_lead_from_one_whole_to_the_next(tmp_path: Path) -> None:
    async def work(hub: Hub, clock: SetClock, watch: Watch, live: Live) -> None:
        random = Random(5)
        happenings = Happenings(hub, clock, random)
        for _ in range(4):
            await happenings.enrol()
        for bound in ((), ("KE-1",)):
            subject = await live.situation(bound)
            page, told = json.loads(subject.whole()), subject.version
            for _ in range(12):
                await happenings.go_on()
                await hub.tick()
                await live.fresh(subject)
                assert subject.version in (told, told + 1)
                if subject.version > told:
                    assert subject.change is not None
                    apply(page, json.loads(subject.change))
                    told = subject.version
                assert in_order(page) == in_order(json.loads(subject.whole()))

    with_live(tmp_path, work)


def test_an_alert_that_ends_is_told_as_a_whole_anew(tmp_path: Path) -> None:
    async def work(hub: Hub, clock: SetClock, watch: Watch, live: Live) -> None:
        happenings = Happenings(hub, clock, Random(1))
        number = await happenings.publish()
        subject = await live.alert(number, "x", ())
        assert json.loads(subject.whole())["progress"]["ended_at"] is None
        clock.pass_seconds(11 * 3600)
        await live.fresh(subject)
        assert subject.change is None and subject.version == 1
        assert json.loads(subject.whole())["progress"]["ended_at"] is not None

    with_live(tmp_path, work)
