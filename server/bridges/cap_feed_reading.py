"""Bytes of a feed → its entries: Atom, RSS 2.0 and 1.0, a CAP alert by itself, or any XML with CAP alerts inside (EDXL-DE).

    bytes ─▶ lxml: no DOCTYPE, bounded ─▶ CAP that stands in an entry, taken out as it is
                                        └▶ what is left of the feed ─▶ feedparser: ids, times, links

Feedparser is given only the few elements that it is asked about: it is written for feeds of any kind, and slow for those that
carry whole alerts. A feed that is no XML (stray HTML entities are common) is given to it whole, for its links. Nothing is
fetched here.
"""

from __future__ import annotations

import calendar
import copy
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser
from lxml import etree

from alerts.cap.from_xml import VERSIONS, parse_document
from alerts.errors import InvalidAlertError, TocsinError

FEED_BYTES_MAX = 8 * 1024 * 1024
"""Feeds that carry their alerts inside have some megabytes where a whole continent is in them."""
ENTRIES_MAX = 2000
"""Entries of one feed that are looked at, from its top."""
SLOPPY_BYTES_MAX = 1024 * 1024
"""Bytes of a feed that is no XML: reading that takes long."""
LINKS_MAX = 3
"""Links of one entry that are tried, the likeliest first."""
ID_CHARS_MAX = 1000

CAP_TYPES = frozenset({"application/cap+xml", "application/common-alerting-protocol+xml"})
XML_TYPES = frozenset({"application/xml", "text/xml"})
_CAP_TAGS = tuple(f"{{{namespace}}}alert" for namespace in VERSIONS)
CAP_MARK = "urn:oasis:names:tc:emergency:cap:"
_KEPT = frozenset(
    {"id", "guid", "link", "title", "updated", "published", "issued", "modified", "pubDate", "date", "enclosure"}
)
_TEXTS = frozenset({"content", "description", "summary", "encoded"})
_HIDDEN_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class FeedError(TocsinError):
    """What came is no feed that can be read; the text says why."""


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One entry. `id` names it in its feed, and `version` changes when it does; `alerts` are those that stand in it, as XML,
    and `links` lead to the alert, the likeliest first, where none does."""

    id: str
    version: str
    title: str
    updated: int | None
    alerts: tuple[bytes, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FeedReading:
    """The entries of a feed, the oldest first, and what could not be read of it."""

    title: str
    entries: tuple[FeedEntry, ...]
    remarks: tuple[str, ...] = ()


def read_feed(data: bytes, address: str) -> FeedReading:
    """The entries of what was found at `address`. Raises FeedError."""
    try:
        root = parse_document(data, FEED_BYTES_MAX)
    except InvalidAlertError as error:
        if "not well-formed" in str(error):
            return _read_sloppily(data, address, str(error))
        raise FeedError(f"the feed {error.violations[0].problem}") from None
    entries = list(_entries_of(root))
    if entries or _local(root) in ("feed", "rss", "RDF"):
        return _read_entries(root, entries, address)
    alerts = [_document(alert) for alert in root.iter(*_CAP_TAGS)]
    if root.tag in _CAP_TAGS:
        alerts = [data]
    if not alerts:
        raise FeedError(f"this is <{_local(root)}>, neither a feed (Atom, RSS) nor CAP")
    return _in_order([_entry("", "", "", None, (alert,), ()) for alert in alerts], "", len(alerts))


# -- XML --------------------------------------------------------------------------------------------------------------


def _entries_of(root: etree._Element) -> Iterator[etree._Element]:
    """Atom: feed/entry; RSS 2.0: rss/channel/item; RSS 1.0: RDF/item."""
    for child in root:
        if _local(child) in ("entry", "item"):
            yield child
        elif _local(root) == "rss" and _local(child) == "channel":
            yield from (item for item in child if _local(item) == "item")


def _read_entries(root: etree._Element, elements: list[etree._Element], address: str) -> FeedReading:
    inside = [(_id_of(element), _alerts_in(element)) for element in elements[:ENTRIES_MAX]]
    _strip(root, elements)
    parsed = _parsed(etree.tostring(root), address)
    if len(parsed.entries) != len(inside):
        raise FeedError(f"{len(inside)} entries were found, and {len(parsed.entries)} of them can be read")
    entries = [_of_parsed(one, id, alerts, address) for one, (id, alerts) in zip(parsed.entries, inside, strict=True)]
    return _in_order(entries, _text(parsed.feed.get("title")), len(elements))


def _id_of(element: etree._Element) -> str:
    """As it is written: feedparser would take it for a link, and complete it."""
    return next((_text(child.text) for child in element if _local(child) in ("id", "guid")), "")


def _alerts_in(element: etree._Element) -> tuple[bytes, ...]:
    """CAP in an entry: as elements, or as text that is XML."""
    found = [_document(alert) for alert in element.iter(*_CAP_TAGS)]
    for child in element:
        if not found and _local(child) in _TEXTS and CAP_MARK in (child.text or ""):
            found += _alerts_in_text(child.text or "")
    return tuple(found)


def _alerts_in_text(text: str) -> list[bytes]:
    data = re.sub(r"^<\?xml[^>]*\?>", "", text.strip()).encode()
    try:
        root = parse_document(data)
    except InvalidAlertError:
        return []
    return [data] if root.tag in _CAP_TAGS else [_document(alert) for alert in root.iter(*_CAP_TAGS)]


def _document(alert: etree._Element) -> bytes:
    alone = copy.deepcopy(alert)
    alone.tail = None
    made = etree.tostring(alone, encoding="UTF-8", xml_declaration=True)
    assert isinstance(made, bytes), "an encoding was given"
    return made


def _strip(root: etree._Element, elements: list[etree._Element]) -> None:
    """Leave of a feed what feedparser is asked about."""
    for element in elements[ENTRIES_MAX:]:
        parent = element.getparent()
        assert parent is not None, "an entry stands in a feed"
        parent.remove(element)
    for element in elements[:ENTRIES_MAX]:
        for child in list(element):
            if _local(child) == "content" and child.get("src"):
                _empty(child)
            elif _local(child) not in _KEPT:
                element.remove(child)


def _empty(element: etree._Element) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname


# -- feedparser -------------------------------------------------------------------------------------------------------


def _parsed(data: bytes, address: str) -> Any:
    # From text or bytes feedparser would open addresses and files.
    headers = {"content-location": address, "content-type": "application/xml"}
    try:
        return feedparser.parse(io.BytesIO(data), response_headers=headers, sanitize_html=False)
    except Exception as error:  # noqa: BLE001 - of its many parts any may fail, in its own way
        raise FeedError(f"the feed cannot be read: {error}") from None


def _read_sloppily(data: bytes, address: str, problem: str) -> FeedReading:
    """The links of what is no XML."""
    if _HIDDEN_DOCTYPE.search(data.replace(b"\0", b"")):
        raise FeedError("the feed has a DOCTYPE; no feed needs one, and it can hide attacks")
    if len(data) > SLOPPY_BYTES_MAX:
        raise FeedError(problem)
    parsed = _parsed(data, address)
    if not parsed.entries:
        raise FeedError(problem)
    entries = [_of_parsed(one, _text(one.get("id")), (), address) for one in parsed.entries[:ENTRIES_MAX]]
    reading = _in_order(entries, _text(parsed.feed.get("title")), len(parsed.entries))
    return FeedReading(reading.title, reading.entries, (f"{problem}; only its links were read", *reading.remarks))


def _of_parsed(parsed: Any, id: str, alerts: tuple[bytes, ...], address: str) -> FeedEntry:
    time = "updated" if "updated" in parsed else "published"
    moment = parsed.get(f"{time}_parsed")
    updated = None if moment is None else calendar.timegm(moment)
    links = () if alerts else tuple(_links_of(parsed, address))[:LINKS_MAX]
    return _entry(id, _text(parsed.get(time)), _text(parsed.get("title")), updated, alerts, links)


def _links_of(parsed: Any, address: str) -> list[str]:
    """Where the entry's alert may be, the likeliest first; each once."""
    found = [(_text(link.get("href")), _type(link), _text(link.get("rel"))) for link in parsed.get("links", ())]
    found += [(_text(one["src"]), _type(one), "content") for one in parsed.get("content", ()) if one.get("src")]
    if parsed.get("link"):
        found.append((_text(parsed.link), "", "alternate"))
    ranked = []
    for order, (href, media_type, rel) in enumerate(found):
        link = _link_to_web(address, href)
        rank = None if link is None else _rank(urlsplit(link).path.lower(), media_type, rel)
        if rank is not None:
            ranked.append((rank, order, link))
    return list(dict.fromkeys(link for _, _, link in sorted(ranked) if link))


def _link_to_web(address: str, href: str) -> str | None:
    """A link, completed by the feed's address; None: it leads nowhere that is asked. (Feedparser completes what it knows to be a
    link, and a content's src is none to it.)"""
    try:
        link = urljoin(address, href)
        return link if href and urlsplit(link).scheme in ("http", "https") else None
    except ValueError:
        return None


def _rank(path: str, media_type: str, rel: str) -> int | None:
    """How likely a link leads to CAP, the smaller the likelier; None: it does not."""
    if media_type in CAP_TYPES:
        return 0
    if media_type in XML_TYPES and rel in ("enclosure", "content"):
        return 1
    if path.endswith((".cap", ".cap.xml")):
        return 2
    if media_type in XML_TYPES or path.endswith(".xml"):
        return 3
    # RSS and many Atom feeds of alerts link to the CAP as to any page; feedparser calls such a link text/html
    return 4 if rel == "alternate" else None


def _type(link: Any) -> str:
    return _text(link.get("type")).partition(";")[0].strip().lower()


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


# -- entries ----------------------------------------------------------------------------------------------------------


def _entry(
    id: str, said: str, title: str, updated: int | None, alerts: tuple[bytes, ...], links: tuple[str, ...]
) -> FeedEntry:
    digest = hashlib.sha256("\0".join((said, *links)).encode())
    for alert in alerts:
        digest.update(hashlib.sha256(alert).digest())
    version = digest.hexdigest()[:32]
    named = (id or (links[0] if links else "") or version)[:ID_CHARS_MAX]
    return FeedEntry(named, version, title[:ID_CHARS_MAX], updated, alerts, links)


def _in_order(entries: Iterable[FeedEntry], title: str, count: int) -> FeedReading:
    """Oldest first: by their times where all have one, else from the end of the feed on. Of two with one id the upper counts."""
    each = {entry.id: entry for entry in reversed(list(entries))}
    ordered = list(each.values())
    if all(entry.updated is not None for entry in ordered):
        ordered.sort(key=lambda entry: entry.updated or 0)
    more = (f"{count} entries; the first {ENTRIES_MAX} were read",) if count > ENTRIES_MAX else ()
    return FeedReading(title[:ID_CHARS_MAX], tuple(ordered), more)
