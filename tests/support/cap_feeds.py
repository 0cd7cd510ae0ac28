"""Alerts and feeds of another service, as XML, written around now."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from alerts.cap.model import Alert
from alerts.cap.times import CapTime
from alerts.cap.to_xml import to_xml
from tests.support.cap_alerts import example
from tests.support.hub import RunningHub
from tests.support.other_server import OtherServer, Route, answer, conditional

SENDER = "met@elsewhere.example"
ATOM = "http://www.w3.org/2005/Atom"


def cap(
    identifier: str,
    *,
    sent_ago_s: int = 600,
    expires_in_s: int | None = 86_400,
    code: tuple[str, str] | None = ("P-code", "KE-047"),
    replaces: Iterable[str] = (),
    info: dict[str, Any] | None = None,
    has_info: bool = True,
    **changes: Any,
) -> bytes:
    """An alert of that service. `replaces` names identifiers of its own; `info` changes members of the info."""
    now = int(time.time())
    sent = str(CapTime(now - sent_ago_s))
    one = dict(example()["info"][0])
    one["area"] = [{"areaDesc": "Somewhere"} | ({"geocode": [_coded(*code)]} if code else {})]
    one["expires"] = None if expires_in_s is None else str(CapTime(now + expires_in_s))
    one |= info or {}
    changes["info"] = [{name: value for name, value in one.items() if value is not None}] if has_info else None
    triples = [f"{SENDER},{name},{CapTime(now - 7200)!s}" for name in replaces]
    if triples:
        changes.setdefault("references", " ".join(triples))
        changes.setdefault("msgType", "Update")
    return to_xml(Alert.from_json(example(identifier=identifier, sender=SENDER, sent=sent, **changes)))


def cancel(identifier: str, *replaces: str, **changes: Any) -> bytes:
    """A cancel of alerts of that service; it has no info."""
    return cap(identifier, replaces=replaces, msgType="Cancel", has_info=False, **changes)


def _coded(name: str, value: str) -> dict[str, str]:
    return {"valueName": name, "value": value}


def atom(*entries: str) -> bytes:
    """An Atom feed of these entries, the newest first."""
    inside = "".join(entries)
    return f'<feed xmlns="{ATOM}"><id>urn:x:feed</id><title>Elsewhere</title>{inside}</feed>'.encode()


def entry(
    name: str, link: str | None = None, *, inside: bytes | None = None, updated: str = "2026-03-01T08:00:00Z"
) -> str:
    """An entry that links to an alert or carries it."""
    leads = f'<link rel="alternate" type="application/cap+xml" href="{link or f"/{name}.cap"}"/>'
    carried = "" if inside is None else inside.decode().partition("?>")[2]
    content = f'<content type="application/cap+xml">{carried}</content>' if inside is not None else leads
    return f"<entry><id>urn:x:{name}</id><title>{name}</title><updated>{updated}</updated>{content}</entry>"


class Elsewhere:
    """A service with a feed, on a server, and a hub that reads it under the name `met`."""

    def __init__(self, server: OtherServer, hub: RunningHub) -> None:
        self.server = server
        self.hub = hub
        self.address = f"{server.address}/feed.atom"

    def lists(self, *names: str) -> None:
        """The feed lists entries with these names, the newest first."""
        self.publishes(atom(*(entry(name) for name in names)))

    def publishes(self, feed: bytes, etag: str | None = None) -> None:
        """The feed is this."""
        self.server.routes["/feed.atom"] = answer(feed) if etag is None else conditional(feed, etag)

    def has(self, name: str, alert: bytes | Route) -> None:
        """The alert of the entry with this name."""
        route = answer(alert, 200, Content_Type="application/cap+xml") if isinstance(alert, bytes) else alert
        self.server.routes[f"/{name}.cap"] = route

    def offers(self, **alerts: bytes | Route) -> None:
        """The feed lists these, the last one the newest, and they are there."""
        for name, alert in alerts.items():
            self.has(name, alert)
        self.lists(*reversed(alerts))

    def read(self, **settings: Any) -> None:
        """Have the hub read the feed, paused: a test says when it is asked."""
        settings = {"policy": "pass", "geocodes": {"P-code": ""}, "paused": True, **settings}
        body = {"name": "met", "address": self.address, **settings}
        said = self.hub.ask("POST", "/v1/feeds-in", json=body)
        assert said.status_code == 201, said.text

    def poll(self) -> dict[str, Any]:
        """Have the hub ask the feed, and wait; how the feed does."""
        said = self.hub.ask("POST", "/v1/feeds-in/met/poll")
        assert said.status_code == 200, said.text
        told: dict[str, Any] = said.json()
        return told

    def items(self, **query: Any) -> list[dict[str, Any]]:
        """What became of its alerts."""
        said = self.hub.ask("GET", "/v1/feed-items", params={"feed": "met", **query})
        assert said.status_code == 200, said.text
        found: list[dict[str, Any]] = said.json()["items"]
        return found

    def outcomes(self) -> dict[str, str]:
        """Name of the entry -> outcome."""
        return {item["entry"].rpartition(":")[2]: item["outcome"] for item in self.items()}

    def published(self) -> list[str]:
        """Identifiers of the alerts in the hub's log, in order."""
        return [one["identifier"] for one in self.hub.ask("GET", "/v1/alerts").json()["alerts"]]
