"""A webhook of a hub that is killed again and again: everything arrives, in order, and what comes twice has the same id."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from tests.support.hub_child import HubChild, hub_child
from tests.support.other_server import Exchange, answer, other_server
from tests.support.site import warning
from tests.support.waiting import wait_until

ALERTS, KILLS_MAX = 12, 3


def publish(hub: HubChild, number: int) -> int:
    body = {"alert": warning(f"a{number}"), "audience": {"everyone": True}}
    response = hub.ask("POST", "/v1/alerts", json=body)
    assert response.status_code == 201, response.text
    return int(response.json()["number"])


def test_nothing_is_lost_and_doubles_can_be_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = random.randrange(1 << 30)
    print("seed", seed)  # noqa: T201
    chance = random.Random(seed)
    monkeypatch.setenv("TOCSIN_HUB_OUTBOUND_NETWORKS", '["127.0.0.1/32"]')
    with other_server() as server, hub_child(tmp_path / "hub") as hub:
        body = {"name": "ops", "url": f"{server.address}/busy", "kinds": ["alert.published"]}
        secret = hub.ask("POST", "/v1/webhooks", json=body).json()["secret"]
        numbers = [publish(hub, number) for number in range(ALERTS)]
        kills: list[int] = []

        def moody(exchange: Exchange) -> None:
            """Takes it; now and then the hub is killed before it can know that."""
            if len(kills) < KILLS_MAX and chance.random() < 0.4:
                kills.append(1)
                hub.kill()
            answer(b"")(exchange)

        def taken() -> list[tuple[str, int]]:
            asked = server.asked_for("/hook")
            return [(one.headers["Webhook-Id"], json.loads(one.body)["data"]["alert"]) for one in asked]

        def is_through() -> bool:
            return {number for _, number in taken()} == set(numbers)

        server.routes["/hook"] = moody
        assert hub.ask("PATCH", "/v1/webhooks/ops", json={"url": f"{server.address}/hook"}).status_code == 200
        while not is_through():
            wait_until(lambda: is_through() or not hub.is_running(), "it is killed, or is through")
            if not hub.is_running():
                hub.begin()
        found = taken()
        assert list(dict.fromkeys(number for _, number in found)) == numbers, "in order"
        assert len({message for message, _ in found}) == ALERTS, "one id for each event, however often it came"
        assert len(found) <= ALERTS + len(kills), "twice only what a kill left open"
        for asked in server.asked_for("/hook")[-3:]:
            Webhook(secret).verify(asked.body, dict(asked.headers))
