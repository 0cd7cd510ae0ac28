"""Kill -9 of a hub while it reads a feed: every alert in it is published, once, and each has its outcome."""

from __future__ import annotations

import os
import random
import threading
from pathlib import Path

import pytest

from tests.support.cap_feeds import atom, cap, entry
from tests.support.hub_child import HubChild, hub_child
from tests.support.other_server import Exchange, OtherServer, Route, answer, other_server
from tests.support.seeds import new_seed
from tests.support.waiting import wait_until

ALERTS = 12
KILLED_AT = (3, 7)


def test_every_alert_is_published_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(int(os.environ.get("TOCSIN_KILL_SEED") or new_seed()))
    monkeypatch.setenv("TOCSIN_HUB_OUTBOUND_NETWORKS", '["127.0.0.1/32"]')
    with other_server() as server, hub_child(tmp_path / "hub") as hub:
        _serve(server, hub, chance)
        body = {
            "name": "met",
            "address": f"{server.address}/feed.atom",
            "policy": "pass",
            "audience": {"everyone": True},
        }
        hub.ask("POST", "/v1/feeds-in", json=body).raise_for_status()
        for _ in KILLED_AT:
            wait_until(lambda: not hub.is_running(), "the hub is killed")
            hub.start()
        wait_until(lambda: _counts(hub) == {"published": ALERTS}, "every alert has its outcome")
        published = [alert["identifier"] for alert in hub.ask("GET", "/v1/alerts").json()["alerts"]]
        items = hub.ask("GET", "/v1/feed-items").json()["items"]
        assert sorted(published) == sorted(f"a-{number}" for number in range(ALERTS))
        assert sorted(item["number"] for item in items) == list(range(1, ALERTS + 1))


def _serve(server: OtherServer, hub: HubChild, chance: random.Random) -> None:
    listed = []
    for number in range(ALERTS):
        route = answer(cap(f"a-{number}", sent_ago_s=900 - number))
        server.routes[f"/{number}.cap"] = (
            _killing(route, hub, chance.uniform(0, 0.05)) if number in KILLED_AT else route
        )
        listed.append(entry(str(number)))
    server.routes["/feed.atom"] = answer(atom(*reversed(listed)))


def _killing(route: Route, hub: HubChild, after_s: float) -> Route:
    """Answer, and kill whoever asked for the first time a moment later: before or after the alert is published or its outcome
    is written."""
    killed = threading.Event()

    def once(exchange: Exchange) -> None:
        if not killed.is_set():
            killed.set()
            threading.Timer(after_s, hub.kill).start()
        route(exchange)

    return once


def _counts(hub: HubChild) -> dict[str, int]:
    counts: dict[str, int] = hub.ask("GET", "/v1/feeds-in/met").json()["counts"]
    return counts
