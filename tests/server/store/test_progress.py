"""Progress from the store, against the delivery that it must agree with."""

from __future__ import annotations

from pathlib import Path

import pytest
from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.errors import UnknownAlertError
from alerts.session.claim import Claim
from server.delivery import DeliveryState
from server.store import devices, log
from server.store.areas import import_areas
from server.store.claims import Heard
from server.store.deliveries import delivery
from server.store.progress import calls, note_sample, progress, samples_of, traits
from server.watch.calls import Missing
from server.watch.course import Sample
from tests.support.stores import NOON, entry_of, fresh_database, make_alert


def enrol(db: SqliteDatabase, device: str, *areas: str) -> None:
    reader = Reader(device, areas)
    devices.enrol(
        *(db, log.head(db) + 1, 7, reader),
        name=f"the {device}",
        languages_set=None,
        token_hash=device.encode(),
        now=NOON,
    )


def publish(db: SqliteDatabase, name: str = "one") -> int:
    alert = make_alert(name)
    entry = entry_of(log.read_log(db, NOON), alert, Audience(areas=("KE",)))
    log.append_alert(db, entry, alert, now=NOON, by="x")
    return entry.number


def test_counts_are_those_of_the_delivery_and_areas_add_up(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        import_areas(db, [("KE", "Kenya"), ("KE-1", "Mombasa")])
        for device, areas in (("d-1", ("KE-1",)), ("d-2", ("KE-1", "KE-2")), ("d-3", ("UG",))):
            enrol(db, device, *areas)
        number = publish(db)
        heard = {"d-1": Heard(Claim(cursor=number), at=NOON)}
        found = progress(db, number, heard, NOON + 60)
        assert found.counts == delivery(db, number, {"d-1": Claim(cursor=number)}, NOON + 60).counts
        rows = {row.area: (row.name, sum(row.counts.values())) for row in found.areas}
        assert rows == {"KE": ("Kenya", 2), "KE-1": ("Mombasa", 2), "KE-2": ("", 1)}
        bound = progress(db, number, heard, NOON + 60, ("KE-2",))
        assert [row.area for row in bound.areas] == ["KE-2"] and sum(bound.counts.values()) == 1


def test_what_was_noted_stands_in_the_course(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        enrol(db, "d-1", "KE")
        number = publish(db)
        note_sample(db, number, Sample(NOON + 20, 1))
        note_sample(db, number, Sample(NOON + 20, 2))
        assert samples_of(db, number) == (Sample(NOON + 20, 2),)
        points = progress(db, number, {}, NOON + 120).course.points
        assert [point.delivered for point in points] == [2, 0]


def test_whom_to_call(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        import_areas(db, [("KE", "Kenya")])
        for device in ("d-1", "d-2", "d-3", "d-4"):
            enrol(db, device, "KE")
        number = publish(db)
        devices.revoke(db, "d-4", NOON + 1)
        heard = {"d-1": Heard(Claim(cursor=number), at=NOON), "d-2": Heard(at=NOON - 50)}
        found = calls(db, number, heard, NOON + 60)
        assert [(one.device, one.missing, one.last_seen) for one in found] == [
            ("d-3", Missing.DELIVERY, None),
            ("d-2", Missing.DELIVERY, NOON - 50),
            ("d-1", Missing.ACKNOWLEDGEMENT, NOON),
        ]
        assert found[0].areas == (("KE", "Kenya"),) and found[0].state is DeliveryState.ADDRESSED
        assert calls(db, number, heard, NOON + 60, ("UG",)) == []


def test_an_alert_that_is_not_there(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db, pytest.raises(UnknownAlertError):
        progress(db, 5, {}, NOON)


def test_traits_of_some(tmp_path: Path) -> None:
    with fresh_database(tmp_path) as db:
        log.begin_epoch(db, 7, NOON, "test")
        enrol(db, "d-1", "KE-1")
        enrol(db, "d-2", "KE")
        assert [one.device for one in traits(db)] == ["d-1", "d-2"]
        (one,) = traits(db, ["d-1", "none-such"])
        assert (one.name, one.areas, one.revoked_at) == ("the d-1", ("KE-1",), None)
