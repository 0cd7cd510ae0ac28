"""The target `cap_feed`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netsim.fuzz.targets import cap_feed
from server.bridges.cap_feed_reading import FeedReading, read_feed
from tests.support.fuzzing import damaged


def test_what_is_good_passes_and_what_is_damaged_is_refused() -> None:
    for data in (*cap_feed.seeds(), *damaged(cap_feed.seeds(), 100, seed=4)):
        cap_feed.check(data)


def test_a_link_that_leads_elsewhere_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(data: bytes, address: str) -> FeedReading:
        reading = read_feed(data, address)
        return replace(reading, entries=tuple(replace(one, links=("file:///etc/passwd",)) for one in reading.entries))

    monkeypatch.setattr(cap_feed, "read_feed", read)
    with pytest.raises(AssertionError, match="lead to the web"):
        for data in cap_feed.seeds():
            cap_feed.check(data)
