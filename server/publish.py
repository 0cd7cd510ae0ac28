"""The one way into the log: check an alert, find its entry, write it in one transaction.

    prepare   on the loop, from the log in memory: whom, until when, what it replaces and inherits
    commit    in the writer thread: is it new, are areas and devices known; the entry, and the idempotency key

Between the two nobody else may be given a number (the hub's numbering lock), because the entry depends on the one before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from peewee import SqliteDatabase

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.terms import Scope
from alerts.errors import (
    AlreadyReplacedError,
    AudienceError,
    DuplicateAlertError,
    ExpiredAlertError,
    TooManyInForceError,
)
from alerts.limits import ROLL_ENTRIES_MAX
from alerts.session.log import Draft, Entry, Log, Purpose, draft_of
from alerts.wire.items import hub_identifier
from server.audit import AuditAction
from server.store import alerts, areas, audit, devices, events, idempotency
from server.store.idempotency import Done
from server.store.log import append_alert
from server.store.records import Credential, Published

ADDRESSED_MAX = 2000
"""Areas, roles or devices in one audience; what is for more is for a larger area, or for a role."""

ROLE_CHARS_MAX = 64


@dataclass(frozen=True, slots=True)
class Submission:
    """What a publisher asks for. `original`: the XML as it came; `make_identifier`: it came without an identifier;
    `also_replaces`: identities of alerts that it replaces without naming them; `then`: what is done in the same transaction."""

    alert: Alert
    audience: Audience
    by: Credential
    idempotency_key: str | None = None
    digest: bytes = b""
    original: bytes | None = None
    make_identifier: bool = False
    also_replaces: tuple[str, ...] = ()
    then: Callable[[SqliteDatabase, Published], None] | None = None

    @property
    def reference_keys(self) -> tuple[str, ...]:
        """The identities of the earlier alerts that it is about."""
        return tuple(dict.fromkeys((*self.alert.reference_keys, *self.also_replaces)))


@dataclass(frozen=True, slots=True)
class Prepared:
    """An alert with its entry, ready to be committed, and what its publisher should know."""

    alert: Alert
    entry: Entry
    reports: tuple[str, ...]


# -- on the loop ------------------------------------------------------------------------------------------------------


def prepare(
    log: Log, submission: Submission, *, now: int, default_life_s: int, archived: Sequence[Entry] = ()
) -> Prepared:
    """The entry that a submission becomes if it is appended next.

    `archived`: those of its references whose life is over, as far as the clock is right.

    Raises AudienceError, ExpiredAlertError, AlreadyReplacedError, TooManyInForceError.
    """
    alert = submission.alert
    if submission.make_identifier:
        alert = alert.model_copy(update={"identifier": hub_identifier(log.path.newest(), log.head + 1)})
    check_audience(alert.scope, submission.audience)
    draft, reports = _with_life(submission, alert, default_life_s)
    _check_replaced(log, draft, now)
    entry = log.inherit(draft, archived)
    if entry.expires <= now:
        reports = (*reports, _judge_expired(entry, now))
    _check_room(log, entry, now)
    return Prepared(alert, entry, reports)


def check_audience(scope: Scope, audience: Audience) -> None:
    """That an audience addresses somebody, and as CAP's scope demands (CAP 1.2 §3.2.1). Raises AudienceError."""
    if audience.is_empty():
        raise AudienceError(
            "nobody is addressed: give areas, roles, devices, or everyone; an alert is never for all by itself"
        )
    if scope is Scope.PRIVATE and (not audience.devices or audience.areas or audience.roles or audience.everyone):
        raise AudienceError("an alert of scope Private is for named devices only: give devices, and nothing else")
    if scope is Scope.RESTRICTED and (audience.everyone or not (audience.areas or audience.roles)):
        raise AudienceError("an alert of scope Restricted needs areas or roles, and is not for everyone")
    for kind, words in (("areas", audience.areas), ("roles", audience.roles), ("devices", audience.devices)):
        if len(words) > ADDRESSED_MAX:
            raise AudienceError(f"{len(words)} {kind} are addressed; at most {ADDRESSED_MAX} are possible")
    check_roles(audience.roles)


def check_roles(roles: tuple[str, ...]) -> None:
    """That roles are words. Raises AudienceError."""
    for role in roles:
        if not role.strip() or len(role) > ROLE_CHARS_MAX or role != role.strip():
            raise AudienceError(f"{role[:80]!r} is no role: a role is a word of 1 to {ROLE_CHARS_MAX} characters")


def _with_life(submission: Submission, alert: Alert, default_life_s: int) -> tuple[Draft, tuple[str, ...]]:
    """The draft. An alert that says that it ended before it was sent says nothing of use about its life: such XML exists and
    is taken, who writes JSON can mend it."""
    draft = draft_of(alert, submission.audience, default_life_s=default_life_s, payload=alert)
    draft = replace(draft, references=submission.reference_keys)
    if draft.expires > alert.sent.seconds:
        return draft, ()
    if submission.original is None and draft.purpose is not Purpose.CANCEL:
        raise ExpiredAlertError(
            f"alert.info: expires is not after sent, {alert.sent}, in any info: nobody would be shown the alert; give a "
            f"later expires, or none: it then holds for {default_life_s} seconds"
        )
    report = (
        f"expires is not later than sent; the alert is taken to hold for {default_life_s} seconds after it was sent"
    )
    return replace(draft, expires=alert.sent.seconds + default_life_s), (report,)


def _check_replaced(log: Log, draft: Draft, now: int) -> None:
    """Two versions of one alert must not be in force beside each other. Raises AlreadyReplacedError."""
    named = draft.references if draft.purpose in (Purpose.UPDATE, Purpose.CANCEL) else ()
    for key in (draft.key, *named):
        number = log.replaced_by(key)
        by = None if number is None else log.at(number)
        if by and by.key not in named and by.key != draft.key and log.is_current(by, now):
            raise AlreadyReplacedError(key, by.key, by.number)


def _check_room(log: Log, entry: Entry, now: int) -> None:
    """A roll-call lists all that is in force for a device; more than one list takes would cut off whoever gets it all."""
    if entry.purpose is Purpose.CANCEL or sum(1 for _ in log) < ROLL_ENTRIES_MAX:
        return
    others = sum(log.in_force(other, now) and other.key not in entry.replaces for other in log)
    if others >= ROLL_ENTRIES_MAX:
        raise TooManyInForceError(
            f"{others} alerts are in force, and no device can be sure of more than {ROLL_ENTRIES_MAX}: cancel what is "
            "over, let an Update take the place of what it replaces, or give alerts an earlier expires"
        )


def _judge_expired(entry: Entry, now: int) -> str:
    """What to report of an expired alert that still has a purpose: a cancel withdraws for as long as what it cancels lives."""
    if entry.purpose is Purpose.CANCEL and entry.lives > now:
        return "the cancel itself has expired; it still withdraws what it cancels"
    raise ExpiredAlertError(
        f"the alert expired {now - entry.expires} seconds ago by the hub's clock: nobody would be shown it; "
        "publish it with a later expires"
    )


# -- in the writer thread ---------------------------------------------------------------------------------------------


def find_repeat(db: SqliteDatabase, key: str | None, by: str, digest: bytes) -> Published | None:
    """What was answered to the same submission before. Raises IdempotencyConflictError."""
    done = None if key is None else idempotency.find(db, by, key, digest)
    if done is None:
        return None
    stored = alerts.find_alert(db, str(done.number), now=0)
    alert = stored.alert
    return Published(alert.identifier, alert.sender, alert.key, stored.number, stored.epoch, False, done.reports)


def check(db: SqliteDatabase, submission: Submission, prepared: Prepared) -> tuple[str, ...]:
    """What the publisher should know. Raises DuplicateAlertError, UnknownAreaError, UnknownDeviceError."""
    number = alerts.number_of(db, prepared.entry.key)
    if number is not None:
        raise DuplicateAlertError(prepared.entry.key, number)
    unchecked = areas.check_areas(db, submission.audience.areas)
    devices.check_devices(db, submission.audience.devices)
    return (*prepared.reports, *unchecked, *_unknown_references(db, prepared.alert))


def commit(db: SqliteDatabase, submission: Submission, prepared: Prepared, *, now: int, kept_s: int) -> Published:
    """Write the entry. Raises what `check` raises; nothing is written then."""
    alert, entry = prepared.alert, prepared.entry
    reports = check(db, submission, prepared)
    append_alert(db, entry, alert, now=now, by=submission.by.name, original=submission.original)
    events.note_published(db, entry.number)
    _note(db, submission, prepared, now)
    if submission.idempotency_key is not None:
        done = Done(entry.number, reports)
        idempotency.keep(db, submission.by.name, submission.idempotency_key, submission.digest, done, now, kept_s)
    published = Published(alert.identifier, alert.sender, alert.key, entry.number, entry.epoch, True, reports)
    if submission.then is not None:
        submission.then(db, published)
    return published


def _note(db: SqliteDatabase, submission: Submission, prepared: Prepared, now: int) -> None:
    """The decision, for the audit log."""
    alert, entry, whom = prepared.alert, prepared.entry, submission.audience
    action = AuditAction.ALERT_UPDATED if entry.replaces else AuditAction.ALERT_PUBLISHED
    action = AuditAction.ALERT_CANCELLED if entry.purpose is Purpose.CANCEL else action
    to = {"areas": whom.areas, "roles": whom.roles, "devices": whom.devices, "everyone": whom.everyone}
    said = {"status": str(alert.status), "severity": str(alert.severity), "to": {k: v for k, v in to.items() if v}}
    replaces = sorted(entry.replaces) or None
    audit.note(db, now, submission.by.name, action, str(entry.number), alert=alert.key, replaces=replaces, **said)


def _unknown_references(db: SqliteDatabase, alert: Alert) -> list[str]:
    """References from elsewhere are taken as they are: whoever has that alert from elsewhere must still hear of this one."""
    return [
        f"the reference {key} is not known here" for key in alert.reference_keys if alerts.number_of(db, key) is None
    ]
