"""The uplink in the store: every item of a device takes effect once, whoever brings it and however often.

An item is taken in two commits. `begin` keeps its bytes with a count of tries, before anything looks into them; `take` reads it,
writes its effect under its key (device, outbox epoch, number) and moves the hub's number of that epoch. An item whose
reading brings the process down is there again after the restart, with its count; after limits.UPLINK_TRIES_MAX tries it is not
read any more. What cannot be used is kept as a report with its reason and counts as stored: nothing blocks the line.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from peewee import EXCLUDED, SqliteDatabase, fn

from alerts import limits
from alerts.audience import Reader, is_for_any
from alerts.errors import RemoteProtocolError
from alerts.session.commits import HubOutcome, ReadStand, Refusal, TakeUplink
from alerts.wire.uplink import Answer as SaidAnswer
from alerts.wire.uplink import Lost, Quarantined, ReceiptState, RefusalReason, UplinkItem, unpack_uplink
from alerts.wire.uplink import Receipt as SaidReceipt
from server.events import EventKind
from server.store import answers, events
from server.store.models import AlertEntry, AudienceEntry, Device, Outbox, Receipt, Report, UplinkTry
from server.store.texts import pack_words, unpack_audiences, unpack_words

Read = Callable[[bytes], UplinkItem]


@dataclass(frozen=True, slots=True)
class _Key:
    """The unique key of what an uplink item makes."""

    device: str
    outbox_epoch: int
    outbox_number: int

    def columns(self) -> dict[str, object]:
        return {
            "device": self.device,
            "outbox_epoch": self.outbox_epoch,
            "outbox_number": self.outbox_number,
        }


class _UnusableError(Exception):
    """An item goes to quarantine."""

    def __init__(self, reason: RefusalReason, words: str) -> None:
        super().__init__(words)
        self.reason = reason
        self.words = words[: limits.WORDS_CHARS_MAX]


def stand(db: SqliteDatabase, device: str, command: ReadStand) -> HubOutcome:
    """How far the hub has each of the outbox epochs that a device names."""
    return HubOutcome(tuple((epoch, number_of(db, device, epoch)) for epoch in command.epochs))


def number_of(db: SqliteDatabase, device: str, epoch: int) -> int:
    """The hub's number of one outbox epoch; 0 where it has nothing of it."""
    is_it = (Outbox.device == device) & (Outbox.epoch == epoch)
    number: int | None = Outbox.select(Outbox.number).where(is_it).scalar(db)
    return number or 0


def begin(db: SqliteDatabase, device: str, command: TakeUplink) -> dict[int, int]:
    """First commit: the raw items that are new, each with how often its reading has been begun, this time included."""
    number = number_of(db, device, command.epoch)
    if command.after > number:
        return {}
    tries: dict[int, int] = {}
    for item, raw in command.items:
        if item > number:
            is_it = (UplinkTry.device == device) & (UplinkTry.epoch == command.epoch) & (UplinkTry.number == item)
            tries[item] = (UplinkTry.select(UplinkTry.tries).where(is_it).scalar(db) or 0) + 1
            UplinkTry.insert(device=device, epoch=command.epoch, number=item, item=raw, tries=tries[item]).on_conflict(
                conflict_target=[UplinkTry.device, UplinkTry.epoch, UplinkTry.number],
                update={UplinkTry.item: EXCLUDED.item, UplinkTry.tries: EXCLUDED.tries},
            ).execute(db)
    return tries


def take(
    db: SqliteDatabase,
    device: str,
    command: TakeUplink,
    tries: dict[int, int],
    now: int,
    read: Read = unpack_uplink,
) -> HubOutcome:
    """Second commit: what the items do, and the hub's number. Another connection may have brought some of them meanwhile."""
    number = number_of(db, device, command.epoch)
    if command.after > number:
        return HubOutcome(((command.epoch, number),), gap=True)
    new = [(item, raw) for item, raw in command.items if item > number]
    refusals: list[Refusal] = []
    for item, raw in new:
        key = _Key(device, command.epoch, item)
        try:
            _use(db, key, _read(raw, tries.get(item, 1), read), now)
        except _UnusableError as unusable:
            refusals.append(Refusal(item, unusable.reason, unusable.words))
            _report(db, key, "unusable", now, now, words=unusable.words, epoch=command.epoch, number=item, raw=raw)
    if new:
        _note_clone(db, device, command.epoch, now)
    number = max(number, command.upto)
    _set_number(db, device, command.epoch, number)
    is_done = (UplinkTry.device == device) & (UplinkTry.epoch == command.epoch) & (UplinkTry.number <= number)
    UplinkTry.delete().where(is_done).execute(db)
    return HubOutcome(((command.epoch, number),), refusals=tuple(refusals))


def _read(raw: bytes, tries: int, read: Read) -> UplinkItem:
    if tries > limits.UPLINK_TRIES_MAX:
        raise _UnusableError(RefusalReason.CRASHED, f"reading it brought the hub down {tries - 1} times")
    try:
        return read(raw)
    except RemoteProtocolError as error:
        raise _UnusableError(RefusalReason.UNUSABLE, str(error)) from error


def _use(db: SqliteDatabase, key: _Key, item: UplinkItem, now: int) -> None:
    match item:
        case SaidReceipt():
            number = _check_addressed(db, key.device, item, "a receipt for")
            kind = EventKind.ALERT_SEEN if item.state is ReceiptState.SEEN else EventKind.ALERT_ACKNOWLEDGED
            events.append(db, now, kind, alert=number, device=key.device, done_at=item.at)
            Receipt.insert(
                **key.columns(),
                state=item.state,
                at=item.at,
                taken_at=now,
                alert_epoch=item.epoch,
                alert_number=item.number,
                alert_key=item.key,
            ).execute(db)
        case SaidAnswer():
            number = _check_addressed(db, key.device, item, "an answer to")
            problem = None if number is None else answers.problem_of(db, number, item)
            if problem:
                raise _UnusableError(RefusalReason.NO_ANSWER, problem)
            said = {"done_at": item.at, "value": item.value}
            events.append(db, now, EventKind.ALERT_ANSWERED, alert=number, device=key.device, **said)
            answers.keep(db, key.columns(), number, item, now)
        case Quarantined():
            _report(*(db, key, "quarantined", item.at, now), words=item.reason, epoch=item.epoch, number=item.number)
        case Lost():
            words = f"the hub's log lost {len(item.keys)} alerts that the device holds in force"
            _report(db, key, "lost", item.at, now, words=words, keys=item.keys)


def _check_addressed(db: SqliteDatabase, device: str, said: SaidReceipt | SaidAnswer, what: str) -> int | None:
    """The alert's number. A receipt or answer counts if its alert was ever for the device; of an alert that is not known here
    (None) nothing is asked."""
    if said.number is None:
        is_it = AlertEntry.key == said.key
    else:
        is_it = (AlertEntry.number == said.number) & (AlertEntry.epoch == said.epoch)
    row = AlertEntry.select(AlertEntry.number, AlertEntry.reach).where(is_it).get_or_none(db)
    if row is None:
        return None
    reach = unpack_audiences(row.reach)
    readers = AudienceEntry.select().where(AudienceEntry.device == device).order_by(AudienceEntry.number.desc())
    for audience in readers.execute(db):
        if is_for_any(reach, Reader(device, unpack_words(audience.areas), unpack_words(audience.roles))):
            return int(row.number)
    raise _UnusableError(
        RefusalReason.NOT_ADDRESSED, f"{what} alert {row.number}, which was never meant for this device"
    )


def _report(
    db: SqliteDatabase,
    key: _Key,
    kind: str,
    at: int,
    now: int,
    *,
    words: str,
    epoch: int = 0,
    number: int = 0,
    keys: tuple[str, ...] = (),
    raw: bytes | None = None,
) -> None:
    Report.insert(
        **key.columns(),
        kind=kind,
        at=at,
        taken_at=now,
        words=words,
        epoch=epoch,
        number=number,
        keys=pack_words(keys),
        item=raw,
    ).execute(db)
    events.append(db, now, EventKind.DEVICE_REPORTED, device=key.device, report=kind, words=words)


def _note_clone(db: SqliteDatabase, device: str, epoch: int, now: int) -> None:
    """New items of an outbox epoch after items of a later-begun one prove that two copies of the store are in use.

    A device sends its epochs one after the other, so a store that lives once never goes back to an earlier one.
    """
    row = Outbox.select(Outbox.id).where((Outbox.device == device) & (Outbox.epoch == epoch)).get_or_none(db)
    newest = Outbox.select(fn.MAX(Outbox.id)).where(Outbox.device == device).scalar(db)
    if row is None or newest is None or row.id == newest:
        return
    later = Outbox.select(Outbox.epoch).where(Outbox.id == newest).scalar(db)
    words = f"two copies of this device's store are in use: outbox {epoch} went on after outbox {later} had begun"
    is_it = (Report.device == device) & (Report.outbox_epoch == epoch) & (Report.outbox_number == 0)
    if not Report.select().where(is_it).exists(db):
        _report(db, _Key(device, epoch, 0), "clone", now, now, words=words, epoch=later)
    Device.update(clone_seen_at=now).where(Device.device == device).execute(db)


def _set_number(db: SqliteDatabase, device: str, epoch: int, number: int) -> None:
    Outbox.insert(device=device, epoch=epoch, number=number).on_conflict(
        conflict_target=[Outbox.device, Outbox.epoch], update={Outbox.number: EXCLUDED.number}
    ).execute(db)
