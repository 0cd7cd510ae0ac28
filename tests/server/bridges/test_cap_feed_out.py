"""Feeds as readers see them: feedparser, and our own reading."""

from __future__ import annotations

import calendar
import io
from typing import Any

import feedparser
import pytest
from lxml import etree

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from netsim.workload import load_samples
from server.bridges.cap_feed_out import FeedHead, cap_path, entry_id, feed_id, make_atom, make_rss, tag_of
from server.bridges.cap_feed_reading import read_feed
from tests.support.cap_alerts import example

BASE = "https://hub.example"
HEAD = FeedHead(BASE, "/v1/feeds/alerts.atom?area=KE", "Alerts of hub.example", "7", 1_772_366_400)
SAMPLES = [from_xml(sample.xml).alert for sample in load_samples()]
BARE = Alert.from_json(example(info=None))
KINDS = pytest.mark.parametrize("make", [make_atom, make_rss])


def parsed(data: bytes) -> Any:
    return feedparser.parse(io.BytesIO(data))


@KINDS
def test_feedparser_finds_every_alert_by_its_type(make: Any) -> None:
    found = parsed(make(HEAD, SAMPLES))
    assert not found.bozo
    assert found.version in ("atom10", "rss20")
    assert found.feed.title == HEAD.title
    assert [entry.id for entry in found.entries] == [entry_id(alert.key) for alert in SAMPLES]
    for entry, alert in zip(found.entries, SAMPLES, strict=True):
        (link,) = [one.href for one in entry.links if one.get("type") == "application/cap+xml"]
        assert link == BASE + cap_path(alert.key)
        assert entry.cap_identifier == alert.identifier
        assert entry.get("cap_severity") == (str(alert.severity) if alert.info else None)
        assert entry.title
        assert calendar.timegm(entry.published_parsed) == alert.sent.seconds


@KINDS
def test_our_own_importer_finds_the_alerts(make: Any) -> None:
    reading = read_feed(make(HEAD, SAMPLES), HEAD.address)
    assert sorted(entry.links[0] for entry in reading.entries) == sorted(BASE + cap_path(one.key) for one in SAMPLES)
    assert not reading.remarks


@KINDS
def test_a_feed_of_nothing_and_of_an_alert_that_says_little_is_whole(make: Any) -> None:
    assert parsed(make(HEAD, [])).entries == []
    (entry,) = parsed(make(HEAD, [BARE])).entries
    assert entry.title == f"Alert {BARE.identifier}"


def test_the_atom_feed_has_what_the_standard_demands() -> None:
    root = etree.fromstring(make_atom(HEAD, SAMPLES))
    space = {"a": "http://www.w3.org/2005/Atom"}
    for place in (root, *root.findall("a:entry", space)):
        for name in ("id", "title", "updated"):
            assert len(place.findall(f"a:{name}", space)) == 1
    assert all(entry.find("a:author/a:name", space) is not None for entry in root.findall("a:entry", space))
    (own,) = [link.get("href") for link in root.findall("a:link", space) if link.get("rel") == "self"]
    assert own == HEAD.address


def test_the_rss_feed_has_what_the_standard_demands() -> None:
    root = etree.fromstring(make_rss(HEAD, SAMPLES))
    channel = root[0]
    assert root.get("version") == "2.0"
    assert [channel.findtext(name) is not None for name in ("title", "link", "description")] == [True] * 3
    for item in channel.findall("item"):
        enclosure = item.find("enclosure")
        assert enclosure is not None
        assert set(enclosure.keys()) == {"url", "type", "length"}


def test_ids_are_of_the_alert_and_of_the_log_and_never_change() -> None:
    assert entry_id("ops@health.example,tocsin-sample-001") == "urn:uuid:f2462b94-1f2f-59fb-b678-d29681d7c03b"
    assert len({entry_id("a,b"), entry_id("a,c"), feed_id("7", "/x"), feed_id("8", "/x"), feed_id("7", "/y")}) == 5


def test_addresses_carry_any_identifier() -> None:
    assert cap_path("s/x?,i#%d.xml") == "/v1/feeds/alerts/s%2Fx%3F%2Ci%23%25d.xml.xml"


def test_tags_tell_parts_apart() -> None:
    assert tag_of("a", "bc") != tag_of("ab", "c")
    assert tag_of("a", b"b") == tag_of(b"a", "b")
