"""The verdict over a hub and its devices, from their SQLite files and a ledger, by SQL of its own.

Imports nothing of ours: what an alert's audience means, what replaces what, and what a device owes its user stand here a
second time, so a mistake in the core cannot hide itself. Works on closed stores as on stores in use (it only reads).

    addressed   (device, alert): the log's entry and the device's audience, areas by their hierarchy
    held        the rows of every inbox
    excused     addressed and not held, with a reason: replaced, cancelled or expired before the device had it
    lost        addressed, not held, not excused

The ledger says what no store can testify against itself: `answered` (key, number) each publish that was answered with 201,
`alarm` (device, key) each alarm that rang, `acknowledged` (device, key) each act of a person.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]
"""A device (or the hub, as "hub") and the identity of an alert."""

_TABLES = """
CREATE TABLE held (device, key, epoch, number, expires, purpose, shown, alarm, receipt);
CREATE TEMP VIEW one_audience AS
    SELECT a.number, one.value AS audience FROM hub.alert_entry a, json_each(a.audience) one
    UNION ALL SELECT a.number, one.value FROM hub.alert_entry a, json_each(a.reach) one;
CREATE TABLE addressed AS
    SELECT DISTINCT d.device, a.number, a.epoch, a.key, a.purpose, a.expires
    FROM hub.device d, hub.alert_entry a, one_audience o
    WHERE o.number = a.number AND d.revoked_at IS NULL AND (
        json_extract(o.audience, '$.everyone')
        OR EXISTS (SELECT 1 FROM json_each(o.audience, '$.devices') named WHERE named.value = d.device)
        OR (json_array_length(o.audience, '$.areas') + json_array_length(o.audience, '$.roles') > 0
            AND (json_array_length(o.audience, '$.areas') = 0 OR EXISTS (
                SELECT 1 FROM json_each(o.audience, '$.areas') area, json_each(d.areas) code
                WHERE code.value = area.value
                   OR substr(code.value, 1, length(area.value) + 1) = area.value || '-'))
            AND (json_array_length(o.audience, '$.roles') = 0 OR EXISTS (
                SELECT 1 FROM json_each(o.audience, '$.roles') asked, json_each(d.roles) role
                WHERE role.value = asked.value))));
"""


_VIEWS = """
CREATE TEMP VIEW missing AS
    SELECT a.device, a.key, a.number, a.expires <= moment.now
        OR EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = a.key)
        OR a.purpose = 2 AND NOT EXISTS (
            SELECT 1 FROM hub.replacement r JOIN held h ON h.key = r.key AND h.device = a.device
            WHERE r.number = a.number AND h.shown) AS excused
    FROM addressed a, moment WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.device = a.device AND h.key = a.key);
CREATE TEMP VIEW taken AS
    SELECT r.device, coalesce(a.key, r.alert_key) AS key
    FROM hub.receipt r LEFT JOIN hub.alert_entry a ON a.number = r.alert_number AND a.epoch = r.alert_epoch
    WHERE r.state = 2;
CREATE TEMP VIEW in_force AS SELECT held.* FROM held, moment WHERE shown AND expires > moment.now;
"""

_HELD = """
INSERT INTO held
    SELECT (SELECT device FROM field.identity), key, epoch, number, expires, purpose,
           listed AND NOT withdrawn, alarm, receipt FROM field.alert
"""

_FINDINGS = {
    "lost": "SELECT device, key FROM missing WHERE NOT excused",
    "excused": "SELECT device, key FROM missing WHERE excused",
    "forgotten_by_hub": """
        SELECT 'hub', key FROM ledger.answered n
        WHERE NOT EXISTS (SELECT 1 FROM hub.alert_entry a WHERE a.key = n.key AND a.number = n.number)""",
    "doubled": """
        SELECT device, key FROM held GROUP BY device, key HAVING count(*) > 1
        UNION SELECT device, max(key) FROM held WHERE number IS NOT NULL
        GROUP BY device, epoch, number HAVING count(*) > 1""",
    "strays": """
        SELECT device, key FROM held h WHERE NOT EXISTS (
            SELECT 1 FROM addressed a WHERE a.device = h.device AND a.key = h.key AND a.number = h.number)""",
    "outdated": """
        SELECT device, key FROM in_force h
        WHERE purpose <> 2 AND EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = h.key)""",
    "alarms_twice": "SELECT device, key FROM ledger.alarm GROUP BY device, key HAVING count(*) > 1",
    "alarms_missed": """
        SELECT device, key FROM in_force h WHERE alarm = 1
        OR alarm = 2 AND NOT EXISTS (SELECT 1 FROM ledger.alarm l WHERE l.device = h.device AND l.key = h.key)""",
    "acknowledgements_lost": """
        SELECT device, key FROM held WHERE receipt = 2 UNION SELECT device, key FROM ledger.acknowledged
        EXCEPT SELECT device, key FROM taken""",
    "acknowledgements_doubled": "SELECT device, key FROM taken GROUP BY device, key HAVING count(*) > 1",
    "claimed_without_proof": """
        SELECT m.device, m.key FROM missing m JOIN hub.device_claim c ON c.device = m.device
        WHERE m.number <= c.cursor AND NOT excused""",
}
"""What is found → the query for it: rows of (device, alert)."""

_COUNTS = {
    "published": "SELECT count(*) FROM hub.alert_entry",
    "addressed": "SELECT count(*) FROM addressed",
    "delivered": """
        SELECT count(*) FROM addressed a
        WHERE EXISTS (SELECT 1 FROM held h WHERE h.device = a.device AND h.key = a.key)""",
    "confirmed": """
        SELECT count(*) FROM addressed a JOIN hub.device_claim c ON c.device = a.device AND a.number <= c.cursor
        WHERE EXISTS (SELECT 1 FROM held h WHERE h.device = a.device AND h.key = a.key)""",
    "acknowledged_on_devices": "SELECT count(*) FROM held WHERE receipt = 2",
    "acknowledged_at_hub": "SELECT count(*) FROM (SELECT DISTINCT device, key FROM taken)",
    "alarms_raised": "SELECT count(*) FROM ledger.alarm",
}


@dataclass(frozen=True)
class Verdict:
    """What the stores hold. All counts but `published` and `alarms_raised` are of (device, alert).

    `found` names device and alert of what is not as one would think; all but `excused` must be empty:

    excused                   not sent on purpose: replaced, cancelled or expired before the device could have it
    lost                      in force, addressed to the device, and not in its inbox
    forgotten_by_hub          answered with 201, and not in the hub's store
    doubled                   twice in an inbox, by its identity or by its number
    strays                    on a device that it is not addressed to, or under another number than the hub's
    outdated                  shown as in force, though it was replaced
    alarms_twice              rang more than once
    alarms_missed             in force, and never rang
    acknowledgements_lost     a person did it, and the hub does not know
    acknowledgements_doubled  stands twice at the hub
    claimed_without_proof     delivered by what the hub has of the device's position, and not in its inbox
    """

    published: int
    addressed: int
    delivered: int
    """Held in the inbox of a device that it is addressed to."""
    confirmed: int
    """Delivered, and the hub's row for the device says so."""
    acknowledged_on_devices: int
    acknowledged_at_hub: int
    alarms_raised: int
    found: Mapping[str, tuple[Pair, ...]]

    @property
    def wrong(self) -> dict[str, tuple[Pair, ...]]:
        """Every finding that must not be, by its name."""
        return {name: pairs for name, pairs in self.found.items() if pairs and name != "excused"}

    @property
    def is_clean(self) -> bool:
        """Nothing was lost, doubled, shown to the wrong person, or left standing."""
        return not self.wrong


def judge_stores(hub: Path, devices: Iterable[Path], ledger: Path, now: int) -> Verdict:
    """The verdict at `now` (the hub's time, seconds since 1970), over the hub's file, each device's file, and the ledger.

    Raises sqlite3.Error: a file cannot be read, or is no such store.
    """
    with closing(sqlite3.connect("file::memory:", uri=True)) as db:
        db.execute("ATTACH ? AS hub", (_read_only(hub),))
        db.execute("ATTACH ? AS ledger", (_read_only(ledger),))
        db.execute("CREATE TABLE moment AS SELECT ? AS now", (now,))
        db.executescript(_TABLES + _VIEWS)
        for device in devices:
            _take_in(db, device)
        found = {name: _pairs(db, query) for name, query in _FINDINGS.items()}
        counts = {name: int(db.execute(query).fetchone()[0]) for name, query in _COUNTS.items()}
    return Verdict(**counts, found=found)


def _take_in(db: sqlite3.Connection, device: Path) -> None:
    db.execute("ATTACH ? AS field", (_read_only(device),))
    db.execute(_HELD)
    db.commit()
    db.execute("DETACH field")


def _pairs(db: sqlite3.Connection, query: str) -> tuple[Pair, ...]:
    return tuple((str(device), str(key)) for device, key in db.execute(query))


def _read_only(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"
