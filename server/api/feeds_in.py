"""`/v1/feeds-in` and `/v1/feed-items`: the feeds that the hub reads, and what became of the alerts in them."""

from __future__ import annotations

import asyncio
from typing import NoReturn

from alerts.cap.from_xml import from_xml
from alerts.errors import UnknownDeviceError, UnknownFeedError, UserError
from server import scope
from server.api.feeds_in_types import (
    FeedAnswer,
    FeedApproveBody,
    FeedBody,
    FeedChange,
    FeedItemAnswer,
    FeedItemDetail,
    FeedItemList,
    FeedItemsQuery,
    FeedList,
    FeedRejectBody,
)
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, PUBLISHERS, VIEWERS, Answer, Body, operation
from server.api.problems import ProblemError
from server.bridges.cap_feed_in import FeedsIn
from server.hub import Role
from server.outbound.errors import OutboundError
from server.store.feed_records import Feed, FeedItem, FeedPolicy, FeedSettings, Outcome

TAG = "feeds"
HUB_WIDE = "a feed"
OF_SETTINGS = ("body-invalid", "content-invalid", "address-refused", "outside-areas")
OF_DECISIONS = ("body-invalid", "content-invalid", "unknown-feed", "already-decided", "outside-areas")

OF_PUBLISHING = (
    *("audience-invalid", "unknown-area", "unknown-addressee"),
    *("alert-expired", "duplicate-alert", "already-replaced", "too-many-in-force"),
)


class FeedsHandling(ApiHandler):
    """What the handlers of feeds have in common."""

    @property
    def feeds(self) -> FeedsIn:
        """The feeds of the hub that is asked."""
        return self.api.feeds_in

    async def answer_feed(self, feed: Feed, status: int = 200) -> None:
        """Answer one feed."""
        self.answer(self.shown(feed, (await self.feeds.counts()).get(feed.id, {})), status)

    def shown(self, feed: Feed, counts: dict[Outcome, int]) -> FeedAnswer:
        """A feed as it is answered."""
        is_admin = self.credential.role is Role.ADMINISTRATOR and not self.credential.areas
        return FeedAnswer.of(feed, counts, with_secrets=is_admin)

    def check_settings(self, settings: FeedSettings) -> None:
        """That a feed can be read so. Raises ProblemError naming what is wrong."""
        if settings.policy is FeedPolicy.PASS and not settings.geocodes and settings.audience.is_empty():
            self._refuse_content("policy", "what is passed on needs an audience: give `audience`, `geocodes` or both")
        try:
            self.feeds.check(settings)
        except OutboundError as error:
            raise ProblemError("address-refused", str(error)) from None
        except UserError as error:
            self._refuse_content("trusted", str(error))

    def _refuse_content(self, path: str, problem: str) -> NoReturn:
        raise ProblemError("content-invalid", f"{path}: {problem}", violations=[{"path": path, "problem": problem}])


class FeedsInHandler(FeedsHandling):
    """All feeds."""

    @operation(
        summary="List the feeds that the hub reads",
        roles=VIEWERS,
        answers={200: Answer("All feeds.", FeedList)},
        tag=TAG,
    )
    async def get(self) -> None:
        """All feeds with how they do, and how many of their alerts have which outcome. Secrets are never shown."""
        counts = await self.feeds.counts()
        self.answer(
            FeedList(feeds=tuple(self.shown(feed, counts.get(feed.id, {})) for feed in await self.feeds.feeds()))
        )

    @operation(
        summary="Read a feed",
        roles=ADMINS,
        body=Body(FeedBody),
        answers={
            201: Answer(
                "The feed, which is asked at once.",
                FeedAnswer,
                headers={"Location": "Where the feed can be fetched."},
                links={
                    ("get-feeds-in-feed", "feed"): "name",
                    ("patch-feeds-in-feed", "feed"): "name",
                    ("delete-feeds-in-feed", "feed"): "name",
                },
            )
        },
        problems=(*OF_SETTINGS, "name-taken"),
        tag=TAG,
    )
    async def post(self) -> None:
        """Read the alerts of an Atom or RSS feed of CAP from now on. Unless its `policy` is `pass`, they wait for approval."""
        scope.check_hub_wide(self.credential.areas, HUB_WIDE)
        asked = self.read_body(FeedBody)
        settings = asked.to_settings()
        self.check_settings(settings)
        feed = await self.feeds.add(asked.name, settings, self.credential)
        self.set_header("Location", f"/v1/feeds-in/{feed.name}")
        await self.answer_feed(feed, 201)


class FeedInHandler(FeedsHandling):
    """One feed."""

    @operation(
        summary="Fetch a feed that the hub reads",
        roles=VIEWERS,
        answers={200: Answer("The feed.", FeedAnswer)},
        problems=("unknown-feed",),
        tag=TAG,
    )
    async def get(self, feed: str) -> None:
        """A feed, how it does, and how many of its alerts have which outcome."""
        await self.answer_feed(await self.feeds.feed(feed))

    @operation(
        summary="Change a feed",
        roles=ADMINS,
        body=Body(FeedChange),
        answers={200: Answer("The feed as it is now.", FeedAnswer)},
        problems=(*OF_SETTINGS, "unknown-feed"),
        tag=TAG,
    )
    async def patch(self, feed: str) -> None:
        """Change some settings. The feed is then read from the beginning, and alerts that other settings may treat otherwise
        (that were filtered, or refused for their signature) are looked at again."""
        scope.check_hub_wide(self.credential.areas, HUB_WIDE)
        asked = self.read_body(FeedChange)
        settings = asked.applied((await self.feeds.feed(feed)).settings)
        self.check_settings(settings)
        await self.answer_feed(await self.feeds.change(feed, settings, self.credential.name))

    @operation(
        summary="Read a feed no more",
        roles=ADMINS,
        answers={204: Answer("The feed is forgotten, and what became of its alerts; those that were published stay.")},
        problems=("unknown-feed", "outside-areas"),
        tag=TAG,
    )
    async def delete(self, feed: str) -> None:
        """Forget a feed. What it held is forgotten with it."""
        scope.check_hub_wide(self.credential.areas, HUB_WIDE)
        await self.feeds.remove(feed, self.credential.name)
        self.set_status(204)
        self.finish()


class FeedPollHandler(FeedsHandling):
    """Asking a feed now."""

    @operation(
        summary="Ask a feed now",
        roles=ADMINS,
        answers={200: Answer("The feed, after it has been asked.", FeedAnswer)},
        problems=("unknown-feed", "outside-areas"),
        tag=TAG,
    )
    async def post(self, feed: str) -> None:
        """Ask a feed, paused or not, and answer when every new alert in it has its outcome."""
        scope.check_hub_wide(self.credential.areas, HUB_WIDE)
        await self.answer_feed(await self.feeds.poll(feed))


class FeedItemsHandling(FeedsHandling):
    """What the handlers of items have in common."""

    def may_see(self, item: FeedItem) -> bool:
        """Whether the token that asks may see an item."""
        audiences = [] if item.found.audience is None else [item.found.audience]
        return scope.may_see(self.credential.areas, audiences, self.hub.areas_of)

    async def found(self, item: str) -> FeedItem:
        """The item with this number, if the token that asks may see it. Raises UnknownFeedError."""
        number = int(item) if item.isascii() and item.isdecimal() and len(item) < 17 else 0
        found = await self.feeds.item(number)
        if not self.may_see(found):
            raise UnknownFeedError(f"no item has the number {item[:20]}")
        return found


class FeedItemsHandler(FeedItemsHandling):
    """What became of alerts."""

    @operation(
        summary="List what became of the alerts in feeds",
        roles=VIEWERS,
        query=FeedItemsQuery,
        answers={200: Answer("A page of items.", FeedItemList)},
        problems=("unknown-feed",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Each alert that was found in a feed, with its outcome. `outcome=held` is what waits for approval. A token that is
        bound to areas sees what would reach them."""
        asked = self.query
        assert isinstance(asked, FeedItemsQuery), "the operation says so"
        found = await self.feeds.items(asked.feed, asked.outcome, asked.after, asked.limit + 1)
        page = found[: asked.limit]
        more = page[-1].id if len(found) > asked.limit else None
        shown = tuple(FeedItemAnswer.of(item) for item in page if self.may_see(item))
        self.answer(FeedItemList(items=shown, next=more))


class FeedItemHandler(FeedItemsHandling):
    """One item."""

    @operation(
        summary="Fetch what became of an alert in a feed",
        roles=VIEWERS,
        answers={200: Answer("The item.", FeedItemDetail)},
        problems=("unknown-feed",),
        tag=TAG,
    )
    async def get(self, item: str) -> None:
        """An item with everything; while it is held, with the alert itself."""
        found = await self.found(item)
        xml = found.found.xml
        alert = None if xml is None else (await asyncio.to_thread(from_xml, xml)).alert.to_json()
        self.answer(FeedItemDetail.with_alert(found, alert))


class ApproveHandler(FeedItemsHandling):
    """Approval."""

    @operation(
        summary="Publish a held alert",
        roles=PUBLISHERS,
        body=Body(FeedApproveBody),
        answers={200: Answer("The item, now published.", FeedItemAnswer)},
        problems=(*OF_DECISIONS, *OF_PUBLISHING),
        tag=TAG,
    )
    async def post(self, item: str) -> None:
        """Publish what is held as its sender wrote it, for whom the item says or for another audience."""
        asked = self.read_body(FeedApproveBody)
        found = await self.found(item)
        try:
            approved = await self.feeds.approve(found.id, asked.to_audience(), self.credential)
        except UnknownDeviceError as error:
            raise ProblemError("unknown-addressee", str(error), devices=list(error.devices)) from None
        self.answer(FeedItemAnswer.of(approved))


class RejectHandler(FeedItemsHandling):
    """Rejection."""

    @operation(
        summary="Reject a held alert",
        roles=PUBLISHERS,
        body=Body(FeedRejectBody),
        answers={200: Answer("The item, now rejected.", FeedItemAnswer)},
        problems=OF_DECISIONS,
        tag=TAG,
    )
    async def post(self, item: str) -> None:
        """Do not publish what is held. It stays rejected when the feed brings it again."""
        asked = self.read_body(FeedRejectBody)
        found = await self.found(item)
        self.answer(FeedItemAnswer.of(await self.feeds.reject(found.id, asked.words, self.credential)))
