"""The hub's alerts as feeds that others read: Atom (RFC 4287) and RSS 2.0, each entry linked to the alert's own CAP.

Aggregators find the CAP by a link of the type application/cap+xml (in RSS, an enclosure); what the alert is about stands in
`cap:` elements beside it, so that they need not fetch what they do not want. An entry's id is made of the alert's identity and
is the same at every hub and after every restart. Pure: who may see what has been decided before.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import quote

from lxml import etree
from lxml.builder import ElementMaker

from alerts.cap.elements import NAMESPACE_1_2
from alerts.cap.model import Alert, Info

ATOM = "http://www.w3.org/2005/Atom"
CAP_TYPE = "application/cap+xml"
ENTRIES_MAX = 500
"""Alerts in a feed, the newest. More than a thousand are in force nowhere, and readers come every few minutes."""
SUMMARY_CHARS_MAX = 1000
TTL_MINUTES = 1

_IDS = uuid.UUID("6f1d6f1e-6f2c-5c3a-9d7b-2b1f0c9a7e55")
_atom = ElementMaker(namespace=ATOM, nsmap={None: ATOM, "cap": NAMESPACE_1_2})
_cap = ElementMaker(namespace=NAMESPACE_1_2, nsmap={"cap": NAMESPACE_1_2})
_rss = ElementMaker(nsmap={"atom": ATOM, "cap": NAMESPACE_1_2})
_atom_in_rss = ElementMaker(namespace=ATOM)


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What a feed says of itself. `base` is how others reach the hub, `path` where this feed is there, `log` what is the same for
    as long as the hub's log lives, `began_at` when it has changed if nothing is in it."""

    base: str
    path: str
    title: str
    log: str
    began_at: int

    @property
    def address(self) -> str:
        """Where the feed is."""
        return self.base + self.path


def entry_id(key: str) -> str:
    """What names an alert in every feed."""
    return uuid.uuid5(_IDS, f"alert {key}").urn


def feed_id(log: str, path: str) -> str:
    """What names a feed."""
    return uuid.uuid5(_IDS, f"feed {log} {path}").urn


def cap_path(key: str) -> str:
    """Where an alert's CAP is at the hub."""
    return f"/v1/feeds/alerts/{quote(key, safe='')}.xml"


def tag_of(*parts: bytes | str) -> str:
    """A short text that differs where these differ."""
    digest = hashlib.sha256()
    for part in parts:
        data = part if isinstance(part, bytes) else part.encode()
        digest.update(len(data).to_bytes(8) + data)
    return digest.hexdigest()[:32]


def make_atom(head: FeedHead, alerts: Iterable[Alert]) -> bytes:
    """A feed of these alerts, in their order."""
    listed = list(alerts)
    updated = max((alert.sent.seconds for alert in listed), default=head.began_at)
    feed = _atom.feed(
        _atom.id(feed_id(head.log, head.path)),
        _atom.title(head.title),
        _atom.updated(_rfc3339(updated)),
        _atom.link(rel="self", type="application/atom+xml", href=head.address),
        _atom.generator("Tocsin"),
    )
    feed.extend(_atom_entry(head, alert) for alert in listed)
    return _document(feed)


def _atom_entry(head: FeedHead, alert: Alert) -> etree._Element:
    info = _first(alert)
    entry: etree._Element = _atom.entry(
        _atom.id(entry_id(alert.key)),
        _atom.title(_title(alert)),
        _atom.updated(_rfc3339(alert.sent.seconds)),
        _atom.published(_rfc3339(alert.sent.seconds)),
        _atom.author(_atom.name((info.sender_name if info else None) or alert.sender)),
        _atom.link(rel="alternate", type=CAP_TYPE, href=head.base + cap_path(alert.key), title=alert.identifier),
        *(_atom.category(term=str(category)) for category in (info.category if info else ())),
    )
    if info and info.description:
        entry.append(_atom.summary(info.description[:SUMMARY_CHARS_MAX]))
    entry.extend(_cap_elements(alert))
    return entry


def make_rss(head: FeedHead, alerts: Iterable[Alert]) -> bytes:
    """As `make_atom`, in RSS 2.0."""
    listed = list(alerts)
    updated = max((alert.sent.seconds for alert in listed), default=head.began_at)
    channel = _rss.channel(
        _rss.title(head.title),
        _rss.link(head.base + "/"),
        _rss.description("Alerts in the Common Alerting Protocol (CAP 1.2)"),
        _atom_in_rss.link(rel="self", type="application/rss+xml", href=head.address),
        _rss.lastBuildDate(_rfc822(updated)),
        _rss.generator("Tocsin"),
        _rss.ttl(str(TTL_MINUTES)),
    )
    channel.extend(_rss_item(head, alert) for alert in listed)
    return _document(_rss.rss(channel, version="2.0"))


def _rss_item(head: FeedHead, alert: Alert) -> etree._Element:
    info, address = _first(alert), head.base + cap_path(alert.key)
    item: etree._Element = _rss.item(
        _rss.title(_title(alert)),
        _rss.link(address),
        _rss.guid(entry_id(alert.key), isPermaLink="false"),
        _rss.pubDate(_rfc822(alert.sent.seconds)),
        *(_rss.category(str(category)) for category in (info.category if info else ())),
        # RSS wants a length, and a signature is made only when somebody fetches the alert
        _rss.enclosure(url=address, type=CAP_TYPE, length="0"),
    )
    if info and info.description:
        item.append(_rss.description(info.description[:SUMMARY_CHARS_MAX]))
    item.extend(_cap_elements(alert))
    return item


def _cap_elements(alert: Alert) -> Iterator[etree._Element]:
    """What the alert is about, as far as one line each tells it."""
    info = _first(alert)
    said: list[tuple[str, object]] = [
        *(("identifier", alert.identifier), ("sender", alert.sender), ("sent", alert.sent), ("status", alert.status)),
        *(("msgType", alert.msg_type), ("scope", alert.scope)),
    ]
    if alert.references:
        said.append(("references", alert.references))
    if info:
        said += [("category", category) for category in info.category]
        said += [
            ("event", info.event),
            ("urgency", info.urgency),
            ("severity", alert.severity),
            ("certainty", info.certainty),
        ]
        said += [("expires", info.expires)] if info.expires else []
        said += [("areaDesc", area.area_desc) for area in info.area]
    return (_cap(name, str(value)) for name, value in said)


def _first(alert: Alert) -> Info | None:
    return alert.info[0] if alert.info else None


def _title(alert: Alert) -> str:
    info = _first(alert)
    return (info.headline or info.event if info else None) or f"{alert.msg_type} {alert.identifier}"


def _document(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True))


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 253_402_300_799), UTC)


def _rfc3339(seconds: int) -> str:
    return _moment(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rfc822(seconds: int) -> str:
    return format_datetime(_moment(seconds), usegmt=True)
