"""What happens at a hub, as a log that others read: one table of kinds, with what each means and what it carries.

An event is written in the transaction of what it tells, under the next number. Whoever reacts to what happens (rules, webhooks,
streams) reads on from a cursor of its own, so nothing is missed over a restart and nothing has to be told twice. Numbers only
grow; the oldest events are forgotten after `EVENTS_KEPT_S`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

EVENTS_KEPT_S = 30 * 86_400
"""How long events are kept, in seconds: who was away for longer asks for the present instead."""


class EventKind(StrEnum):
    """The kinds of events. A word is never used for another thing."""

    ALERT_PUBLISHED = "alert.published"
    ALERT_UPDATED = "alert.updated"
    ALERT_CANCELLED = "alert.cancelled"
    ALERT_BREAK_GLASS = "alert.break-glass"
    ALERT_EXPIRED = "alert.expired"
    ALERT_SEEN = "alert.seen"
    ALERT_ACKNOWLEDGED = "alert.acknowledged"
    ALERT_ANSWERED = "alert.answered"
    DEVICE_ENROLLED = "device.enrolled"
    DEVICE_CHANGED = "device.changed"
    DEVICE_REVOKED = "device.revoked"
    DEVICE_REPORTED = "device.reported"
    DRAFT_WAITING = "draft.waiting"
    DRAFT_REJECTED = "draft.rejected"
    DRAFT_FAILED = "draft.failed"
    FEED_HELD = "feed.held"
    FEED_PUBLISHED = "feed.published"
    FEED_FAILING = "feed.failing"
    FEED_RECOVERED = "feed.recovered"
    RULE_TOLD = "rule.told"
    RULE_FAILED = "rule.failed"
    SILENCE_BEGAN = "silence.began"
    SILENCE_ENDED = "silence.ended"
    WEBHOOK_STOPPED = "webhook.stopped"


@dataclass(frozen=True, slots=True)
class EventMeaning:
    """What an event says, and the members that it carries beside `alert` and `device`."""

    meaning: str
    members: tuple[str, ...] = ()


_OF_ALERTS = ("identifier", "sender", "severity", "by")
_OF_DEVICES = ("name", "areas", "roles")

EVENTS: dict[EventKind, EventMeaning] = {
    EventKind.ALERT_PUBLISHED: EventMeaning(
        "An alert was published (msgType Alert, or any that replaces none).", _OF_ALERTS
    ),
    EventKind.ALERT_UPDATED: EventMeaning("An alert was published that replaces others.", (*_OF_ALERTS, "replaces")),
    EventKind.ALERT_CANCELLED: EventMeaning("An alert was published that cancels others.", (*_OF_ALERTS, "replaces")),
    EventKind.ALERT_BREAK_GLASS: EventMeaning(
        "An alert that needs a second person was published without one.", (*_OF_ALERTS, "reason")
    ),
    EventKind.ALERT_EXPIRED: EventMeaning("An alert that nothing had replaced has come to its end.", _OF_ALERTS[:3]),
    EventKind.ALERT_SEEN: EventMeaning("Somebody has opened the alert on a device.", ("done_at",)),
    EventKind.ALERT_ACKNOWLEDGED: EventMeaning("Somebody has acknowledged the alert on a device.", ("done_at",)),
    EventKind.ALERT_ANSWERED: EventMeaning(
        "Somebody has answered the alert's question on a device.", ("done_at", "value")
    ),
    EventKind.DEVICE_ENROLLED: EventMeaning("A device was enrolled.", _OF_DEVICES),
    EventKind.DEVICE_CHANGED: EventMeaning("A device was moved, or its roles were changed.", _OF_DEVICES),
    EventKind.DEVICE_REVOKED: EventMeaning("A device's credential was revoked.", ()),
    EventKind.DEVICE_REPORTED: EventMeaning(
        "A device or the hub met something that somebody has to look at; it stands in the quarantine.",
        ("report", "words"),
    ),
    EventKind.DRAFT_WAITING: EventMeaning(
        "A draft waits for a second person.", ("draft", "headline", "severity", "by", "words")
    ),
    EventKind.DRAFT_REJECTED: EventMeaning("A second person has rejected a draft.", ("draft", "by", "words")),
    EventKind.DRAFT_FAILED: EventMeaning(
        "A draft could not be published at the time that was set for it.", ("draft", "words")
    ),
    EventKind.FEED_HELD: EventMeaning(
        "An alert of a feed waits for approval.", ("feed", "item", "identifier", "words")
    ),
    EventKind.FEED_PUBLISHED: EventMeaning(
        "An alert of a feed was published here.", ("feed", "item", "identifier", "words")
    ),
    EventKind.FEED_FAILING: EventMeaning("A feed cannot be read.", ("feed", "words")),
    EventKind.FEED_RECOVERED: EventMeaning("A feed that could not be read can be read again.", ("feed",)),
    EventKind.RULE_TOLD: EventMeaning("A rule has told a contact of an alert.", ("rule", "step", "contact")),
    EventKind.RULE_FAILED: EventMeaning("A rule could not tell a contact.", ("rule", "step", "contact", "words")),
    EventKind.SILENCE_BEGAN: EventMeaning(
        "A source or an area has become quieter than is usual for it.", ("source", "area", "words")
    ),
    EventKind.SILENCE_ENDED: EventMeaning(
        "A source or an area that had been quiet was heard again.", ("source", "area")
    ),
    EventKind.WEBHOOK_STOPPED: EventMeaning(
        "A webhook is sent nothing more: its receiver wants no more, or has taken nothing for days.",
        ("webhook", "words"),
    ),
}
"""Every kind; a member that does not apply is left out."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its number, when it was written (hub time, seconds), and which alert (its number) and device it is about."""

    id: int
    at: int
    kind: EventKind
    alert: int | None = None
    device: str | None = None
    members: dict[str, Any] = field(default_factory=dict)
