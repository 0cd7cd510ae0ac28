"""Webhooks: every event of the hub, delivered to other machines, in order, until it arrives.

    event log ──▶ cursor of the webhook ──▶ POST, signed ──▶ 2xx? ──▶ the cursor moves, in one commit with what came of it
                                                 │ no
                                                 └──▶ wait, longer each time, and again

One task for each webhook, so a slow one delays no other. The cursor is durable and moves only when a message has arrived: a hub
that is killed between sends the same message with the same id again. What the event log has forgotten meanwhile is told as
`webhook.gap`. A receiver that answers 410, or that has taken nothing for days, is sent nothing more until somebody switches it
on again; that is an event of its own.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import structlog
from peewee import SqliteDatabase

from server.audit import HUB, AuditAction
from server.bell import Bell, until_set
from server.events import Event, EventKind
from server.hub import Hub
from server.metrics import Metrics
from server.ops import webhook_message
from server.ops.webhook_message import Message
from server.outbound.client import Answered, Bounds, Outbound
from server.outbound.errors import OutboundError
from server.service import Services
from server.store import audit
from server.store import events as event_rows
from server.store import webhooks as rows
from server.webhooks import Attempt, Webhook

PAUSE_S = 5.0
PAUSE_S_MAX = 4 * 3600.0
"""After the first failure, and the longest; doubled in between. The half of each is left to chance."""
RETRY_AFTER_S_MAX = 24 * 3600.0
"""The longest that a receiver may ask for by Retry-After."""
FAILURES_MIN = 10
"""So often at least it has failed before it is switched off, however long that took: a hub may have been off for days."""
BOUNDS = Bounds(seconds=20.0, connect_seconds=10.0, body_bytes=64 * 1024)
READ_MAX = 200
PASSED_MAX = 1000
"""Events that are not for a webhook are passed over together: so many, or those of a while, in one commit."""
LOOK_S = 2.0
GONE = 410
WORDS_CHARS_MAX = 300

Result = TypeVar("Result")
_logger = structlog.get_logger("server.ops.webhooks")


class Webhooks:
    """What is asked of a hub's webhooks, and the service (server.service) that delivers."""

    name = "webhooks"

    def __init__(
        self,
        hub: Hub,
        outbound: Outbound,
        metrics: Metrics,
        *,
        failing_s_max: int,
        rng: random.Random | None = None,
        look_s: float = LOOK_S,
    ) -> None:
        self.hub = hub
        self.outbound = outbound
        self.metrics = metrics
        self.failing_s_max = failing_s_max
        self.rng = rng or random.SystemRandom()
        self.look_s = look_s
        self.bell = Bell()
        self._workers: dict[str, _Worker] = {}

    # -- what is asked ------------------------------------------------------------------------------------------------

    async def add(self, name: str, url: str, kinds: Sequence[EventKind] = (), by: str = HUB) -> Webhook:
        """A new webhook, with a secret that is shown this once. Events from now on are for it.

        Raises NameTakenError, TooManyWebhooksError, OutboundError (the address may not be asked).
        """
        self.outbound.check(url)
        secret, now = webhook_message.make_secret(), self.hub.now()
        return await self._changed(
            lambda db: rows.add(db, name, url, kinds, secret, now),
            AuditAction.WEBHOOK_ADDED,
            name,
            by,
            url=url,
            kinds=[str(kind) for kind in kinds],
        )

    async def webhooks(self) -> list[Webhook]:
        """All, by name."""
        return await self.hub.read(rows.webhooks)

    async def webhook(self, name: str) -> Webhook:
        """One. Raises UnknownWebhookError."""
        return await self.hub.read(lambda db: rows.get(db, name))

    async def change(
        self,
        name: str,
        *,
        url: str | None = None,
        kinds: Sequence[EventKind] | None = None,
        enabled: bool | None = None,
        by: str = HUB,
    ) -> Webhook:
        """Change what is not None; what was to go is tried at once. Raises UnknownWebhookError, OutboundError."""
        values: dict[str, Any] = {}
        if url is not None:
            self.outbound.check(url)
            values["url"] = url
        if kinds is not None:
            values["kinds"] = rows.packed_kinds(kinds)
        if enabled is not None:
            values |= {"enabled": enabled, "stopped_why": "" if enabled else "it was switched off here"}
        if url is not None or enabled:
            values |= {"tries": 0, "next_try_at": None, "failing_since": None}
        said = {"url": url, "kinds": None if kinds is None else [str(kind) for kind in kinds], "enabled": enabled}
        return await self._changed(
            lambda db: rows.change(db, name, **values), AuditAction.WEBHOOK_CHANGED, name, by, **said
        )

    async def remove(self, name: str, by: str = HUB) -> None:
        """Forget a webhook. Raises UnknownWebhookError."""
        await self._changed(lambda db: rows.remove(db, name), AuditAction.WEBHOOK_REMOVED, name, by)

    async def rotate(self, name: str, keep_s: int, by: str = HUB) -> Webhook:
        """Another secret; the old one signs beside it for `keep_s` seconds. Raises UnknownWebhookError."""
        secret, until = webhook_message.make_secret(), self.hub.now() + keep_s
        return await self._changed(
            lambda db: rows.rotate(db, name, secret, until), AuditAction.WEBHOOK_CHANGED, name, by, rotated=True
        )

    async def test(self, name: str) -> Attempt:
        """Send a message now, once, whatever else waits; what came of it. Raises UnknownWebhookError."""
        webhook = await self.webhook(name)
        attempt, _ = await self.send(webhook, webhook_message.of_test(name, self.hub.now()))
        await self.hub.write(lambda db: rows.note(db, name, attempt))
        return attempt

    async def attempts(self, name: str, limit: int) -> list[Attempt]:
        """The newest attempts, newest first. Raises UnknownWebhookError."""
        return await self.hub.read(lambda db: rows.attempts(db, name, limit))

    def lag(self, webhook: Webhook) -> int:
        """How many events lie behind what is done; those that are not for it count until they have been looked at."""
        worker = self._workers.get(webhook.name)
        cursor = webhook.cursor if worker is None else max(webhook.cursor, worker.cursor)
        return max(0, self.hub.events.newest - cursor)

    async def _changed(
        self, job: Callable[[SqliteDatabase], Result], action: AuditAction, name: str, by: str, **said: object
    ) -> Result:
        now = self.hub.now()

        def noted(db: SqliteDatabase) -> Result:
            result = job(db)
            audit.note(db, now, by, action, name, **said)
            return result

        done = await self.hub.write(noted)
        self.bell.ring()
        return done

    # -- delivering ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Deliver until cancelled."""
        running: dict[str, Services] = {}
        try:
            while True:
                rung = self.bell.listen()
                names = {webhook.name: webhook for webhook in await self.webhooks()}
                for name in running.keys() - names.keys():
                    await running.pop(name).stop()
                    self._workers.pop(name, None)
                for name in names.keys() - running.keys():
                    self._workers[name] = _Worker(self, names[name])
                    running[name] = Services([self._workers[name]])
                    running[name].start()
                await rung.wait()
        finally:
            self._workers = {}
            for services in running.values():
                await services.stop()

    async def send(self, webhook: Webhook, message: Message) -> tuple[Attempt, float | None]:
        """One attempt, and in how many seconds the receiver asks to be tried again, if it says so."""
        loop, now = asyncio.get_running_loop(), self.hub.now()
        headers = webhook_message.headers_for(message, webhook.keys(now), now)
        began, answered, words = loop.time(), None, ""
        try:
            answered = await self.outbound.ask("POST", webhook.url, headers=headers, body=message.body, bounds=BOUNDS)
        except OutboundError as error:
            words = str(error)[:WORDS_CHARS_MAX]
        arrived = answered is not None and 200 <= answered.status < 300
        status = None if answered is None else answered.status
        if answered is not None and not arrived:
            words = _words(answered)
        milliseconds = round((loop.time() - began) * 1000)
        self.metrics.delivered.labels(webhook.name, "arrived" if arrived else "failed").inc()
        attempt = Attempt(message.id, message.type, message.event, now, arrived, status, words, milliseconds)
        return attempt, None if answered is None else retry_after_s(answered)


class _Worker:
    """One webhook's deliveries: a service of its own."""

    def __init__(self, webhooks: Webhooks, webhook: Webhook) -> None:
        self.name = f"webhook {webhook.name}"
        self.cursor = webhook.cursor
        self._webhooks = webhooks
        self._hub = webhooks.hub
        self._webhook = webhook.name
        self._passed = webhook.cursor
        """What the store has as done."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        look_s = self._webhooks.look_s
        while True:
            if not await self._hub.events.wait(self.cursor, look_s):
                await self._pass(1)
                continue
            rung = self._webhooks.bell.listen()
            webhook = await self._hub.read(lambda db: rows.find(db, self._webhook))
            if webhook is None or not webhook.enabled:
                await rung.wait()
                continue
            if webhook.cursor > self.cursor:  # another one by now, of the same name
                self.cursor = webhook.cursor
                continue
            message, cursor = await self._next(webhook)
            if message is None:
                self.cursor = cursor
                await self._pass(PASSED_MAX)
            elif (left := self._pause_left(webhook)) > 0:
                await until_set(rung, min(left, look_s))
            else:
                await self._deliver(webhook, message, cursor)

    async def _next(self, webhook: Webhook) -> tuple[Message | None, int]:
        """The next message, and up to where everything is done when it has arrived; None: nothing is for it up to there."""
        found = await self._hub.events.after(self.cursor, limit=READ_MAX)
        gap = await self._gap(found)
        if gap is not None:
            return webhook_message.of_gap(self.cursor + 1, gap, self._hub.now()), gap
        for event in found:
            if webhook.wants(event):
                return webhook_message.of_event(event), event.id
        return None, found[-1].id if found else min(self.cursor + READ_MAX, self._hub.events.newest)

    async def _gap(self, found: Sequence[Event]) -> int | None:
        """The last of the events behind the cursor that are forgotten; None: none is."""
        if found and found[0].id == self.cursor + 1:
            return None
        oldest = await self._hub.read(event_rows.oldest)
        return oldest - 1 if oldest > self.cursor + 1 else None

    def _pause_left(self, webhook: Webhook) -> float:
        """Seconds until the next attempt is due. A clock that was set back makes nobody wait for years."""
        if webhook.next_try_at is None:
            return 0
        left = webhook.next_try_at - self._hub.now()
        return left if left <= RETRY_AFTER_S_MAX else 0

    async def _pass(self, least: int) -> None:
        """Keep that nothing up to the cursor is for this webhook, if that is news of so many events."""
        if self.cursor - self._passed >= least:
            cursor = self.cursor
            await self._hub.write(lambda db: rows.passed(db, self._webhook, cursor))
            self._passed = cursor

    async def _deliver(self, webhook: Webhook, message: Message, cursor: int) -> None:
        attempt, asked_s = await self._webhooks.send(webhook, message)
        if attempt.arrived:
            await self._hub.write(lambda db: rows.arrived(db, self._webhook, attempt, cursor))
            self.cursor = self._passed = cursor
            return
        now, tries = self._hub.now(), webhook.tries + 1
        since = now if webhook.failing_since is None else min(webhook.failing_since, now)
        pause_s = max(pause(tries, self._webhooks.rng), min(asked_s or 0, RETRY_AFTER_S_MAX))
        why = self._why_stop(attempt, tries, now - since)

        def job(db: Any) -> None:
            rows.failed(db, self._webhook, attempt, tries, now + round(pause_s), since)
            if why:
                rows.stop(db, self._webhook, why, now)

        await self._hub.write(job)
        if why:
            _logger.warning("a webhook was switched off", webhook=self._webhook, why=why)
        elif tries == 1:
            _logger.warning("a webhook fails, and is tried again", webhook=self._webhook, error=attempt.words)

    def _why_stop(self, attempt: Attempt, tries: int, failing_s: int) -> str:
        if attempt.status == GONE:
            return "the receiver answered 410: it wants no more"
        if tries >= FAILURES_MIN and failing_s >= self._webhooks.failing_s_max:
            return f"nothing has arrived for {failing_s // 86_400} days; the last time: {attempt.words}"
        return ""


def pause(tries: int, rng: random.Random) -> float:
    """Seconds to wait after so many failures: twice as long each time, the half left to chance."""
    whole = min(PAUSE_S * 2.0 ** min(tries - 1, 30), PAUSE_S_MAX)
    return float(whole * (0.5 + rng.random() / 2))


def retry_after_s(answered: Answered) -> float | None:
    """Retry-After (RFC 9110 §10.2.3) in seconds; a date is counted from the answer's own Date."""
    value = answered.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        sent = parsedate_to_datetime(answered.headers.get("Date", ""))
        return max(0.0, (parsedate_to_datetime(value) - sent).total_seconds())
    except (ValueError, TypeError):
        return None


def _words(answered: Answered) -> str:
    """What an answer that is no success says, in short."""
    more = " (redirects are not followed)" if 300 <= answered.status < 400 else ""
    return f"the receiver answered {answered.status}{more}"
