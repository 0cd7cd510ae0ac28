"""CAP feeds that the hub reads: each is asked for what is new, in its own time, and each alert in it gets its outcome.

    due? ─▶ ask (If-None-Match) ─▶ 304: nothing new
                                └▶ entries that are new, or new in their version ─▶ their alerts ─▶ the intake

A feed that cannot be read is asked less and less often, and said to be failing. An entry that makes trouble has its outcome and
stops nobody else; one that may come right is tried again, five times. The hub asks for the whole feed as long as there is
such an entry, and with the feed's own validators otherwise.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable
from dataclasses import replace

import structlog
from peewee import SqliteDatabase

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.errors import StoreError, UnknownFeedError
from server.api.rate import Rate
from server.audit import HUB, AuditAction
from server.bridges.cap_feed_fetching import NotFetched, Polled, PollFailedError, ask_alerts, ask_feed
from server.bridges.cap_feed_intake import WORDS_CHARS_MAX, Intake, MayPass
from server.bridges.cap_feed_policy import RETRY_AFTER_S_MAX, pause_s
from server.bridges.cap_feed_reading import FeedEntry
from server.events import EventKind
from server.hub import Credential, Hub
from server.outbound.client import Outbound
from server.settings import Limits
from server.signing.verifying import read_trusted
from server.store import audit
from server.store import events as event_rows
from server.store import feeds as feed_rows
from server.store.feed_records import EntryStanding, Feed, FeedItem, FeedSettings, FeedStanding, Outcome

POLLS_AT_ONCE = 4
NEW_ENTRIES_MAX = 100
"""New entries of a feed that are looked at in one poll; the rest is for the next one."""
TRIES_MAX = 5
"""How often an entry is tried that may come right."""
FAILING_AFTER = 3
"""Polls in a row that fail before the feed is said to be failing."""
LOOK_EVERY_S = 5.0
FORGET_EVERY_S = 3600

_logger = structlog.get_logger("server.feeds")


class FeedsIn:
    """The feeds of one hub: a service, and what ops ask of it."""

    name = "feeds"

    def __init__(
        self,
        hub: Hub,
        outbound: Outbound,
        limits: Limits,
        chance: random.Random,
        told: Callable[[Alert], None] = lambda _: None,
        check: MayPass = lambda _alert, _by: None,
    ) -> None:
        self._hub = hub
        self._outbound = outbound
        self._bytes_max = limits.body_bytes_max
        self._rate = Rate(limits.publishes_per_second, limits.publishes_burst)
        self._chance = chance
        self._intake = Intake(hub, told, check)
        self._polling: dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(POLLS_AT_ONCE)
        self._changed = asyncio.Event()

    # -- the service --------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Poll what is due, until cancelled."""
        forgotten_at = 0
        try:
            while True:
                self._changed.clear()
                now = self._hub.now()
                for feed in await self._hub.read(feed_rows.feeds):
                    if is_due(feed, now):
                        self._begin(feed.name)
                await self._intake.forget_expired()
                if now >= forgotten_at + FORGET_EVERY_S:
                    forgotten_at = now
                    await self._forget_old(now)
                await self._wait()
        finally:
            await self.stop()

    async def stop(self) -> None:
        """End the polls that are under way; what they have not written is found again by the next."""
        await self._end(list(self._polling.values()))

    async def _forget_old(self, now: int) -> None:
        await self._hub.write(lambda db: feed_rows.forget_old(db, now))

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_EVERY_S):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    def _begin(self, name: str) -> asyncio.Task[None]:
        task = self._polling.get(name)
        if task is None:
            task = self._polling[name] = asyncio.create_task(self._poll(name), name=f"feed {name}")
            task.add_done_callback(lambda _: self._polling.pop(name, None))
        return task

    # -- what ops ask -------------------------------------------------------------------------------------------------

    def check(self, settings: FeedSettings) -> None:
        """That settings can be used. Raises OutboundError for the address, UserError for whom to trust."""
        self._outbound.check(settings.address)
        read_trusted(settings.trusted)

    async def add(self, name: str, settings: FeedSettings, by: Credential) -> Feed:
        """A new feed, polled at once. Raises NameTakenError, OutboundError, UserError."""
        self.check(settings)
        now = self._hub.now()

        def job(db: SqliteDatabase) -> Feed:
            made = feed_rows.add_feed(db, name, settings, by.name, now)
            audit.note(db, now, by.name, AuditAction.FEED_ADDED, name, **_said(settings))
            return made

        added = await self._hub.write(job)
        self._changed.set()
        return added

    async def feeds(self) -> list[Feed]:
        """All feeds."""
        return await self._hub.read(feed_rows.feeds)

    async def feed(self, name: str) -> Feed:
        """One feed. Raises UnknownFeedError."""
        return await self._hub.read(lambda db: feed_rows.feed(db, name))

    async def counts(self) -> dict[int, dict[Outcome, int]]:
        """How many alerts of each feed (its id) have which outcome."""
        return await self._hub.read(feed_rows.counts)

    async def change(self, name: str, settings: FeedSettings, by: str = HUB) -> Feed:
        """Other settings. Raises UnknownFeedError, OutboundError, UserError."""
        self.check(settings)
        await self._stop_polling(name)
        now = self._hub.now()

        def job(db: SqliteDatabase) -> Feed:
            made = feed_rows.change_feed(db, name, settings, now)
            audit.note(db, now, by, AuditAction.FEED_CHANGED, name, **_said(settings))
            return made

        changed = await self._hub.write(job)
        self._changed.set()
        return changed

    async def remove(self, name: str, by: str = HUB) -> None:
        """Read a feed no more; what it published stays. Raises UnknownFeedError."""
        await self._stop_polling(name)
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            feed_rows.remove_feed(db, name)
            audit.note(db, now, by, AuditAction.FEED_REMOVED, name)

        await self._hub.write(job)

    async def _stop_polling(self, name: str) -> None:
        await self._end([self._polling[name]] if name in self._polling else [])

    async def poll(self, name: str) -> Feed:
        """Ask a feed now, and wait until everything in it has its outcome. Raises UnknownFeedError."""
        await self.feed(name)
        await asyncio.wait([self._begin(name)])
        return await self.feed(name)

    async def items(self, feed: str | None, outcomes: Iterable[Outcome], after: int, limit: int) -> list[FeedItem]:
        """What became of alerts. Raises UnknownFeedError."""
        return await self._hub.read(
            lambda db: feed_rows.items(db, feed_name=feed, outcomes=outcomes, after=after, limit=limit)
        )

    async def item(self, number: int) -> FeedItem:
        """One of them. Raises UnknownFeedError."""
        return await self._hub.read(lambda db: feed_rows.item(db, number))

    async def approve(self, number: int, audience: Audience | None, by: Credential) -> FeedItem:
        """See `Intake.approve`."""
        return await self._intake.approve(number, audience, by)

    async def reject(self, number: int, words: str, by: Credential) -> FeedItem:
        """See `Intake.reject`."""
        return await self._intake.reject(number, words, by)

    # -- one poll -----------------------------------------------------------------------------------------------------

    async def _poll(self, name: str) -> None:
        """Ask a feed once, take what is new, and write how it does."""
        async with self._slots:
            try:
                feed = await self.feed(name)
            except (StoreError, UnknownFeedError):
                return  # it was removed meanwhile, or is looked for again soon
            try:
                await self._note(feed, await self._asked(feed))
            except StoreError as error:
                _logger.warning(
                    "what a feed brought could not be written; it is asked again", feed=name, error=str(error)
                )
            except Exception:
                _logger.exception("a bug in reading a feed", feed=name)
                await self._note(feed, self._failed(feed, PollFailedError("the hub failed; its log says how")))

    async def _asked(self, feed: Feed) -> FeedStanding:
        try:
            is_whole = await self._hub.read(lambda db: feed_rows.has_undone(db, feed.id))
            polled = await ask_feed(self._outbound, feed, is_whole=is_whole)
        except PollFailedError as failure:
            return self._failed(feed, failure)
        is_done = polled.reading is None or await self._take(feed, polled.reading.entries)
        return self._read(feed, polled, is_done=is_done)

    def _failed(self, feed: Feed, failure: PollFailedError) -> FeedStanding:
        now, failures = self._hub.now(), feed.standing.failures + 1
        pause = pause_s(feed.settings.interval_s, failures, failure.retry_after_s, self._chance)
        problem = str(failure)[:WORDS_CHARS_MAX]
        return replace(feed.standing, polled_at=now, next_at=now + pause, failures=failures, problem=problem)

    def _read(self, feed: Feed, polled: Polled, *, is_done: bool) -> FeedStanding:
        now = self._hub.now()
        reading = polled.reading
        return FeedStanding(
            title=reading.title if reading else feed.standing.title,
            polled_at=now,
            read_at=now,
            next_at=now + pause_s(feed.settings.interval_s, 0, None, self._chance),
            remarks="; ".join(reading.remarks) if reading else feed.standing.remarks,
            etag=polled.etag if is_done else "",
            modified=polled.modified if is_done else "",
        )

    async def _note(self, feed: Feed, standing: FeedStanding) -> None:
        now, before = self._hub.now(), feed.standing.failures

        def job(db: SqliteDatabase) -> None:
            feed_rows.note_standing(db, feed.id, standing)
            if before < FAILING_AFTER <= standing.failures:
                event_rows.append(db, now, EventKind.FEED_FAILING, feed=feed.name, words=standing.problem)
            if standing.failures == 0 and before >= FAILING_AFTER:
                event_rows.append(db, now, EventKind.FEED_RECOVERED, feed=feed.name)

        await self._hub.write(job)

    # -- its entries --------------------------------------------------------------------------------------------------

    async def _take(self, feed: Feed, entries: tuple[FeedEntry, ...]) -> bool:
        """Look at what is new; whether all of it came to an end."""
        known = await self._hub.read(lambda db: feed_rows.entries(db, feed.id, [entry.id for entry in entries]))
        now = self._hub.now()
        await self._hub.write(lambda db: feed_rows.note_listed(db, feed.id, [entry.id for entry in entries], now))
        new = [(entry, known.get(entry.id)) for entry in entries if not _is_done(entry, known.get(entry.id))]
        is_done = len(new) <= NEW_ENTRIES_MAX
        for entry, before in new[:NEW_ENTRIES_MAX]:
            if self._rate.take(feed.credential_name, self._hub.clock.monotonic()) is not None:
                return False
            is_done &= await self._take_entry(feed, entry, before)
        return is_done

    async def _take_entry(self, feed: Feed, entry: FeedEntry, before: EntryStanding | None) -> bool:
        """Whether it came to an end. What goes wrong here is this entry's alone, unless the store fails."""
        tries = before.tries + 1 if before and before.version == entry.version else 1
        is_last = tries >= TRIES_MAX
        try:
            outcomes = await self._outcomes(feed, entry, is_last=is_last)
        except StoreError:
            raise
        except Exception:
            _logger.exception("a bug in taking an entry of a feed", feed=feed.name)
            outcomes = [
                await self._failure(feed, entry, NotFetched(Outcome.FAILING, "the hub failed on it"), is_last=is_last)
            ]
        is_done = Outcome.FAILING not in outcomes
        standing, now = EntryStanding(entry.version, is_done, tries), self._hub.now()
        await self._hub.write(lambda db: feed_rows.note_entry(db, feed.id, entry.id, standing, now))
        return is_done

    async def _outcomes(self, feed: Feed, entry: FeedEntry, *, is_last: bool) -> list[Outcome]:
        answer = await ask_alerts(self._outbound, feed, entry, self._bytes_max)
        if isinstance(answer, NotFetched):
            return [await self._failure(feed, entry, answer, is_last=is_last)]
        return [await self._intake.take(feed, entry, fetched, index) for index, fetched in enumerate(answer)]

    async def _failure(self, feed: Feed, entry: FeedEntry, failure: NotFetched, *, is_last: bool) -> Outcome:
        if failure.outcome is Outcome.FAILING and is_last:
            failure = NotFetched(Outcome.FAILED, f"{failure.words}; tried {TRIES_MAX} times")
        return await self._intake.note_failure(feed, entry, failure)


def is_due(feed: Feed, now: int) -> bool:
    """Whether a feed is to be asked now. One whose time is further off than any pause lasts was noted under another clock."""
    wait_s = feed.standing.next_at - now
    return not feed.settings.is_paused and (
        wait_s <= 0 or wait_s > 2 * max(RETRY_AFTER_S_MAX, feed.settings.interval_s)
    )


def _is_done(entry: FeedEntry, before: EntryStanding | None) -> bool:
    return before is not None and before.is_done and before.version == entry.version


def _said(settings: FeedSettings) -> dict[str, object]:
    """What the audit log has of a feed's settings: nothing secret."""
    whom = settings.audience
    to = {"areas": whom.areas, "roles": whom.roles, "devices": whom.devices, "everyone": whom.everyone}
    return {
        "address": settings.address,
        "policy": str(settings.policy),
        "signatures": str(settings.signatures),
        "paused": settings.is_paused,
        "to": {name: value for name, value in to.items() if value},
    }
