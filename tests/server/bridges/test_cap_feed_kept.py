"""What is kept between requests for feeds; how it is answered is in tests/server/api/test_feeds_out.py."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from alerts.session.log import Log
from alerts.session.position import Path
from server.bridges.cap_feed_kept import FeedsOut
from tests.support.stores import entry_of, make_alert


def test_a_feed_is_made_anew_only_where_its_alerts_are_others() -> None:
    made: list[str] = []
    log = Log(Path([(7, 1)]))
    one, two = (entry_of(log, make_alert(name)) for name in ("one", "two"))

    def make(name: str) -> Callable[[], bytes]:
        def making() -> bytes:
            made.append(name)
            return b"<feed/>"

        return making

    async def ask() -> list[int]:
        kept = FeedsOut()
        asked = [("a", [one], 10), ("a", [one], 20), ("b", [one], 30), ("a", [one, two], 40), ("a", [one], 50)]
        return [(await kept.feed(name, listed, now, make(name))).since for name, listed, now in asked]

    assert asyncio.run(ask()) == [10, 10, 30, 40, 50]
    assert made == ["a", "b", "a", "a"]
