"""What people did with an alert, from the receipts of their devices."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SqliteDatabase

from alerts.wire.uplink import ReceiptState
from server.store.models import AlertEntry, Receipt


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
