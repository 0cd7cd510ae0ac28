"""A feed of CAP as another machine serves it."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.workload import sample_folder
from server.bridges.cap_feed_reading import ENTRIES_MAX, LINKS_MAX, FeedError, read_feed

SUMMARY = "feeds of CAP, in Atom and RSS"
ADDRESS = "https://alerts.health.example/feeds/feed.xml"


def seeds() -> Iterable[bytes]:
    """The sample feeds: links, alerts inside, an envelope, broken XML, an entity bomb."""
    folder = sample_folder() / "feeds"
    return [file.read_bytes() for file in sorted(folder.iterdir(), key=lambda file: file.name)]


def check(data: bytes) -> None:
    """Entries or FeedError; each has an id of its own, and leads nowhere but to the web."""
    try:
        reading = read_feed(data, ADDRESS)
    except FeedError:
        return
    assert len(reading.entries) <= ENTRIES_MAX, "a feed is bounded"
    assert len({entry.id for entry in reading.entries}) == len(reading.entries), "an id names one entry"
    for entry in reading.entries:
        assert entry.id, "an entry has an id"
        assert len(entry.links) <= LINKS_MAX, "links are bounded"
        assert all(link.startswith(("http://", "https://")) for link in entry.links), "links lead to the web"
