from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.audience import Reader
from alerts.errors import UnknownDeviceError
from alerts.session.claim import Claim
from server.store import devices, log
from server.store.claims import Heard, write_claims
from server.store.records import DeviceRow
from tests.support.stores import NOON, fresh_database

ROW = DeviceRow("d-1", "phone", ("KE",), ("nurse",), (), None, NOON, None, None, 0, 0, None)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[SqliteDatabase]:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        reader = Reader("d-1", ("KE",), ("nurse",))
        devices.enrol(db, 1, 7, reader, name="phone", languages_set=None, token_hash=b"1", now=NOON)
        yield db


def test_an_enrolled_device_is_listed(db: SqliteDatabase) -> None:
    assert devices.devices(db) == [ROW]
    assert devices.device(db, "d-1") == ROW
    with pytest.raises(UnknownDeviceError, match="d-2"):
        devices.device(db, "d-2")


def test_what_it_stated_is_listed_with_it(db: SqliteDatabase) -> None:
    write_claims(db, {"d-1": Heard(Claim(1, 7, 5, 6), ("sw",), NOON + 9)})
    assert devices.device(db, "d-1") == replace(ROW, languages=("sw",), last_seen=NOON + 9, cursor=5, epoch=7)


def test_a_move_is_an_entry_of_the_log(db: SqliteDatabase) -> None:
    devices.move(db, 2, 7, Reader("d-1", ("UG",), ()), NOON)
    assert devices.device(db, "d-1") == replace(ROW, areas=("UG",), roles=())
    assert log.head(db) == 2


def test_name_and_languages_are_none(db: SqliteDatabase) -> None:
    devices.describe(db, "d-1", name=None, languages=None)
    assert devices.languages_set(db) == {}
    devices.describe(db, "d-1", name="new", languages=("fr",))
    assert devices.device(db, "d-1") == replace(ROW, name="new", languages_set=("fr",))
    assert devices.languages_set(db) == {"d-1": ("fr",)}
    assert log.head(db) == 1


def test_a_revoked_device_is_listed_and_not_addressed_any_more(db: SqliteDatabase) -> None:
    devices.check_devices(db, ["d-1"])
    devices.revoke(db, "d-1", NOON + 1)
    devices.revoke(db, "d-1", NOON + 2)
    assert devices.device(db, "d-1").revoked_at == NOON + 1
    assert devices.revoked(db) == {"d-1"}
    with pytest.raises(UnknownDeviceError) as caught:
        devices.check_devices(db, ["d-1", "d-9"])
    assert caught.value.devices == ("d-1", "d-9")
    with pytest.raises(UnknownDeviceError):
        devices.revoke(db, "d-9", NOON)
    assert "d-1" not in log.read_log(db, NOON).enrolled


def test_names_of_devices_differ() -> None:
    assert len({devices.make_device_id() for _ in range(500)}) == 500
