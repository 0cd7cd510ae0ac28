"""The verdict notices everything that it is there to notice: each case takes stores at rest and breaks one thing."""

from __future__ import annotations

import json
import random
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from client.store import Identity, Store
from netsim.demo.ledger import Ledger
from netsim.judge.stores import Verdict, judge_stores
from server.store import schema
from server.store.database import open_database
from tests.support.clocks import TestClock

NOW = 1_800_000_000
LATER = NOW + 3600
EPOCH = 77
NURSE, KEEPER = "device-nurse", "device-keeper"

ALERT, UPDATE, CANCEL = 0, 1, 2


class Stores:
    """A hub with two devices, made row by row; `everywhere` puts an alert where it belongs, all told and acknowledged."""

    def __init__(self, folder: Path) -> None:
        self.hub, ledger = folder / "hub.sqlite", folder / "ledger.sqlite"
        db = open_database(self.hub)
        schema.migrate(db, self.hub)
        db.close()
        self.ledger = Ledger(ledger)
        self.files: dict[str, Path] = {}
        for device, areas, roles in ((NURSE, ["KE-047-0312"], ["nurse"]), (KEEPER, ["KE-0471"], ["cold-chain"])):
            self._enrol(device, areas, roles)
            store = Store(folder / device, TestClock().clocks(), random.Random(1))
            store.join(Identity(device, "token", "http://127.0.0.1:1", device), ("en",))
            store.close()
            self.files[device] = folder / device / "field.sqlite"

    def at_hub(self, query: str, *values: object) -> None:
        _run(self.hub, query, values)

    def on(self, device: str, query: str, *values: object) -> None:
        _run(self.files[device], query, values)

    def _enrol(self, device: str, areas: list[str], roles: list[str]) -> None:
        row = (device, device, json.dumps(areas), json.dumps(roles), device.encode(), 1, NOW)
        self.at_hub(
            "INSERT INTO device (device, name, areas, roles, token_hash, entry, enrolled_at) VALUES (?,?,?,?,?,?,?)",
            *row,
        )
        self.at_hub("INSERT INTO device_claim VALUES (?, 1, ?, 99, 99, x'', x'', ?, '[]', ?)", device, EPOCH, NOW, NOW)

    def publish(
        self, number: int, *, purpose: int = ALERT, replaces: tuple[int, ...] = (), expires: int = LATER, **whom: object
    ) -> str:
        key = f"hub.example,{number}"
        audience = json.dumps([{"areas": [], "roles": [], "devices": [], "everyone": False} | whom])
        self.at_hub(
            "INSERT INTO alert_entry VALUES (?,?,?,?,?,0,?,?,?,?,'[]',?,'tester',x'',NULL)",
            *(number, EPOCH, key, str(number), purpose, expires, expires, audience, audience, NOW),
        )
        for replaced in replaces:
            self.at_hub("INSERT INTO replacement VALUES (?, ?)", f"hub.example,{replaced}", number)
        self.ledger.answered(key, number)
        return key

    def deliver(self, device: str, number: int, *, withdrawn: bool = False, expires: int = LATER) -> None:
        key = f"hub.example,{number}"
        self.on(
            device,
            "INSERT INTO alert (key, epoch, number, item_epoch, item_number, purpose, urgency, expires, item, listed, withdrawn,"
            " unconfirmed, stale, alarm, stored_at) VALUES (?,?,?,?,?,0,0,?,x'',1,?,0,0,2,?)",
            *(key, EPOCH, number, EPOCH, number, expires, withdrawn, NOW),
        )
        self.ledger.alarmed(device, key)

    def acknowledge(self, device: str, number: int) -> None:
        self.on(device, "UPDATE alert SET receipt = 2 WHERE number = ?", number)
        self.ledger.acknowledged(device, f"hub.example,{number}")

    def take(self, device: str, number: int, *, outbox_number: int = 1) -> None:
        row = (device, outbox_number, NOW, NOW, EPOCH, number)
        self.at_hub("INSERT INTO receipt VALUES (?, 5, ?, 2, ?, ?, ?, ?, NULL)", *row)

    def judge(self, now: int = NOW, **more: Any) -> Verdict:
        return judge_stores(self.hub, self.files.values(), self.ledger.file, now, **more)

    def copy(self, file: Path, name: str) -> Path:
        """A second file like this one, as it is now."""
        copy = file.with_name(name)
        with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
        return copy


def _run(file: Path, query: str, values: tuple[object, ...]) -> None:
    with closing(sqlite3.connect(file)) as db, db:
        db.execute(query, values)


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    """Alert 1 for the nurse's county, acknowledged there; alert 2 for everyone; alert 3 for nobody who is here."""
    made = Stores(tmp_path)
    made.publish(1, areas=["KE-047"])
    made.publish(2, everyone=True)
    made.publish(3, areas=["KE-047"], roles=["midwife"])
    made.deliver(NURSE, 1)
    made.deliver(NURSE, 2)
    made.deliver(KEEPER, 2)
    made.acknowledge(NURSE, 1)
    made.take(NURSE, 1)
    return made


def test_stores_at_rest_are_clean_and_counted(stores: Stores) -> None:
    verdict = stores.judge()
    assert verdict.wrong == {}
    assert verdict.is_clean
    assert (verdict.published, verdict.addressed, verdict.delivered, verdict.confirmed) == (3, 3, 3, 3)
    assert (verdict.acknowledged_on_devices, verdict.acknowledged_at_hub, verdict.alarms_raised) == (1, 1, 3)


def test_a_deleted_row_of_an_inbox_is_lost_and_was_claimed(stores: Stores) -> None:
    stores.on(KEEPER, "DELETE FROM alert WHERE number = 2")
    pair = ((KEEPER, "hub.example,2"),)
    assert stores.judge().wrong == {"lost": pair, "claimed_without_proof": pair}


def test_what_the_hub_does_not_claim_is_only_lost(stores: Stores) -> None:
    stores.on(KEEPER, "DELETE FROM alert WHERE number = 2")
    stores.at_hub("UPDATE device_claim SET cursor = 1")
    assert set(stores.judge().wrong) == {"lost"}


def test_the_same_alert_twice_is_doubled(stores: Stores) -> None:
    stores.on(NURSE, "ALTER TABLE alert RENAME TO old")
    stores.on(NURSE, "CREATE TABLE alert AS SELECT * FROM old UNION ALL SELECT * FROM old WHERE number = 1")
    assert stores.judge().wrong == {"doubled": ((NURSE, "hub.example,1"),)}


COPIED = "epoch, number, item_epoch, item_number, purpose, urgency, expires, item, listed, withdrawn"
COPIED += ", unconfirmed, stale, stored_at"


def test_the_same_number_under_two_identities_is_doubled_and_astray(stores: Stores) -> None:
    stores.on(
        NURSE,
        f"INSERT INTO alert (key, {COPIED}, alarm) SELECT 'hub.example,1b', {COPIED}, 0 FROM alert WHERE number = 1",
    )
    pair = ((NURSE, "hub.example,1b"),)
    assert stores.judge().wrong == {"doubled": pair, "strays": pair}


def test_an_alert_on_a_device_that_it_is_not_for_is_astray(stores: Stores) -> None:
    stores.deliver(KEEPER, 1)  # KE-0471 does not lie in KE-047
    assert stores.judge().wrong == {"strays": ((KEEPER, "hub.example,1"),)}


def test_an_answered_alert_that_the_hub_lacks_is_forgotten(stores: Stores) -> None:
    stores.ledger.answered("hub.example,4", 4)
    assert stores.judge().wrong == {"forgotten_by_hub": (("hub", "hub.example,4"),)}


def test_an_alarm_twice_and_an_alarm_never(stores: Stores) -> None:
    stores.ledger.alarmed(NURSE, "hub.example,2")
    stores.on(KEEPER, "UPDATE alert SET alarm = 1")
    pair = "hub.example,2"
    assert stores.judge().wrong == {"alarms_twice": ((NURSE, pair),), "alarms_missed": ((KEEPER, pair),)}


def test_acknowledgements_that_the_hub_lacks_or_has_twice(stores: Stores) -> None:
    stores.acknowledge(KEEPER, 2)
    stores.take(NURSE, 1, outbox_number=2)
    assert stores.judge().wrong == {
        "acknowledgements_lost": ((KEEPER, "hub.example,2"),),
        "acknowledgements_doubled": ((NURSE, "hub.example,1"),),
    }


def test_an_acknowledgement_that_left_no_trace_is_lost(stores: Stores) -> None:
    stores.on(NURSE, "UPDATE alert SET receipt = NULL")
    stores.at_hub("DELETE FROM receipt")
    assert stores.judge().wrong == {"acknowledgements_lost": ((NURSE, "hub.example,1"),)}


def test_what_was_over_before_it_came_is_excused(stores: Stores) -> None:
    stores.publish(4, devices=[KEEPER])
    stores.publish(5, devices=[KEEPER], purpose=CANCEL, replaces=(4,))
    stores.publish(6, devices=[KEEPER], expires=NOW)
    verdict = stores.judge()
    assert verdict.is_clean
    assert {key for _, key in verdict.found["excused"]} == {f"hub.example,{number}" for number in (4, 5, 6)}


def test_a_cancel_that_is_needed_is_not_excused(stores: Stores) -> None:
    stores.publish(4, devices=[NURSE], purpose=CANCEL, replaces=(2,))
    assert stores.judge().found["lost"] == ((NURSE, "hub.example,4"),)


def test_a_cancel_of_what_has_expired_by_itself_is_excused(stores: Stores) -> None:
    stores.publish(4, devices=[NURSE], expires=NOW)
    stores.deliver(NURSE, 4, expires=NOW)
    stores.publish(5, devices=[NURSE], purpose=CANCEL, replaces=(4,))
    assert stores.judge().is_clean


def test_a_receipt_for_what_the_hub_no_longer_has_doubles_nothing(stores: Stores) -> None:
    stores.take(NURSE, 77, outbox_number=2)
    stores.take(NURSE, 78, outbox_number=3)
    assert stores.judge().is_clean


def test_what_was_replaced_must_not_stand_as_in_force(stores: Stores) -> None:
    stores.publish(4, devices=[NURSE], purpose=UPDATE, replaces=(2,))
    stores.deliver(NURSE, 4)
    assert (NURSE, "hub.example,2") in stores.judge().wrong["outdated"]
    stores.on(NURSE, "UPDATE alert SET withdrawn = 1 WHERE number = 2")
    stores.on(KEEPER, "UPDATE alert SET withdrawn = 1 WHERE number = 2")
    assert stores.judge().is_clean


def test_a_revoked_device_is_owed_nothing(stores: Stores) -> None:
    stores.on(KEEPER, "DELETE FROM alert")
    stores.at_hub("UPDATE device SET revoked_at = ? WHERE device = ?", NOW, KEEPER)
    assert stores.judge().is_clean


def test_what_is_held_and_not_shown_is_hidden(stores: Stores) -> None:
    stores.on(KEEPER, "UPDATE alert SET withdrawn = 1")
    assert stores.judge().wrong == {"hidden": ((KEEPER, "hub.example,2"),)}


def test_what_the_hub_has_must_not_be_marked_as_lost_by_it(stores: Stores) -> None:
    stores.on(KEEPER, "UPDATE alert SET unconfirmed = 1")
    assert stores.judge().wrong == {"unconfirmed": ((KEEPER, "hub.example,2"),)}


def test_what_is_in_quarantine_was_stored(stores: Stores) -> None:
    stores.on(KEEPER, "DELETE FROM alert")
    stores.on(KEEPER, "INSERT INTO quarantine VALUES (?, 2, x'', 'unusable', ?)", EPOCH, NOW)
    assert stores.judge().is_clean


def test_what_a_device_was_spared_is_not_claimed_and_what_it_holds_ahead_is(stores: Stores) -> None:
    stores.on(KEEPER, "DELETE FROM alert WHERE number = 2")
    stores.at_hub("UPDATE device_claim SET spared = x'0101' WHERE device = ?", KEEPER)
    assert set(stores.judge().wrong) == {"lost"}
    stores.at_hub("UPDATE device_claim SET cursor = 0, held = x'0101', spared = x'' WHERE device = ?", KEEPER)
    assert set(stores.judge().wrong) == {"lost", "claimed_without_proof"}


def test_what_is_held_ahead_is_confirmed(stores: Stores) -> None:
    stores.at_hub("UPDATE device_claim SET cursor = 1, held = x'0101'")
    assert stores.judge().confirmed == 3


def _move(stores: Stores, device: str, *areas: str) -> None:
    before = json.dumps(["KE-047-0312"] if device == NURSE else ["KE-0471"])
    values = (EPOCH, device, before, json.dumps(["nurse"]), NOW)
    stores.at_hub("INSERT INTO audience_entry VALUES (90, ?, ?, ?, ?, ?)", *values)
    stores.at_hub("UPDATE device SET areas = ? WHERE device = ?", json.dumps(areas), device)


def test_a_device_that_moved_owes_what_is_there_and_shows_no_more_what_was_here(stores: Stores) -> None:
    _move(stores, NURSE, "UG")
    stores.publish(4, areas=["UG"])
    assert stores.judge().wrong == {
        "lost": ((NURSE, "hub.example,4"),),
        "claimed_without_proof": ((NURSE, "hub.example,4"),),
        "outdated": ((NURSE, "hub.example,1"),),
    }
    stores.deliver(NURSE, 4)
    stores.on(NURSE, "UPDATE alert SET listed = 0 WHERE number = 1")
    assert stores.judge().is_clean


@pytest.fixture
def restored(stores: Stores) -> tuple[Stores, Path]:
    """The hub was given alert 4 for everyone, the nurse has it, and then a copy from before it was put back."""
    stores.publish(4, everyone=True)
    stores.deliver(NURSE, 4)
    replaced = stores.copy(stores.hub, "replaced.sqlite")
    stores.at_hub("DELETE FROM alert_entry WHERE number = 4")
    return stores, replaced


def _mark_as_lost(stores: Stores) -> None:
    stores.on(NURSE, "UPDATE alert SET unconfirmed = 1, number = NULL WHERE number = 4")


def _tell(stores: Stores) -> None:
    keys = json.dumps(["hub.example,4"])
    stores.at_hub("INSERT INTO report VALUES (?, 1, 1, 'lost', ?, ?, 0, 0, '', ?, NULL)", NURSE, NOW, NOW, keys)


def test_what_a_restore_lost_is_excused_where_the_replaced_file_shows_it(restored: tuple[Stores, Path]) -> None:
    stores, replaced = restored
    _mark_as_lost(stores)
    _tell(stores)
    verdict = stores.judge(replaced=[replaced])
    assert verdict.is_clean, verdict.wrong
    assert verdict.lost_by_restore == 1
    stores.ledger.answered("hub.example,5", 5)
    assert stores.judge(replaced=[replaced]).wrong == {"forgotten_by_hub": (("hub", "hub.example,5"),)}


def test_an_acknowledgement_by_the_number_that_was_lost_is_at_the_hub(restored: tuple[Stores, Path]) -> None:
    stores, replaced = restored
    _mark_as_lost(stores)
    _tell(stores)
    stores.on(NURSE, "UPDATE alert SET receipt = 2 WHERE item_number = 4")
    assert stores.judge(replaced=[replaced]).wrong == {"acknowledgements_lost": ((NURSE, "hub.example,4"),)}
    stores.take(NURSE, 4, outbox_number=2)
    assert stores.judge(replaced=[replaced]).is_clean


def test_what_a_device_said_longer_ago_than_it_keeps_is_excused_after_a_restore(restored: tuple[Stores, Path]) -> None:
    stores, replaced = restored
    _mark_as_lost(stores)
    stores.on(NURSE, "UPDATE alert SET receipt_epoch = 5, receipt_number = 1 WHERE receipt = 2")
    stores.on(NURSE, "INSERT INTO outbox (epoch, last, stored) VALUES (5, 2, 2)")
    stores.on(NURSE, "INSERT INTO outboxitem VALUES (5, 1, x'', 1, NULL)")
    stores.on(NURSE, "INSERT INTO outboxitem VALUES (5, 2, x'', 1, NULL)")
    stores.at_hub("DELETE FROM receipt")
    told = {"untold": ((NURSE, "hub.example,4"),), "acknowledgements_lost": ((NURSE, "hub.example,1"),)}
    assert stores.judge(replaced=[replaced]).wrong == told
    stores.on(NURSE, "DELETE FROM outboxitem")
    assert stores.judge(replaced=[replaced]).is_clean
    stores.on(NURSE, "UPDATE alert SET unconfirmed = 0 WHERE item_number = 4")
    assert set(stores.judge(replaced=[replaced]).wrong) == {"untold"}


def test_without_the_replaced_file_nothing_is_excused(restored: tuple[Stores, Path]) -> None:
    stores, _ = restored
    _mark_as_lost(stores)
    assert set(stores.judge().wrong) == {"forgotten_by_hub", "strays"}


def test_what_the_hub_lost_has_to_be_marked_and_told(restored: tuple[Stores, Path]) -> None:
    stores, replaced = restored
    pair = ((NURSE, "hub.example,4"),)
    assert stores.judge(replaced=[replaced]).wrong == {"untold": pair}
    _mark_as_lost(stores)
    assert stores.judge(replaced=[replaced]).wrong == {"untold": pair}


def test_a_clone_is_a_store_of_its_own(stores: Stores) -> None:
    clone = stores.copy(stores.files[NURSE], "clone.sqlite")
    files = {"nurse": stores.files[NURSE], "clone": clone, "keeper": stores.files[KEEPER]}
    for name, number in (("nurse", 1), ("nurse", 2), ("clone", 1), ("clone", 2), ("keeper", 2)):
        stores.ledger.alarmed(name, f"hub.example,{number}")
    stores.take(NURSE, 1, outbox_number=2)
    verdict = judge_stores(stores.hub, files, stores.ledger.file, NOW)
    assert verdict.is_clean, verdict.wrong
    assert (verdict.addressed, verdict.delivered) == (5, 5)
    stores.take(NURSE, 1, outbox_number=3)
    _run(clone, "DELETE FROM alert WHERE number = 2", ())
    assert judge_stores(stores.hub, files, stores.ledger.file, NOW).wrong == {
        "lost": (("clone", "hub.example,2"),),
        "acknowledgements_doubled": ((NURSE, "hub.example,1"),),
    }


def test_a_store_that_was_put_back_may_acknowledge_once_more(stores: Stores) -> None:
    stores.take(NURSE, 1, outbox_number=2)
    assert set(stores.judge().wrong) == {"acknowledgements_doubled"}
    assert stores.judge(lives={NURSE: 2}).is_clean


def test_an_acknowledgement_is_named_anew_each_time_that_the_hub_loses_its_alert(
    stores: Stores, tmp_path: Path
) -> None:
    for number in (2, 3):
        row = (NURSE, number, NOW, NOW, "hub.example,1")
        stores.at_hub("INSERT INTO receipt VALUES (?, 5, ?, 2, ?, ?, 0, NULL, ?)", *row)
    replaced = [stores.copy(stores.hub, f"replaced-{number}.sqlite") for number in (1, 2)]
    assert set(stores.judge(replaced=replaced[:1]).wrong) == {"acknowledgements_doubled"}
    assert stores.judge(replaced=replaced).is_clean


def test_several_hundred_alerts_are_judged(stores: Stores) -> None:
    with closing(sqlite3.connect(stores.hub)) as db, db:
        for number in range(10, 700):
            audience = json.dumps([{"areas": ["KE-047"], "roles": [], "devices": [], "everyone": number % 2 == 0}])
            row = (number, EPOCH, f"hub.example,{number}", str(number), LATER, LATER, audience, audience, NOW)
            db.execute("INSERT INTO alert_entry VALUES (?,?,?,?,0,0,?,?,?,?,'[]',?,'tester',x'',NULL)", row)
    verdict = stores.judge()
    assert (verdict.published, verdict.addressed) == (693, 3 + 690 + 345)
    assert len(verdict.found["lost"]) == 690 + 345
