"""What is known of an alert and each device: audiences, what devices say that they have, what people did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from peewee import SqliteDatabase, fn

from alerts.audience import Reader
from alerts.errors import UnknownAlertError
from alerts.session.claim import Claim
from alerts.session.log import Purpose
from alerts.wire.uplink import ReceiptState
from server.delivery import Delivery, Ending, Evidence, judge
from server.store.answers import answered_at
from server.store.models import AlertEntry, AudienceEntry, Device, Receipt, Replacement
from server.store.texts import unpack_audiences, unpack_words


@dataclass(frozen=True, slots=True)
class Acts:
    """When (hub time, as the device reckoned it) somebody first saw and first acknowledged an alert on one device."""

    seen_at: int | None = None
    acknowledged_at: int | None = None


def acts_on(db: SqliteDatabase, number: int) -> dict[str, Acts]:
    """The receipts for an alert, by device; found by its entry or by its identity, as the device named it."""
    alert = AlertEntry.select(AlertEntry.epoch, AlertEntry.key).where(AlertEntry.number == number).get(db)
    is_entry = (Receipt.alert_number == number) & (Receipt.alert_epoch == alert.epoch)
    firsts: dict[str, dict[int, int]] = {}
    for row in Receipt.select().where(is_entry | (Receipt.alert_key == alert.key)).execute(db):
        states = firsts.setdefault(row.device, {})
        states[row.state] = min(row.at, states.get(row.state, row.at))
    return {
        device: Acts(states.get(ReceiptState.SEEN), states.get(ReceiptState.ACKNOWLEDGED))
        for device, states in firsts.items()
    }


def delivery(db: SqliteDatabase, number: int, claims: Mapping[str, Claim], now: int) -> Delivery:
    """How far an alert has come with each device. Raises UnknownAlertError."""
    alert = ending(db, number)
    readers = readers_at(db, alert, now)
    acts, answered = acts_on(db, number), answered_at(db, number)
    evidence = []
    for row in Device.select().order_by(Device.device).execute(db):
        did = acts.get(row.device, Acts())
        evidence.append(
            Evidence(
                *(row.device, row.name, readers.get(row.device), row.revoked_at),
                claims.get(row.device, Claim()),
                *(did.seen_at, did.acknowledged_at, answered.get(row.device)),
            )
        )
    return judge(alert, evidence, now)


def ending(db: SqliteDatabase, number: int) -> Ending:
    """Whom an alert is for, and whether and how it has ended. Raises UnknownAlertError."""
    row = AlertEntry.select().where(AlertEntry.number == number).get_or_none(db)
    if row is None:
        raise UnknownAlertError(f"no alert has the number {number}")
    return Ending(
        *(number, unpack_audiences(row.audience)[0], row.published_at, row.expires),
        Replacement.select(fn.MIN(Replacement.number)).where(Replacement.key == row.key).scalar(db),
        row.purpose == Purpose.CANCEL,
    )


def readers_at(db: SqliteDatabase, alert: Ending, now: int) -> dict[str, Reader]:
    """Each device's audience now; or, if the alert is over, the one that it had when the alert ended."""
    query = AudienceEntry.select().order_by(AudienceEntry.number)
    if alert.is_over(now):
        query = query.where(AudienceEntry.made_at < alert.expires)
    if alert.replaced_by is not None:
        query = query.where(AudienceEntry.number < alert.replaced_by)
    return {
        row.device: Reader(row.device, unpack_words(row.areas), unpack_words(row.roles)) for row in query.execute(db)
    }
