"""Two hubs that read each other's feeds: each alert is at each of them once, and nothing goes round."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from alerts.cap.from_xml import from_xml
from server.hub import Role
from tests.support.cap_feeds import cap
from tests.support.hub import RunningHub, running_hub
from tests.support.signing_keys import make_identity

NORTH = make_identity("North")
HEADERS = {"Content-Type": "application/cap+xml"}


@pytest.fixture
def hubs(tmp_path: Path) -> Iterator[tuple[RunningHub, RunningHub]]:
    """North is open to everybody and signs; South asks for a token."""
    key, certificate = NORTH.save(tmp_path)
    public: dict[str, Any] = {"public_feeds": True, "signing_key": key, "signing_cert": certificate}
    local: dict[str, Any] = {"outbound_networks": ("127.0.0.1/32",)}
    with running_hub(tmp_path / "north", **public, **local) as north, running_hub(tmp_path / "south", **local) as south:
        reads(north, south, authorization=f"Bearer {south.tokens[Role.VIEWER]}")
        reads(south, north, signatures="require", trusted=NORTH.certificate)
        yield north, south


def reads(reader: RunningHub, source: RunningHub, **settings: object) -> None:
    body = {
        "name": "other",
        "address": f"{source.address}/v1/feeds/alerts.atom",
        "policy": "pass",
        "audience": {"everyone": True},
        "paused": True,
        **settings,
    }
    reader.ask("POST", "/v1/feeds-in", json=body).raise_for_status()


def publish(hub: RunningHub, xml: bytes) -> None:
    hub.ask("POST", "/v1/alerts?everyone=true", data=xml, headers=HEADERS).raise_for_status()


def exchange(*hubs: RunningHub, rounds: int = 3) -> None:
    for _ in range(rounds):
        for hub in hubs:
            told = hub.ask("POST", "/v1/feeds-in/other/poll").json()
            assert told["failures"] == 0, told["problem"]


def published(hub: RunningHub) -> list[str]:
    return [alert["identifier"] for alert in hub.ask("GET", "/v1/alerts").json()["alerts"]]


def in_force(hub: RunningHub) -> list[str]:
    return [alert["identifier"] for alert in hub.ask("GET", "/v1/alerts?in_force=true").json()["alerts"]]


def outcomes(hub: RunningHub) -> dict[str, str]:
    items = hub.ask("GET", "/v1/feed-items").json()["items"]
    assert len({item["identifier"] for item in items}) == len(items), "an alert has one row"
    return {item["identifier"]: item["outcome"] for item in items}


def test_each_alert_is_at_each_hub_once(hubs: tuple[RunningHub, RunningHub]) -> None:
    north, south = hubs
    publish(north, cap("north-1", sent_ago_s=900))
    publish(south, cap("south-1", sent_ago_s=900))
    exchange(north, south)
    # what north had from south is not signed by north, and south asks for that; it has it anyway
    assert sorted(published(north)) == sorted(published(south)) == ["north-1", "south-1"]
    assert outcomes(north) == {"south-1": "published", "north-1": "own"}
    assert outcomes(south) == {"north-1": "published", "south-1": "own"}
    before = north.hub.log.head, south.hub.log.head
    exchange(north, south)
    assert (north.hub.log.head, south.hub.log.head) == before


def test_updates_and_cancels_follow_their_alert(hubs: tuple[RunningHub, RunningHub]) -> None:
    north, south = hubs
    publish(north, cap("n-1", sent_ago_s=900))
    exchange(north, south)
    publish(north, cap("n-2", sent_ago_s=800, replaces=["n-1"], info={"severity": "Minor"}))
    publish(north, cap("n-3", sent_ago_s=700, replaces=["n-2"]))
    exchange(north, south)
    assert in_force(north) == in_force(south) == ["n-3"]
    north.ask("POST", "/v1/alerts/n-3/cancel", json={}).raise_for_status()
    exchange(north, south)
    assert in_force(north) == in_force(south) == []
    assert len(published(north)) == len(published(south)) == 4


def test_a_signature_travels_on(hubs: tuple[RunningHub, RunningHub]) -> None:
    north, south = hubs
    publish(north, cap("signed-1"))
    exchange(south)
    said = south.ask("GET", "/v1/feed-items").json()["items"][0]
    assert (said["outcome"], said["signature"]) == ("published", "valid")
    key = f"{from_xml(cap('signed-1')).alert.sender},signed-1"
    at_north = north.ask("GET", f"/v1/feeds/alerts/{key}.xml", role=None).content
    assert south.ask("GET", f"/v1/feeds/alerts/{key}.xml").content == at_north
    assert b"SignatureValue" in at_north
