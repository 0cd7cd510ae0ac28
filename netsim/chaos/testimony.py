"""What was seen from outside of the stores, as the judge reads it: from the hub's answers, and from the ledgers of devices.

An alarm may ring twice where the process was killed between ringing and recording that (DESIGN §6.2): a client records a batch
before it hands out the next, so only the last batch of a life that was killed can have been caught so. A store that was put
back from a copy, or cloned, is a new one that begins with what the copy says: an alarm that the copy has as raised rang before.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from netsim.site.device import SiteDevice
from netsim.site.ledger import Alarm

RAISED = 2
_TABLES = """
CREATE TABLE answered (key TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE alarm (device TEXT NOT NULL, key TEXT NOT NULL);
CREATE TABLE acknowledged (device TEXT NOT NULL, key TEXT NOT NULL);
"""


def write_testimony(file: Path, answered: Iterable[tuple[str, int]], devices: Iterable[SiteDevice]) -> None:
    """The file for `judge_stores`. Stores that are no more go by their name and the number of their life."""
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file, isolation_level=None)) as db:
        db.executescript(f"PRAGMA synchronous = OFF; BEGIN; {_TABLES}")
        db.executemany("INSERT INTO answered VALUES (?, ?)", answered)
        for device in devices:
            for life in range(1, device.store_life + 1):
                name = device.name if life == device.store_life else f"{device.name}#{life}"
                rang = alarms_of(device, life)
                db.executemany("INSERT INTO alarm VALUES (?, ?)", [(name, key) for key in rang])
            done = {one.key for one in device.ledger.acknowledgements() if one.store_life == device.store_life}
            db.executemany("INSERT INTO acknowledged VALUES (?, ?)", [(device.name, key) for key in sorted(done)])
        db.execute("COMMIT")


def alarms_of(device: SiteDevice, store_life: int) -> list[str]:
    """The alerts whose alarm rang on one store of a device, each as often as counts."""
    copy = device.origins.get(store_life)
    before = raised_in(copy) if copy is not None else []
    alarms = [alarm for alarm in device.ledger.alarms() if alarm.store_life == store_life]
    return before + counted(alarms, device.killed_lives)


def counted(alarms: list[Alarm], killed_lives: set[int]) -> list[str]:
    """The rings that count: not one that rang again later, if its process was killed before it handed out another batch."""
    last_batch: dict[int, int] = {}
    for alarm in alarms:
        last_batch[alarm.life] = max(last_batch.get(alarm.life, 0), alarm.batch)
    rang = []
    for index, alarm in enumerate(alarms):
        is_again = any(later.key == alarm.key and later.life > alarm.life for later in alarms[index + 1 :])
        was_caught = alarm.life in killed_lives and alarm.batch == last_batch[alarm.life]
        if not (is_again and was_caught):
            rang.append(alarm.key)
    return rang


def raised_in(copy: Path) -> list[str]:
    """The alerts whose alarm a store has as raised."""
    with closing(sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return [str(key) for (key,) in db.execute("SELECT key FROM alert WHERE alarm = ?", (RAISED,))]
