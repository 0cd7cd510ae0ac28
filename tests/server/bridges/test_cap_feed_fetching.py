"""What is asked of a feed and its entries; the whole of it is in test_cap_feed_in.py."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tornado.httputil import HTTPHeaders

from server.bridges.cap_feed_fetching import (
    ALERTS_IN_ENTRY_MAX,
    OF_REASONS,
    FetchedAlert,
    NotFetched,
    ask_alerts,
    retry_after,
)
from server.bridges.cap_feed_reading import FeedEntry
from server.outbound.client import Answered, Outbound
from server.outbound.errors import Reason
from server.outbound.policy import Policy
from server.store.feed_records import Feed, FeedSettings, FeedStanding, Outcome
from tests.support.cap_feeds import cap
from tests.support.other_server import OtherServer, answer, other_server


def asked(server: OtherServer, *links: str, alerts: tuple[bytes, ...] = ()) -> list[FetchedAlert] | NotFetched:
    feed = Feed(1, "met", FeedSettings(f"{server.address}/feed"), FeedStanding(), 0, "x")
    entry = FeedEntry("1", "v", "t", None, alerts, tuple(server.address + link for link in links))

    async def once() -> list[FetchedAlert] | NotFetched:
        with closing(Outbound(Policy(["127.0.0.1/32"]))) as outbound:
            return await ask_alerts(outbound, feed, entry, 100_000)

    return asyncio.run(once())


def test_links_are_tried_until_one_leads_to_an_alert() -> None:
    with other_server() as server:
        server.routes["/page"] = answer(b"<html/>")
        server.routes["/a.cap"] = answer(cap("a-1"))
        assert asked(server, "/page", "/a.cap") == [FetchedAlert(cap("a-1"), f"{server.address}/a.cap")]
        told = asked(server, "/page")
        assert isinstance(told, NotFetched)
        assert told.outcome is Outcome.NO_ALERT


def test_a_link_that_fails_is_not_passed_over() -> None:
    with other_server() as server:
        server.routes["/a.cap"] = answer(b"", 500)
        server.routes["/page"] = answer(cap("other"))
        told = asked(server, "/a.cap", "/page")
        assert isinstance(told, NotFetched)
        assert told.outcome is Outcome.FAILING


def test_what_stands_in_the_entry_is_not_fetched() -> None:
    with other_server() as server:
        found = asked(server, "/a.cap", alerts=(cap("a-1"),) * 50)
        assert isinstance(found, list)
        assert len(found) == ALERTS_IN_ENTRY_MAX
        assert not server.asked


def test_every_reason_has_an_outcome() -> None:
    outcomes = {OF_REASONS.get(reason, Outcome.FAILING) for reason in Reason}
    assert outcomes == {Outcome.REFUSED_ADDRESS, Outcome.TOO_LARGE, Outcome.FAILING}


def _answered(value: str) -> Answered:
    return Answered(503, HTTPHeaders({"Retry-After": value}), b"", "http://x/")


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), ("", None), ("soon", None), ("-5", None), ("9" * 50, 999_999_999)]
)
def test_when_to_come_again_is_read(value: str, seconds: int | None) -> None:
    assert retry_after(_answered(value)) == seconds


def test_a_date_is_read_too() -> None:
    later = retry_after(_answered(format_datetime(datetime.now(UTC) + timedelta(minutes=5), usegmt=True)))
    assert later is not None
    assert 290 <= later <= 301
    assert retry_after(_answered("Sun, 06 Nov 1994 08:49:37 GMT")) == 0
