from __future__ import annotations

from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.errors import UnknownAlertError
from alerts.session.claim import Claim
from server.delivery import DeliveryState
from server.store import devices, log
from server.store.deliveries import delivery
from tests.support.stores import HOUR, NOON, entry_of, following, fresh_database, make_alert

KENYA = Audience(areas=("KE",))


def _enrol(db: SqliteDatabase, device: str, area: str, now: int = NOON) -> None:
    reader = Reader(device, (area,))
    token_hash = device.encode()
    devices.enrol(db, log.head(db) + 1, 7, reader, name=device, languages_set=None, token_hash=token_hash, now=now)


def _publish(db: SqliteDatabase, alert: Alert) -> int:
    entry = entry_of(log.read_log(db, NOON), alert, KENYA)
    log.append_alert(db, entry, alert, now=NOON, by="x")
    return entry.number


def _states(db: SqliteDatabase, number: int, claims: dict[str, Claim], now: int = NOON) -> dict[str, DeliveryState]:
    return {device.device: device.state for device in delivery(db, number, claims, now).devices}


def test_it_is_judged_by_what_devices_say_and_by_their_newest_audience(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        for device, area in (("d-1", "KE-1"), ("d-2", "KE-2"), ("d-3", "UG")):
            _enrol(db, device, area)
        number = _publish(db, make_alert())
        _enrol(db, "d-4", "KE")
        devices.move(db, log.head(db) + 1, 7, Reader("d-2", ("UG",)), NOON)
        assert _states(db, number, {"d-1": Claim(cursor=number)}) == {
            "d-1": DeliveryState.DELIVERED,
            "d-4": DeliveryState.ADDRESSED,
        }


def test_who_came_after_the_end_is_not_counted_as_not_reached(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        _enrol(db, "d-1", "KE")
        one = make_alert("one")
        number = _publish(db, one)
        late = NOON + 11 * HOUR
        _enrol(db, "d-2", "KE", late)
        assert _states(db, number, {}, late) == {"d-1": DeliveryState.NOT_REACHED}


def test_who_came_after_an_update_is_not_counted_for_the_old_version(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        _enrol(db, "d-1", "KE")
        one = make_alert("one")
        number = _publish(db, one)
        newer = _publish(db, following("Update", "two", one))
        _enrol(db, "d-2", "KE")
        assert _states(db, number, {}) == {"d-1": DeliveryState.WITHDRAWN}
        assert _states(db, newer, {}) == {"d-1": DeliveryState.ADDRESSED, "d-2": DeliveryState.ADDRESSED}


def test_an_alert_that_is_not_there_is_said(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db, pytest.raises(UnknownAlertError, match="number 5"):
        delivery(db, 5, {}, NOON)
