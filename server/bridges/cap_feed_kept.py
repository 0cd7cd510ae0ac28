"""Feeds and signed alerts as they were made, kept between requests: whoever asks with a condition costs nothing then."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from cachetools import LRUCache

from alerts.cap.to_xml import to_xml
from alerts.session.log import Entry
from server.bridges.cap_feed_out import tag_of
from server.signing.signer import Signer
from server.store.feed_records import PREFIX
from server.store.records import StoredAlert

FEEDS_KEPT = 64
"""Feeds, each for an address and areas, that are kept as they were made."""
ALERTS_KEPT = 128
"""Alerts that are kept as they were signed."""


@dataclass(frozen=True, slots=True)
class Made:
    """A feed as it was made: of which alerts, and since when it is so."""

    of: str
    since: int
    body: bytes


class FeedsOut:
    """What is kept between requests; and the key that alerts are signed with."""

    def __init__(self, signer: Signer | None = None) -> None:
        self.signer = signer
        self._making = asyncio.Lock()
        self._feeds: LRUCache[str, Made] = LRUCache(FEEDS_KEPT)
        self._signed: LRUCache[tuple[int, int], bytes] = LRUCache(ALERTS_KEPT)

    async def feed(self, name: str, listed: list[Entry], now: int, make: Callable[[], bytes]) -> Made:
        """The feed of these alerts under this name, made anew if they are others than before: one at a time, beside the loop,
        because 500 alerts take a seventh of a second."""
        of = tag_of(name, *(entry.key for entry in listed))
        async with self._making:
            known = self._feeds.get(name)
            if known is None or known.of != of:
                known = self._feeds[name] = Made(of, now, await asyncio.to_thread(make))
            return known

    async def document(self, stored: StoredAlert) -> bytes:
        """An alert as CAP XML: as it came, if it did as XML; signed, if it was published here and the hub has a key."""
        plain = stored.original or to_xml(stored.alert)
        if self.signer is None or stored.published_by.startswith(PREFIX):
            return plain
        key = (stored.epoch, stored.number)
        if key not in self._signed:
            self._signed[key] = await asyncio.to_thread(self.signer.sign, plain)
        return self._signed[key]

    def tag(self, stored: StoredAlert) -> str:
        """The ETag of `document`. Weak: two signatures of one alert differ in their bytes."""
        plain = stored.original or to_xml(stored.alert)
        return f'W/"{tag_of(plain, self.signer.fingerprint if self.signer else "")}"'
