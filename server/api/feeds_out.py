"""`/v1/feeds`: the hub's alerts for everybody who reads feeds of CAP, and for other hubs.

What can be kept is asked for by conditions (RFC 9110 §13): nobody is sent what they have.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from itertools import islice
from typing import Annotated
from urllib.parse import urlencode

from pydantic import Field

from alerts.cap.model import Alert
from alerts.cap.terms import Scope, Status
from alerts.errors import UnknownAlertError
from alerts.session.log import Entry
from server import scope
from server.api.handler import ApiHandler
from server.api.operation import EVERYBODY, VIEWERS, XML, Answer, Operation, operation
from server.api.types import IN_A_QUERY_MAX, AreaCode, Asked
from server.bridges.cap_feed_out import ENTRIES_MAX, FeedHead, make_atom, make_rss, tag_of

TAG = "feeds"
ATOM_TYPE = "application/atom+xml"
RSS_TYPE = "application/rss+xml"
FEED_SECONDS = 30
ALERT_SECONDS = 3600

CONDITIONS = {
    "If-None-Match": "The `ETag` of what you have: 304 if it is still that.",
    "If-Modified-Since": "The `Last-Modified` of what you have, where you have no `ETag`.",
}
HEADERS = {"ETag": "What to ask with next time.", "Last-Modified": "When this hub last saw it change."}


class FeedQuery(Asked):
    """Which alerts to list."""

    area: Annotated[tuple[AreaCode, ...], Field(max_length=IN_A_QUERY_MAX)] = ()
    """Only alerts that reach somebody in this area; may be repeated."""


class OpenHandler(ApiHandler):
    """What everybody may read where the operator says so."""

    @property
    def is_public(self) -> bool:
        """Whether everybody may."""
        return self.api.settings.public_feeds

    def demanded(self, wanted: Operation) -> Operation:
        """No credential is asked for, nor looked at, where everybody may read: everybody is shown the same."""
        return replace(wanted, roles=EVERYBODY) if self.is_public else wanted

    def shows(self, alert: Alert, reaches: Callable[[tuple[str, ...]], bool]) -> bool:
        """Whether an alert is for the eyes of whoever asks. `reaches(areas)`: whether it reaches somebody in them."""
        if alert.scope is not Scope.PUBLIC:
            return False
        return alert.status is Status.ACTUAL if self.is_public else reaches(self.credential.areas)

    def answer_known(self, tag: str, modified: int, seconds: int) -> bool:
        """Say what caches need; whether that is all, because whoever asks has it already (RFC 9110 §13.2.2)."""
        kept = f"public, max-age={seconds}" if self.is_public else "private, no-cache"
        self.set_header("Cache-Control", kept)
        self.set_header("ETag", tag)
        self.set_header("Last-Modified", format_datetime(datetime.fromtimestamp(modified, UTC), usegmt=True))
        has = self.request.headers.get("If-None-Match")
        is_known = (
            _matches(has, tag)
            if has is not None
            else _is_since(self.request.headers.get("If-Modified-Since"), modified)
        )
        if is_known:
            self.set_status(304)
            self.clear_header("Content-Type")
        return is_known

    @property
    def base(self) -> str:
        """How others reach the hub: as the settings say, or as whoever asks has reached it."""
        return self.api.settings.public_address or f"{self.request.protocol}://{self.request.host}"


class FeedHandler(OpenHandler):
    """A feed of the alerts that matter now."""

    media_type_out: str
    make: Callable[[FeedHead, list[Alert]], bytes]

    async def answer_feed(self) -> None:
        """The newest alerts that live, and that whoever asks may see."""
        asked, now = self.query, self.hub.now()
        assert isinstance(asked, FeedQuery), "the operation says so"
        newest_first = reversed(list(self.hub.log))
        living = (entry for entry in newest_first if entry.lives > now and self._lists(entry, asked.area))
        listed = list(islice(living, ENTRIES_MAX))
        path = self.template + (f"?{urlencode({'area': sorted(asked.area)}, doseq=True)}" if asked.area else "")
        log = str(next(iter(self.hub.log.path))[0])
        title = f"Alerts of {self.base.partition('://')[2]}" + (
            f" for {', '.join(sorted(asked.area))}" if asked.area else ""
        )
        made = await self.api.feeds_out.feed(
            f"{self.base} {path}",
            listed,
            now,
            lambda: type(self).make(FeedHead(self.base, path, title, log, now), [_alert(entry) for entry in listed]),
        )
        if not self.answer_known(f'"{tag_of(made.body)}"', made.since, FEED_SECONDS):
            self.set_header("Content-Type", f"{self.media_type_out}; charset=utf-8")
            self.write(made.body)

    def _lists(self, entry: Entry, areas: tuple[str, ...]) -> bool:
        def reaches(some: tuple[str, ...]) -> bool:
            return scope.may_see(some, entry.reach, self.hub.areas_of)

        return self.shows(_alert(entry), reaches) and reaches(areas)


def _answers(media_type: str) -> dict[int, Answer]:
    return {
        200: Answer("The feed.", also=(media_type,), headers=HEADERS),
        304: Answer("You have it already.", headers=HEADERS),
    }


class AtomHandler(FeedHandler):
    """The feed as Atom."""

    media_type_out = ATOM_TYPE
    make = staticmethod(make_atom)

    @operation(
        summary="Alerts as an Atom feed",
        roles=VIEWERS,
        query=FeedQuery,
        headers=CONDITIONS,
        answers=_answers(ATOM_TYPE),
        tag=TAG,
    )
    async def get(self) -> None:
        """The alerts of scope Public that still matter, the newest first: those in force, and those that were updated or
        cancelled for as long as somebody may hold them to be in force. Each entry links to its CAP. With the setting
        `public_feeds` everybody may read it without a token; then only alerts of status Actual are in it."""
        await self.answer_feed()


class RssHandler(FeedHandler):
    """The feed as RSS."""

    media_type_out = RSS_TYPE
    make = staticmethod(make_rss)

    @operation(
        summary="Alerts as an RSS feed",
        roles=VIEWERS,
        query=FeedQuery,
        headers=CONDITIONS,
        answers=_answers(RSS_TYPE),
        tag=TAG,
    )
    async def get(self) -> None:
        """As the Atom feed, in RSS 2.0: the CAP is each item's link and its enclosure."""
        await self.answer_feed()


class CapHandler(OpenHandler):
    """One alert as CAP."""

    @operation(
        summary="An alert of the feeds as CAP XML",
        roles=VIEWERS,
        headers=CONDITIONS,
        answers={
            200: Answer("The alert, as it came, or signed by the hub.", also=(XML,), headers=HEADERS),
            304: Answer("You have it already.", headers=HEADERS),
        },
        problems=("unknown-alert",),
        tag=TAG,
    )
    async def get(self, alert: str) -> None:
        """What the entries of the feeds link to. An alert that was passed on from elsewhere, or came as XML, is what came, byte
        for byte; one that was published here is signed, where the hub has a key. As the feeds, it is open where the setting
        `public_feeds` says so."""
        stored = await self.hub.alert(alert)
        if not self.shows(stored.alert, lambda areas: scope.may_see(areas, stored.reach, self.hub.areas_of)):
            raise UnknownAlertError(f"no alert {alert[:200]!r} is in the feeds")
        if not self.answer_known(self.api.feeds_out.tag(stored), stored.published_at, ALERT_SECONDS):
            self.set_header("Content-Type", XML)
            self.write(await self.api.feeds_out.document(stored))


def _alert(entry: Entry) -> Alert:
    assert isinstance(entry.payload, Alert), "the hub's log holds alerts"
    return entry.payload


def _matches(header: str, tag: str) -> bool:
    """Weak comparison (RFC 9110 §8.8.3.2)."""
    tags = {part.strip().removeprefix("W/") for part in header.split(",")}
    return "*" in tags or tag.removeprefix("W/") in tags


def _is_since(header: str | None, modified: int) -> bool:
    try:
        return header is not None and parsedate_to_datetime(header).timestamp() >= modified
    except (ValueError, OverflowError, OSError):
        return False
