"""Asking a feed for itself, and an entry for its alerts: what came, or in one word and some more why nothing did."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from server.bridges.cap_feed_reading import CAP_MARK, FEED_BYTES_MAX, FeedEntry, FeedError, FeedReading, read_feed
from server.outbound.client import Answered, Bounds, Outbound
from server.outbound.errors import OutboundError, Reason
from server.outbound.policy import read_address
from server.store.feed_records import Feed, Outcome

FEED_BOUNDS = Bounds(seconds=60.0, connect_seconds=15.0, body_bytes=FEED_BYTES_MAX)
ALERT_SECONDS = 30.0
ALERTS_IN_ENTRY_MAX = 20
"""Alerts of one entry that are taken; an envelope has one or two."""
FEED_TYPES = (
    "application/atom+xml, application/rss+xml, application/cap+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
)
ALERT_TYPES = "application/cap+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
VALIDATOR_CHARS_MAX = 1000

OF_REASONS = {
    Reason.ADDRESS_INVALID: Outcome.REFUSED_ADDRESS,
    Reason.ADDRESS_REFUSED: Outcome.REFUSED_ADDRESS,
    Reason.REDIRECT_REFUSED: Outcome.REFUSED_ADDRESS,
    Reason.TOO_LARGE: Outcome.TOO_LARGE,
}
"""What failures mean that another try would not mend; all others are tried again."""


class PollFailedError(Exception):
    """A feed could not be read; `retry_after_s` if its server said when to come again."""

    def __init__(self, words: str, retry_after_s: int | None = None) -> None:
        super().__init__(words)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Polled:
    """What a feed answered. `reading` None: it is as it was."""

    reading: FeedReading | None
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class FetchedAlert:
    """CAP as XML, and where it came from."""

    xml: bytes
    address: str


@dataclass(frozen=True, slots=True)
class NotFetched:
    """Why there is no alert."""

    outcome: Outcome
    words: str


async def ask_feed(outbound: Outbound, feed: Feed, *, is_whole: bool) -> Polled:
    """Ask a feed whether there is something new; `is_whole`: for all that is in it. Raises PollFailedError."""
    settings, standing = feed.settings, feed.standing
    headers = {"Accept": FEED_TYPES}
    if settings.authorization:
        headers["Authorization"] = settings.authorization
    if standing.etag and not is_whole:
        headers["If-None-Match"] = standing.etag
    if standing.modified and not is_whole:
        headers["If-Modified-Since"] = standing.modified
    try:
        answered = await outbound.ask("GET", settings.address, headers=headers, bounds=FEED_BOUNDS)
    except OutboundError as error:
        raise PollFailedError(f"{error.reason}: {error}") from None
    if answered.status == 304:
        return Polled(None, standing.etag, standing.modified)
    if answered.status != 200:
        raise PollFailedError(f"{answered.address} answered {answered.status}", retry_after(answered))
    try:
        reading = await asyncio.to_thread(read_feed, answered.body, answered.address)
    except FeedError as error:
        raise PollFailedError(f"{answered.address}: {error}") from None
    validators = (answered.headers.get(name, "")[:VALIDATOR_CHARS_MAX] for name in ("ETag", "Last-Modified"))
    return Polled(reading, *validators)


async def ask_alerts(
    outbound: Outbound, feed: Feed, entry: FeedEntry, bytes_max: int
) -> list[FetchedAlert] | NotFetched:
    """The alerts of an entry: those in it, or what its links lead to, the likeliest first."""
    if entry.alerts:
        return [FetchedAlert(xml, feed.settings.address) for xml in entry.alerts[:ALERTS_IN_ENTRY_MAX]]
    told = NotFetched(Outcome.NO_ALERT, "the entry carries no CAP alert and links to none")
    for link in entry.links:
        answer = await _ask_link(outbound, feed, link, bytes_max)
        if not isinstance(answer, NotFetched):
            return answer
        if answer.outcome is not Outcome.NO_ALERT:
            return answer
        told = answer
    return told


async def _ask_link(outbound: Outbound, feed: Feed, link: str, bytes_max: int) -> list[FetchedAlert] | NotFetched:
    headers = {"Accept": ALERT_TYPES}
    try:
        if feed.settings.authorization and read_address(link).origin == read_address(feed.settings.address).origin:
            headers["Authorization"] = feed.settings.authorization
        bounds = Bounds(seconds=ALERT_SECONDS, body_bytes=bytes_max)
        answered = await outbound.ask("GET", link, headers=headers, bounds=bounds)
    except OutboundError as error:
        return NotFetched(OF_REASONS.get(error.reason, Outcome.FAILING), f"{error.reason}: {error}")
    if answered.status != 200:
        return NotFetched(Outcome.FAILING, f"{answered.address} answered {answered.status}")
    return await asyncio.to_thread(_alerts_in, answered)


def _alerts_in(answered: Answered) -> list[FetchedAlert] | NotFetched:
    try:
        reading = read_feed(answered.body, answered.address)
    except FeedError as error:
        is_meant = CAP_MARK.encode() in answered.body
        return NotFetched(Outcome.NOT_VALID if is_meant else Outcome.NO_ALERT, f"{answered.address}: {error}")
    found = [alert for entry in reading.entries for alert in entry.alerts][:ALERTS_IN_ENTRY_MAX]
    if not found:
        return NotFetched(Outcome.NO_ALERT, f"{answered.address} is a feed, and not an alert")
    return [FetchedAlert(xml, answered.address) for xml in found]


def retry_after(answered: Answered) -> int | None:
    """In how many seconds a server asks to come again (RFC 9110 §10.2.3)."""
    said = answered.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdecimal():
        return int(said[:9])
    try:
        moment = parsedate_to_datetime(said)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, round((moment - datetime.now(UTC)).total_seconds()))
