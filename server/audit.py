"""Decisions that are kept for ever: one table of actions, with what each means.

A decision is noted in the transaction that makes it true (server.store.audit), so there is none without its note and no note of
what did not happen. Each note holds a hash over itself and the one before it: what was changed later shows (docs/accounts.md).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class AuditAction(StrEnum):
    """The actions. A word is never used for another thing."""

    ALERT_PUBLISHED = "alert.published"
    ALERT_UPDATED = "alert.updated"
    ALERT_CANCELLED = "alert.cancelled"
    ALERT_BREAK_GLASS = "alert.break-glass"
    DRAFT_SAVED = "draft.saved"
    DRAFT_SUBMITTED = "draft.submitted"
    DRAFT_APPROVED = "draft.approved"
    DRAFT_REJECTED = "draft.rejected"
    DRAFT_SCHEDULED = "draft.scheduled"
    DRAFT_WITHDRAWN = "draft.withdrawn"
    TEMPLATE_CHANGED = "template.changed"
    TEMPLATE_REMOVED = "template.removed"
    PERSON_ADDED = "person.added"
    PERSON_CHANGED = "person.changed"
    PERSON_INVITED = "person.invited"
    PASSWORD_CHANGED = "password.changed"  # noqa: S105 - an action, not a password
    SESSION_BEGAN = "session.began"
    SESSION_REFUSED = "session.refused"
    SESSION_ENDED = "session.ended"
    TOKEN_MADE = "token.made"  # noqa: S105 - an action, not a token
    TOKEN_REVOKED = "token.revoked"  # noqa: S105 - an action, not a token
    CODE_MADE = "code.made"
    DEVICE_ENROLLED = "device.enrolled"
    DEVICE_CHANGED = "device.changed"
    DEVICE_MOVED = "device.moved"
    DEVICE_IMPORTED = "device.imported"
    DEVICE_REVOKED = "device.revoked"
    AREA_IMPORTED = "area.imported"
    AREA_CHANGED = "area.changed"
    AREA_REMOVED = "area.removed"
    ROSTER_REMOVED = "roster.removed"
    RULE_CHANGED = "rule.changed"
    RULE_REMOVED = "rule.removed"
    CONTACT_ADDED = "contact.added"
    CONTACT_CHANGED = "contact.changed"
    CONTACT_REMOVED = "contact.removed"
    FEED_ADDED = "feed.added"
    FEED_CHANGED = "feed.changed"
    FEED_REMOVED = "feed.removed"
    FEED_ITEM_APPROVED = "feed-item.approved"
    FEED_ITEM_REJECTED = "feed-item.rejected"
    WEBHOOK_ADDED = "webhook.added"
    WEBHOOK_CHANGED = "webhook.changed"
    WEBHOOK_REMOVED = "webhook.removed"
    DICTIONARY_USED = "dictionary.used"
    DICTIONARY_REMOVED = "dictionary.removed"
    AUDIT_EXPORTED = "audit.exported"
    STORE_RESTORED = "store.restored"


ACTIONS: dict[AuditAction, str] = {
    AuditAction.ALERT_PUBLISHED: "An alert was put into the log.",
    AuditAction.ALERT_UPDATED: "An alert was put into the log that replaces others.",
    AuditAction.ALERT_CANCELLED: "An alert was put into the log that cancels others.",
    AuditAction.ALERT_BREAK_GLASS: "An alert went out without the second person that it needs, for the reason given.",
    AuditAction.DRAFT_SAVED: "A draft was begun or changed.",
    AuditAction.DRAFT_SUBMITTED: "A draft was handed in for approval.",
    AuditAction.DRAFT_APPROVED: "A second person has approved a draft.",
    AuditAction.DRAFT_REJECTED: "A second person has rejected a draft.",
    AuditAction.DRAFT_SCHEDULED: "A draft was given the time at which it goes out.",
    AuditAction.DRAFT_WITHDRAWN: "A draft was given up.",
    AuditAction.TEMPLATE_CHANGED: "A template was made or changed.",
    AuditAction.TEMPLATE_REMOVED: "A template was removed.",
    AuditAction.PERSON_ADDED: "Somebody was given an account.",
    AuditAction.PERSON_CHANGED: "Somebody's role, areas or language were changed, or the account was closed or opened again.",
    AuditAction.PERSON_INVITED: "Somebody was given a code with which to set a password.",
    AuditAction.PASSWORD_CHANGED: "Somebody has set a password.",
    AuditAction.SESSION_BEGAN: "Somebody signed in.",
    AuditAction.SESSION_REFUSED: "A sign-in was refused (of a row of tries only some are noted).",
    AuditAction.SESSION_ENDED: "Sessions of somebody were ended, by a sign-out or by an administrator.",
    AuditAction.TOKEN_MADE: "A program was given a token.",
    AuditAction.TOKEN_REVOKED: "A token was revoked.",
    AuditAction.CODE_MADE: "Enrolment codes were made.",
    AuditAction.DEVICE_ENROLLED: "A device was enrolled with a code.",
    AuditAction.DEVICE_CHANGED: "A device's areas, roles, languages, name or supervisor were changed.",
    AuditAction.DEVICE_MOVED: "Devices were moved together.",
    AuditAction.DEVICE_IMPORTED: "Devices were changed from a file.",
    AuditAction.DEVICE_REVOKED: "A device's credential was revoked.",
    AuditAction.AREA_IMPORTED: "Areas or facilities came in from a file.",
    AuditAction.AREA_CHANGED: "An area or facility was added or changed.",
    AuditAction.AREA_REMOVED: "An area or facility was removed.",
    AuditAction.ROSTER_REMOVED: "A device that was expected was taken out of the roster.",
    AuditAction.RULE_CHANGED: "A rule was added or changed.",
    AuditAction.RULE_REMOVED: "A rule was removed.",
    AuditAction.CONTACT_ADDED: "A contact was added.",
    AuditAction.CONTACT_CHANGED: "A contact was changed.",
    AuditAction.CONTACT_REMOVED: "A contact was removed.",
    AuditAction.FEED_ADDED: "A feed is read from now on.",
    AuditAction.FEED_CHANGED: "A feed's settings were changed.",
    AuditAction.FEED_REMOVED: "A feed is read no more.",
    AuditAction.FEED_ITEM_APPROVED: "An alert of a feed was approved.",
    AuditAction.FEED_ITEM_REJECTED: "An alert of a feed was rejected.",
    AuditAction.WEBHOOK_ADDED: "A webhook was added.",
    AuditAction.WEBHOOK_CHANGED: "A webhook was changed, or given a new secret.",
    AuditAction.WEBHOOK_REMOVED: "A webhook was removed.",
    AuditAction.DICTIONARY_USED: "Another dictionary was put in use.",
    AuditAction.DICTIONARY_REMOVED: "A dictionary was removed.",
    AuditAction.AUDIT_EXPORTED: "The audit log was exported.",
    AuditAction.STORE_RESTORED: "A backup took the place of the database; what came after the backup is told by its hash.",
}
"""Every action and its meaning."""

HUB = "hub"
"""Who decided what nobody in particular did: the hub by itself, or a command at its data folder without a name."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One note: its number (1, 2, 3, … without a gap), when (hub time, seconds), who, what, to what, and the hash so far."""

    number: int
    at: int
    by: str
    action: str
    subject: str
    members: dict[str, Any] = field(default_factory=dict)
    hash: bytes = b""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How far the log goes: the newest number and its hash; 0 for an empty log."""

    number: int
    hash: bytes
