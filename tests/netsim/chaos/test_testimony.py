"""Which rings count: twice is twice, unless a kill came between ringing and recording; a copy brings its own."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from client.store import Identity, Store
from netsim.chaos.testimony import alarms_of, counted, raised_in, write_testimony
from netsim.site.ledger import Alarm, DeviceLedger, LedgerWriter
from tests.support.clocks import TestClock


def _rang(life: int, batch: int, key: str) -> Alarm:
    return Alarm(1, life, batch, key, 0.0)


def test_a_ring_that_a_kill_made_forgotten_does_not_count() -> None:
    rings = [_rang(1, 1, "a"), _rang(1, 2, "b"), _rang(2, 1, "b")]
    assert counted(rings, {1}) == ["a", "b"]


def test_it_counts_if_nobody_was_killed_or_another_batch_came_after_it() -> None:
    rings = [_rang(1, 1, "a"), _rang(1, 2, "b"), _rang(2, 1, "a"), _rang(2, 1, "b")]
    assert counted(rings, set()) == ["a", "b", "a", "b"]
    assert counted(rings, {1}) == ["a", "a", "b"]


def test_twice_in_one_life_is_twice() -> None:
    assert counted([_rang(1, 1, "a"), _rang(1, 2, "a")], {1}) == ["a", "a"]


def _copy(folder: Path, *raised: str) -> Path:
    store = Store(folder, TestClock().clocks(), random.Random(1))
    store.join(Identity("d-1", "token", "http://127.0.0.1:1", "x"), ("en",))
    store.close()
    file = folder / "field.sqlite"
    with closing(sqlite3.connect(file)) as db, db:
        for number, key in enumerate(raised):
            db.execute(
                "INSERT INTO alert (key, epoch, number, item_epoch, item_number, purpose, urgency, expires, item, listed,"
                " withdrawn, unconfirmed, stale, alarm, stored_at) VALUES (?,1,?,1,?,0,0,9,x'',1,0,0,0,2,1)",
                (key, number, number),
            )
    return file


def _device(folder: Path, **more: Any) -> Any:
    ledger = DeviceLedger(folder / "ledger")
    made = {"name": "amina", "store_life": 1, "killed_lives": set(), "origins": {}, "ledger": ledger}
    return SimpleNamespace(**made | more)


def test_a_store_from_a_copy_has_rung_what_the_copy_has_raised(tmp_path: Path) -> None:
    copy = _copy(tmp_path / "copy", "a")
    assert raised_in(copy) == ["a"]
    device = _device(tmp_path, store_life=2, origins={2: copy})
    LedgerWriter(device.ledger.folder, 1, 1).alarmed(1, ["a", "b"], 1.0)
    LedgerWriter(device.ledger.folder, 2, 2).alarmed(1, ["b"], 2.0)
    assert alarms_of(device, 1) == ["a", "b"]
    assert alarms_of(device, 2) == ["a", "b"]


def test_the_file_names_stores_that_are_gone_apart(tmp_path: Path) -> None:
    device = _device(tmp_path, store_life=2)
    first, second = (LedgerWriter(device.ledger.folder, life, life) for life in (1, 2))
    first.alarmed(1, ["a"], 1.0)
    first.acknowledged("a", 1.0)
    second.alarmed(1, ["a"], 2.0)
    second.acknowledged("b", 2.0)
    file = tmp_path / "testimony.sqlite"
    for _ in range(2):
        write_testimony(file, [("a", 1)], [device])
    with closing(sqlite3.connect(file)) as db:
        assert db.execute("SELECT * FROM alarm ORDER BY device").fetchall() == [("amina", "a"), ("amina#1", "a")]
        assert db.execute("SELECT * FROM acknowledged").fetchall() == [("amina", "b")]
        assert db.execute("SELECT * FROM answered").fetchall() == [("a", 1)]
