"""What becomes of an alert that was found in a feed: one decision after another, each with its outcome.

    readable? ─▶ here already? ─▶ signature ─▶ replaced already? ─▶ filter ─▶ anything to cancel? ─▶ expired? ─▶ for whom?
                                                                                                      ─▶ hold, or publish

What is published keeps its sender, identifier and time, and its XML as it came: CAP's own terms for where it is from. So an alert
is known wherever it comes along again, from the hub that it was passed on to as from another feed, and no loop can begin.
Decisions are made one at a time, those of people too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from peewee import SqliteDatabase

from alerts.audience import Audience
from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.terms import MsgType
from alerts.errors import (
    AlreadyDecidedError,
    AlreadyReplacedError,
    AudienceError,
    DuplicateAlertError,
    ExpiredAlertError,
    InvalidAlertError,
    OutOfAreasError,
    StoreError,
    TooManyInForceError,
    UnknownAreaError,
    UnknownDeviceError,
)
from server.audit import AuditAction
from server.bridges.cap_feed_fetching import FetchedAlert, NotFetched
from server.bridges.cap_feed_policy import FOLLOW_UPS, audience_of, coded_areas, objection
from server.bridges.cap_feed_reading import FeedEntry
from server.events import EventKind
from server.hub import Credential, Hub, Published, Role
from server.signing.verifying import Verdict, Verified, read_trusted, verify
from server.store import areas as area_rows
from server.store import audit
from server.store import events as event_rows
from server.store import feeds as feed_rows
from server.store.feed_records import PREFIX, Feed, FeedItem, FeedPolicy, FoundAlert, Outcome, SignaturePolicy
from server.store.log import find_entries

WORDS_CHARS_MAX = 1000
DECISIONS = {Outcome.PUBLISHED: AuditAction.FEED_ITEM_APPROVED, Outcome.REJECTED: AuditAction.FEED_ITEM_REJECTED}
"""What somebody decides about what is held."""

MayPass = Callable[[Alert, Credential], None]
"""Raises SecondPersonError: somebody may not let an alert of a feed pass."""

SETTLED = frozenset(
    {Outcome.PUBLISHED, Outcome.HELD, Outcome.REJECTED, Outcome.WITHDRAWN, Outcome.OWN, Outcome.DUPLICATE}
)
"""An alert with one of these is not looked at again when its entry comes along in another version."""

REFUSED: dict[type[Exception], Outcome] = {
    ExpiredAlertError: Outcome.EXPIRED,
    AlreadyReplacedError: Outcome.SUPERSEDED,
    AudienceError: Outcome.NOT_ADDRESSED,
    UnknownAreaError: Outcome.NOT_ADDRESSED,
    UnknownDeviceError: Outcome.NOT_ADDRESSED,
    OutOfAreasError: Outcome.NOT_ADDRESSED,
    TooManyInForceError: Outcome.FAILING,
    StoreError: Outcome.FAILING,
}
"""What it means when the hub refuses to publish."""

_OF_VERDICTS = {
    Verdict.UNSIGNED: Outcome.SIGNATURE_MISSING,
    Verdict.UNTRUSTED: Outcome.SIGNATURE_UNTRUSTED,
    Verdict.BROKEN: Outcome.SIGNATURE_BROKEN,
}


class Intake:
    """Takes what feeds bring, and the decisions of people about what is held."""

    def __init__(
        self, hub: Hub, told: Callable[[Alert], None] = lambda _: None, check: MayPass = lambda _alert, _by: None
    ) -> None:
        self._hub = hub
        self._told = told
        self._check_may_pass = check
        self._deciding = asyncio.Lock()

    # -- what feeds bring ---------------------------------------------------------------------------------------------

    async def take(self, feed: Feed, entry: FeedEntry, fetched: FetchedAlert, index: int = 0) -> Outcome:
        """Decide about an alert and record what became of it. Raises StoreError: nothing was recorded."""
        blank = FoundAlert(_mark(entry, index), Outcome.NOT_VALID, "", entry.id, entry.title, fetched.address)
        try:
            reading = await asyncio.to_thread(from_xml, fetched.xml)
        except InvalidAlertError as error:
            return await self._record(feed, replace(blank, words=str(error)))
        async with self._deciding:
            before = await self._hub.read(lambda db: feed_rows.source_outcome(db, feed.id, reading.alert.key))
            if before in SETTLED:
                return before
            decided = await self._decide(feed, reading.alert, fetched.xml, _described(blank, reading.alert, self._hub))
            return await self._record(feed, decided, instead_of=blank.source)

    async def note_failure(self, feed: Feed, entry: FeedEntry, failure: NotFetched) -> Outcome:
        """Record why an entry has no alert."""
        found = FoundAlert(_mark(entry, 0), failure.outcome, failure.words, entry.id, entry.title)
        return await self._record(feed, replace(found, address=next(iter(entry.links), "")))

    async def _record(self, feed: Feed, found: FoundAlert, instead_of: str = "") -> Outcome:
        now, kept = self._hub.now(), replace(found, words=found.words[:WORDS_CHARS_MAX])

        def job(db: SqliteDatabase) -> None:
            if instead_of:
                feed_rows.forget_source(db, feed.id, instead_of)
            item = feed_rows.record(db, feed.id, kept, now)
            _tell(db, now, feed.name, item, kept)
            if kept.outcome is Outcome.PUBLISHED:
                _release(db, feed, kept, now)

        await self._hub.write(job)
        return found.outcome

    async def _decide(self, feed: Feed, alert: Alert, xml: bytes, found: FoundAlert) -> FoundAlert:
        keys = (alert.key, *alert.reference_keys)
        known = await self._hub.read(lambda db: feed_rows.published_by(db, keys))
        if alert.key in known:
            return _known(feed, found, *known[alert.key])
        verified = await self._verified(feed, xml)
        found = replace(
            found,
            signature=str(verified.verdict if verified else ""),
            signature_words=verified.words if verified else "",
        )
        if feed.settings.signatures is SignaturePolicy.REQUIRE and verified and verified.verdict in _OF_VERDICTS:
            return replace(found, outcome=_OF_VERDICTS[verified.verdict], words=verified.words)
        status = str(alert.status)
        by = await self._hub.read(lambda db: feed_rows.replaced_by(db, feed.id, alert.key, status))
        if by is not None:
            return replace(found, outcome=Outcome.SUPERSEDED, words=f"{by}, which came before it, has replaced it")
        return await self._filtered(feed, alert, xml, found, known)

    async def _verified(self, feed: Feed, xml: bytes) -> Verified | None:
        if feed.settings.signatures is SignaturePolicy.IGNORE:
            return None
        now = self._hub.now()
        return await asyncio.to_thread(lambda: verify(xml, read_trusted(feed.settings.trusted), now))

    async def _filtered(
        self, feed: Feed, alert: Alert, xml: bytes, found: FoundAlert, known: Mapping[str, tuple[int, str]]
    ) -> FoundAlert:
        """The filter, and what an update or cancel is about."""
        is_follow_up, is_cancel = alert.msg_type in FOLLOW_UPS, alert.msg_type is MsgType.CANCEL
        known = known if is_follow_up else {}
        held = await self._held(feed, alert.reference_keys) if is_follow_up else []
        ours = [key for key, (_, by) in known.items() if by == feed.credential_name]
        # what a cancel says of itself is of no weight: what it cancels decides
        words = objection(alert, feed.settings.filter, follows_published=is_cancel or bool(ours or held))
        if words:
            return replace(found, outcome=Outcome.FILTERED, words=words)
        if is_cancel and not known:
            await self._withdraw(held, f"{alert.key} cancelled it before anybody had decided")
            named = len(alert.reference_keys)
            words = (
                f"none of the {named} alerts that it names was published here; {len(held)} of them waited for approval"
            )
            return replace(found, outcome=Outcome.NOTHING_TO_CANCEL, words=words)
        if found.expires is not None and found.expires <= self._hub.now():
            words = f"it expired {self._hub.now() - found.expires} seconds ago by the hub's clock"
            return replace(found, outcome=Outcome.EXPIRED, words=words)
        decided = await self._addressed(feed, alert, xml, found, known)
        if decided.outcome in (Outcome.HELD, Outcome.PUBLISHED):
            await self._withdraw(held, f"{alert.key} replaced it before anybody had decided")
        return decided

    async def _addressed(
        self, feed: Feed, alert: Alert, xml: bytes, found: FoundAlert, known: Mapping[str, tuple[int, str]]
    ) -> FoundAlert:
        """Whom it is for; then hold it or publish it."""
        codes, is_cancel = coded_areas(alert, feed.settings.geocodes), alert.msg_type is MsgType.CANCEL

        def job(db: SqliteDatabase) -> tuple[tuple[str, ...], list[Audience]]:
            return area_rows.known_areas(db, codes), [entry.audience for entry in find_entries(db, list(known))]

        areas, replaced = await self._hub.read(job)
        audience = audience_of(areas, feed.settings.audience, replaced)
        found = replace(found, audience=None if audience.is_empty() else audience)
        reason = _reason_to_hold(feed, known)
        if reason is not None:
            words = "; ".join(part for part in (reason, found.words) if part)
            return replace(found, outcome=Outcome.HELD, words=words, xml=xml, is_urgent=is_cancel)
        if audience.is_empty():
            return replace(found, outcome=Outcome.NOT_ADDRESSED, words=_no_area(codes))
        return await self._published(feed, alert, audience, xml, found)

    async def _published(
        self, feed: Feed, alert: Alert, audience: Audience, xml: bytes, found: FoundAlert
    ) -> FoundAlert:
        try:
            published = await self._publish(feed, alert, audience, xml)
        except DuplicateAlertError as error:
            key = error.key
            known = await self._hub.read(lambda db: feed_rows.published_by(db, [key]))
            return _known(feed, found, *known[key])
        except tuple(REFUSED) as error:
            return replace(found, outcome=outcome_of(error), words=str(error))
        words = "; ".join(published.reports)
        return replace(found, outcome=Outcome.PUBLISHED, number=published.number, words=words)

    async def _publish(
        self, feed: Feed, alert: Alert, audience: Audience, xml: bytes, areas: tuple[str, ...] = ()
    ) -> Published:
        """Publish it. Of a chain of updates many services name but the first, or the one before: what the same service replaced
        earlier is replaced with what it names."""
        by = Credential(feed.credential_name, Role.AUTHOR, areas)
        also: tuple[str, ...] = ()
        while True:
            try:
                published = await self._hub.publish(alert, audience, by=by, original=xml, also_replaces=also)
            except AlreadyReplacedError as error:
                if error.by in also or not await self._continues(feed, alert, error):
                    raise
                also = (*also, error.by)
                continue
            self._told(alert)
            return published

    async def _continues(self, feed: Feed, alert: Alert, error: AlreadyReplacedError) -> bool:
        """Whether what replaced an alert that this one names is of the same sender, from the same feed, and was sent earlier."""
        if alert.msg_type not in FOLLOW_UPS:
            return False
        stored = await self._hub.alert(str(error.number))
        is_same = stored.published_by == feed.credential_name and stored.alert.sender == alert.sender
        return is_same and stored.alert.sent.seconds < alert.sent.seconds

    # -- what is held -------------------------------------------------------------------------------------------------

    async def _held(self, feed: Feed, keys: Iterable[str]) -> list[FeedItem]:
        held = await self._hub.read(lambda db: feed_rows.held_of(db, keys))
        return [item for item in held if item.feed == feed.name]

    async def _withdraw(self, held: list[FeedItem], words: str) -> None:
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            for item in held:
                feed_rows.decide(db, item.id, Outcome.WITHDRAWN, words, None, now)

        if held:
            await self._hub.write(job)

    async def forget_expired(self) -> None:
        """What was held until it expired waits no more. Raises StoreError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            for item in feed_rows.held_until(db, now):
                words = "it expired before anybody had decided"
                feed_rows.decide(db, item.id, Outcome.EXPIRED, words, None, now)

        async with self._deciding:
            if await self._hub.read(lambda db: feed_rows.held_until(db, now)):
                await self._hub.write(job)

    async def approve(self, number: int, audience: Audience | None, by: Credential) -> FeedItem:
        """Publish what is held, for whom the feed's settings say or for `audience`.

        Raises UnknownFeedError, AlreadyDecidedError, SecondPersonError, and what `Hub.publish` raises. What cannot be published
        any more (it expired, it was replaced, it is here already) is held no longer then.
        """
        async with self._deciding:
            item, feed = await self._held_item(number)
            whom = audience or item.found.audience
            if whom is None:
                raise AudienceError("nobody is addressed by the feed's settings: say whom the alert is for")
            assert item.found.xml is not None, "what is held is kept"
            alert = from_xml(item.found.xml).alert
            self._check_may_pass(alert, by)
            try:
                published = await self._publish(feed, alert, whom, item.found.xml, by.areas)
            except (ExpiredAlertError, AlreadyReplacedError) as error:
                await self._note(item, outcome_of(error), str(error), by.name)
                raise
            except DuplicateAlertError as error:
                await self._note(item, Outcome.DUPLICATE, str(error), by.name, number=error.number)
                raise
            return await self._note(
                item, Outcome.PUBLISHED, "; ".join(published.reports), by.name, number=published.number, audience=whom
            )

    async def reject(self, number: int, words: str, by: Credential) -> FeedItem:
        """Do not publish what is held. Raises UnknownFeedError, AlreadyDecidedError."""
        async with self._deciding:
            item, _ = await self._held_item(number)
            return await self._note(item, Outcome.REJECTED, words, by.name)

    async def _held_item(self, number: int) -> tuple[FeedItem, Feed]:
        def job(db: SqliteDatabase) -> tuple[FeedItem, Feed]:
            item = feed_rows.item(db, number)
            return item, feed_rows.feed(db, item.feed)

        item, feed = await self._hub.read(job)
        if item.found.outcome is not Outcome.HELD:
            who = f" by {item.decided_by}" if item.decided_by else ""
            raise AlreadyDecidedError(f"item {number} does not wait for a decision: it is {item.found.outcome}{who}")
        return item, feed

    async def _note(
        self,
        item: FeedItem,
        outcome: Outcome,
        words: str,
        by: str,
        number: int | None = None,
        audience: Audience | None = None,
    ) -> FeedItem:
        now = self._hub.now()
        found = replace(item.found, outcome=outcome, words=words[:WORDS_CHARS_MAX], number=number)
        found = replace(found, audience=audience or found.audience)

        def job(db: SqliteDatabase) -> FeedItem:
            feed_rows.decide(db, item.id, outcome, found.words, by, now, number=number, audience=found.audience)
            _tell(db, now, item.feed, item.id, found)
            if outcome in DECISIONS:
                said = {"feed": item.feed, "alert": number, "words": words or None}
                audit.note(db, now, by, DECISIONS[outcome], str(item.id), **said)
            return feed_rows.item(db, item.id)

        return await self._hub.write(job)


# -- parts ------------------------------------------------------------------------------------------------------------


def outcome_of(error: Exception) -> Outcome:
    """What it means that the hub refused to publish."""
    return next(REFUSED[kind] for kind in type(error).__mro__ if kind in REFUSED)


def _mark(entry: FeedEntry, index: int) -> str:
    """Names an entry whose alert cannot be read; no alert's identity has a space in it."""
    return f"entry {entry.id}" if index == 0 else f"entry {entry.id} {index}"


def _described(blank: FoundAlert, alert: Alert, hub: Hub) -> FoundAlert:
    info = alert.info[0] if alert.info else None
    is_cancel = alert.msg_type is MsgType.CANCEL
    return replace(
        blank,
        source=alert.key,
        identifier=alert.identifier,
        sender=alert.sender,
        sent=str(alert.sent),
        status=str(alert.status),
        msg_type=str(alert.msg_type),
        replaces=alert.reference_keys if alert.msg_type in FOLLOW_UPS else (),
        event=info.event if info else "",
        headline=(info.headline or "") if info else "",
        severity=str(alert.severity),
        expires=None if is_cancel else _expires(alert, hub.options.default_life_s),
    )


def _expires(alert: Alert, default_life_s: int) -> int:
    """As publishing takes it: one that says that it ended before it was sent says nothing of use."""
    stated, sent = alert.expires_at(default_life_s), alert.sent.seconds
    return stated if stated > sent else sent + default_life_s


def _known(feed: Feed, found: FoundAlert, number: int, by: str) -> FoundAlert:
    """The alert is in the log: published from this feed just before the hub ended, from another one, or here."""
    if by == feed.credential_name:
        return replace(found, outcome=Outcome.PUBLISHED, number=number)
    is_from_feed = by.startswith(PREFIX)
    words = f"published here as number {number}, by {by}"
    return replace(found, outcome=Outcome.DUPLICATE if is_from_feed else Outcome.OWN, number=number, words=words)


def _reason_to_hold(feed: Feed, known: Mapping[str, tuple[int, str]]) -> str | None:
    """Why an alert waits for approval ("" if all of this feed do), or None."""
    foreign = sorted(by for _, by in known.values() if by != feed.credential_name)
    if foreign:
        return f"it replaces an alert that came from elsewhere (published by {foreign[0]}): somebody must decide"
    return "" if feed.settings.policy is FeedPolicy.HOLD else None


def _no_area(codes: tuple[str, ...]) -> str:
    if codes:
        return f"no area here is called {', '.join(codes[:5])}, and the feed has no audience for what is elsewhere"
    return "its geocodes name no area, and the feed has no audience for such alerts"


def _release(db: SqliteDatabase, feed: Feed, published: FoundAlert, now: int) -> None:
    """What waits in another feed and is published here now waits no more."""
    for item in feed_rows.held_of(db, [published.source]):
        words = f"published here as number {published.number}, by {feed.credential_name}"
        feed_rows.decide(db, item.id, Outcome.DUPLICATE, words, None, now, number=published.number)


def _tell(db: SqliteDatabase, now: int, feed: str, item: int, found: FoundAlert) -> None:
    """Write the event of an outcome that has one."""
    is_suspect = found.signature in (Verdict.BROKEN, Verdict.UNTRUSTED)
    signature = f"signature {found.signature}: {found.signature_words}" if is_suspect else ""
    if found.outcome is Outcome.HELD:
        urgent = f"urgent: a {found.msg_type}" if found.is_urgent else ""
        words = "; ".join(part for part in (urgent, found.words, signature) if part) or None
        told = {"feed": feed, "item": item, "identifier": found.identifier, "words": words}
        event_rows.append(db, now, EventKind.FEED_HELD, alert=None, device=None, **told)
    if found.outcome is Outcome.PUBLISHED:
        told = {"feed": feed, "item": item, "identifier": found.identifier, "words": signature or None}
        event_rows.append(db, now, EventKind.FEED_PUBLISHED, alert=found.number, device=None, **told)
