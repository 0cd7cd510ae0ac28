"""docs/feeds.md says what the code says."""

from __future__ import annotations

import re
from pathlib import Path

from server.api.feeds_in_types import FeedBody, FeedChange, FilterBody
from server.api.operation import operations_of
from server.api.routes import ROUTES
from server.bridges import cap_feed_fetching, cap_feed_in, cap_feed_out, cap_feed_reading
from server.commands import feed
from server.signing.verifying import Verdict
from server.store.feed_records import OUTCOMES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "feeds.md").read_text(encoding="utf-8")
TEXT = " ".join(PAGE.split())


def test_every_outcome_stands_there_with_its_meaning() -> None:
    for outcome, meaning in OUTCOMES.items():
        assert f"| `{outcome}` | {meaning} |" in PAGE


def test_every_setting_stands_there() -> None:
    assert set(FeedChange.model_fields) == set(FeedBody.model_fields) - {"name"}
    assert all(f"| `{name}` |" in PAGE for name in FeedChange.model_fields)
    assert all(f"`{name}`" in PAGE for name in FilterBody.model_fields)


def test_every_verdict_stands_there() -> None:
    assert all(f"| `{verdict}` |" in PAGE for verdict in Verdict)


def test_addresses_and_flags_that_it_shows_exist() -> None:
    for path in re.findall(r"^\| `(/v1/[^`]*)` \|", PAGE, re.MULTILINE):
        assert "GET" in operations_of(ROUTES[path])
    names = {name for app in feed.app.subapps for name in app.name}
    for command in re.findall(r"tocsin-hub feed ([a-z]+)", PAGE):
        assert command in names


def test_numbers_are_those_of_the_code() -> None:
    assert f"{cap_feed_reading.FEED_BYTES_MAX // 1024**2} MiB" in TEXT
    assert f"{cap_feed_reading.ENTRIES_MAX:,} entries" in TEXT
    assert f"{cap_feed_in.NEW_ENTRIES_MAX} new ones" in TEXT
    assert (
        f"A feed in {cap_feed_fetching.FEED_BOUNDS.seconds:g} seconds, an alert in {cap_feed_fetching.ALERT_SECONDS:g}"
        in TEXT
    )
    assert f"{cap_feed_out.ENTRIES_MAX} at most" in TEXT
    assert (cap_feed_in.TRIES_MAX, cap_feed_in.FAILING_AFTER) == (5, 3)
