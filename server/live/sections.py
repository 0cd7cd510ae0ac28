"""What else belongs to the situation beside alerts and areas: who is silent, what waits for somebody's approval, what fails."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from peewee import SqliteDatabase

from alerts.audience import Audience
from server import scope
from server.events import EventKind
from server.hub import Hub
from server.ops.quiet import Verdict
from server.ops.silence import AREA_KINDS, SilenceWatch, Watched
from server.store import drafts as draft_rows
from server.store import feeds as feed_rows
from server.store import webhooks as webhook_rows
from server.store.drafts import DraftRecord, DraftStatus
from server.store.feed_records import FeedItem, Outcome
from server.store.models_events import EventRow

WAITING_MAX = 200
FAILED_FOR_S = 86_400
"""For how long a rule's failure to tell somebody is shown."""
FAILURES_MAX = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that does not work. `kind`: feed, rule, webhook."""

    kind: str
    name: str
    words: str
    since: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that somebody has to decide about. `kind`: draft, feed-item."""

    kind: str
    id: int
    title: str
    severity: str
    by: str
    since: int


@dataclass(frozen=True, slots=True)
class Sections:
    """All three, as somebody sees them."""

    silent: tuple[Watched, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    failures: tuple[Failure, ...] = ()


async def read_sections(hub: Hub, silence: SilenceWatch, bound: tuple[str, ...]) -> Sections:
    """As somebody sees them who is bound to these areas; failures concern the whole hub. Raises StoreError."""
    now = hub.now()
    held, handed_in, failures = await hub.read(
        lambda db: (_held(db), _handed_in(db), () if bound else _failures(db, now))
    )
    silent = tuple(
        one
        for one in await silence.watched()
        if one.verdict is Verdict.SILENT
        and (not bound or (one.kind in AREA_KINDS and scope.may_see_device(bound, (one.name,))))
    )
    drafts = (
        _waiting_draft(draft) for draft in handed_in if scope.may_see(bound, _audiences(draft.content), hub.areas_of)
    )
    items = (
        _waiting(item)
        for item in held
        if scope.may_see(bound, [] if item.found.audience is None else [item.found.audience], hub.areas_of)
    )
    return Sections(silent, (*drafts, *items), failures)


def _held(db: SqliteDatabase) -> list[FeedItem]:
    return feed_rows.items(db, feed_name=None, outcomes=[Outcome.HELD], after=0, limit=WAITING_MAX)


def _handed_in(db: SqliteDatabase) -> list[DraftRecord]:
    return draft_rows.drafts(db, (DraftStatus.WAITING,), None, WAITING_MAX)


def _audiences(content: dict[str, Any]) -> list[Audience]:
    """Whom a draft is for, as far as it says so itself."""
    said = content.get("audience")
    if not isinstance(said, dict):
        return []
    areas, roles, devices = (tuple(said.get(name) or ()) for name in ("areas", "roles", "devices"))
    return [Audience(areas, roles, devices, bool(said.get("everyone")))]


def _waiting_draft(draft: DraftRecord) -> Waiting:
    alert = draft.content.get("alert")
    infos = alert.get("info") or [] if isinstance(alert, dict) else []
    info = infos[0] if infos and isinstance(infos[0], dict) else {}
    title = str(info.get("headline") or info.get("event") or f"draft {draft.id}")
    by = draft.submitted_by or draft.changed_by
    return Waiting(
        "draft", draft.id, title, str(info.get("severity") or ""), by, draft.submitted_at or draft.changed_at
    )


def _waiting(item: FeedItem) -> Waiting:
    found = item.found
    title = found.headline or found.event or found.title or found.identifier
    return Waiting("feed-item", item.id, title, found.severity, item.feed, item.found_at)


def _failures(db: SqliteDatabase, now: int) -> tuple[Failure, ...]:
    feeds = (
        Failure("feed", feed.name, feed.standing.problem, feed.standing.read_at)
        for feed in feed_rows.feeds(db)
        if feed.standing.failures and not feed.settings.is_paused
    )
    webhooks = (
        Failure("webhook", hook.name, hook.stopped_why or hook.last_error, hook.failing_since)
        for hook in webhook_rows.webhooks(db)
        if hook.stopped_why or hook.failing_since is not None
    )
    return (*feeds, *_failed_rules(db, now), *webhooks)[:FAILURES_MAX]


def _failed_rules(db: SqliteDatabase, now: int) -> list[Failure]:
    """Whom rules could not tell lately, the newest of each rule and contact."""
    is_late = (EventRow.kind == EventKind.RULE_FAILED) & (EventRow.at >= now - FAILED_FOR_S)
    rows = EventRow.select().where(is_late).order_by(EventRow.id.desc()).limit(FAILURES_MAX * 5).execute(db)
    found: dict[str, Failure] = {}
    for row in rows:
        members = json.loads(row.members)
        name = f"{members.get('rule', '')} → {members.get('contact', '')}"
        found.setdefault(name, Failure("rule", name, members.get("words", ""), row.at))
    return list(found.values())
