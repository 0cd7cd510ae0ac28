"""The verdict over a hub and its devices, from their SQLite files and a ledger, by SQL of its own.

Imports nothing of ours: what an alert's audience means, what replaces what, and what a device owes its user stand here a
second time, so a mistake in the core cannot hide itself. Works on closed stores as on stores in use (it only reads).

    addressed   (device, alert): the log's entry and the device's audience, areas by their hierarchy
    held        the rows of every inbox
    excused     addressed and not held, with a reason: replaced, cancelled or expired before the device had it
    lost        addressed, not held, not excused; or held, and kept from its user

The ledger says what no store can testify against itself: `answered` (key, number) each publish that was answered with 201,
`alarm` (device, key) each alarm that rang, `acknowledged` (device, key) each act of a person.

A hub that was put back from an old copy has lost what it was given since. What exactly stands in the file that the copy took
the place of (`replaced`), and only that is excused: it need not be at the hub, and devices that hold it have to mark it, and to
have told ops its identity. A device that was put back, or cloned, is judged by what its store contains then: such stores have
names, and the ledger names them instead of the device; what a store that is gone had promised its user went with it. And what a
device told the hub it keeps for 90 days of the hub's time to say it again: what the hub lost later than that (its clock may have
been years ahead meanwhile) is lost on both sides; excused where the device's outbox shows that it has forgotten the item.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]
"""A device (or its store's name, or the hub, as "hub") and the identity of an alert."""

_TABLES = """
CREATE TABLE store (store PRIMARY KEY, device, lives);
CREATE TABLE held (store, device, key, epoch, number, expires, purpose, shown, unconfirmed, alarm, receipt, item_epoch, item);
CREATE TABLE restored (file);
CREATE TABLE kept (store, epoch, number, PRIMARY KEY (store, epoch, number)) WITHOUT ROWID;
CREATE TABLE written (store, epoch, last);
CREATE TABLE quarantined (store, epoch, number);
CREATE TABLE claimed (device, number, PRIMARY KEY (device, number)) WITHOUT ROWID;
"""

_HUB = """
CREATE TABLE entry AS SELECT number, epoch, key, purpose, expires, audience, reach, 0 AS is_lost FROM hub.alert_entry;
CREATE TABLE reader AS SELECT device, areas, roles, 1 AS is_now FROM hub.device WHERE revoked_at IS NULL;
INSERT INTO reader SELECT device, areas, roles, 0 FROM hub.audience_entry;
CREATE INDEX entry_key ON entry (key);
CREATE INDEX entry_place ON entry (number, epoch);
"""

_REPLACED = """
INSERT INTO entry SELECT number, epoch, key, purpose, expires, audience, reach, 1 FROM replaced.alert_entry old
    WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.key = old.key AND e.epoch = old.epoch AND e.number = old.number);
INSERT INTO reader SELECT device, areas, roles, 0 FROM replaced.audience_entry;
"""

_ADDRESSED = """
CREATE TABLE meant AS
    SELECT e.number, e.epoch, e.key, one.value AS audience, 1 AS is_own FROM entry e, json_each(e.audience) one
    UNION SELECT e.number, e.epoch, e.key, one.value, 0 FROM entry e, json_each(e.reach) one;
CREATE TABLE matched AS
    SELECT DISTINCT o.audience, d.device, d.is_now
    FROM (SELECT DISTINCT audience FROM meant) o, (SELECT DISTINCT device, areas, roles, is_now FROM reader) d
    WHERE json_extract(o.audience, '$.everyone')
        OR EXISTS (SELECT 1 FROM json_each(o.audience, '$.devices') named WHERE named.value = d.device)
        OR (json_array_length(o.audience, '$.areas') + json_array_length(o.audience, '$.roles') > 0
            AND (json_array_length(o.audience, '$.areas') = 0 OR EXISTS (
                SELECT 1 FROM json_each(o.audience, '$.areas') area, json_each(d.areas) code
                WHERE code.value = area.value
                   OR substr(code.value, 1, length(area.value) + 1) = area.value || '-'))
            AND (json_array_length(o.audience, '$.roles') = 0 OR EXISTS (
                SELECT 1 FROM json_each(o.audience, '$.roles') asked, json_each(d.roles) role
                WHERE role.value = asked.value)));
CREATE INDEX matched_audience ON matched (audience);
CREATE TABLE ever AS
    SELECT DISTINCT m.device, e.key, e.epoch, e.number FROM meant e JOIN matched m ON m.audience = e.audience;
CREATE INDEX ever_key ON ever (device, key);
CREATE TABLE addressed AS
    SELECT DISTINCT s.store, m.device, e.number, e.epoch, e.key, e.purpose, e.expires
    FROM entry e JOIN meant o ON o.key = e.key AND o.number = e.number AND o.epoch = e.epoch AND o.is_own
    JOIN matched m ON m.audience = o.audience AND m.is_now JOIN store s ON s.device = m.device
    WHERE NOT e.is_lost;
CREATE INDEX addressed_key ON addressed (store, key);
CREATE INDEX held_key ON held (store, key);
CREATE TABLE taken AS
    SELECT r.device, coalesce(a.key, r.alert_key) AS key, r.alert_key IS NULL AS by_number
    FROM hub.receipt r LEFT JOIN entry a ON a.number = r.alert_number AND a.epoch = r.alert_epoch
    WHERE r.state = 2;
CREATE INDEX taken_key ON taken (device, key);
CREATE TABLE rang AS SELECT device AS store, key FROM ledger.alarm;
CREATE INDEX rang_key ON rang (store, key);
CREATE TABLE missing AS
    SELECT a.store, a.device, a.key, a.number, a.expires <= moment.now
        OR EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = a.key)
        OR a.purpose = 2 AND NOT EXISTS (
            SELECT 1 FROM hub.replacement r JOIN held h ON h.key = r.key AND h.store = a.store
            WHERE r.number = a.number AND h.shown AND h.expires > moment.now)
        OR EXISTS (SELECT 1 FROM quarantined q WHERE q.store = a.store AND q.epoch = a.epoch AND q.number = a.number)
        AS excused
    FROM addressed a, moment WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.store = a.store AND h.key = a.key);
CREATE TEMP VIEW forgetful AS
    SELECT w.store FROM written w, (SELECT count(*) AS count FROM restored) r
    WHERE r.count > 0 AND w.last > (SELECT count(*) FROM kept k WHERE k.store = w.store AND k.epoch = w.epoch);
CREATE TEMP VIEW forgotten AS
    SELECT h.store, h.key FROM held h WHERE h.receipt = 2 AND h.item IS NOT NULL AND EXISTS (SELECT 1 FROM restored)
        AND NOT EXISTS (SELECT 1 FROM kept k WHERE k.store = h.store AND k.epoch = h.item_epoch AND k.number = h.item);
CREATE TEMP VIEW in_force AS SELECT held.* FROM held, moment WHERE shown AND purpose <> 2 AND expires > moment.now;
"""

_HELD = """
INSERT INTO held
    SELECT :store, (SELECT device FROM field.identity), key, epoch, number, expires, purpose,
           listed AND NOT withdrawn, unconfirmed, alarm, receipt, receipt_epoch, receipt_number FROM field.alert;
"""

_FINDINGS = {
    "lost": "SELECT store, key FROM missing WHERE NOT excused",
    "excused": "SELECT store, key FROM missing WHERE excused",
    "hidden": """
        SELECT a.store, a.key FROM addressed a JOIN held h ON h.store = a.store AND h.key = a.key, moment
        WHERE NOT h.shown AND a.purpose <> 2 AND a.expires > moment.now
            AND NOT EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = a.key)""",
    "unconfirmed": """
        SELECT a.store, a.key FROM addressed a JOIN held h ON h.store = a.store AND h.key = a.key, moment
        WHERE h.shown AND (h.unconfirmed OR h.number IS NULL) AND a.purpose <> 2 AND a.expires > moment.now
            AND NOT EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = a.key)""",
    "forgotten_by_hub": """
        SELECT 'hub', key FROM ledger.answered n
        WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.key = n.key AND e.number = n.number)""",
    "doubled": """
        SELECT store, key FROM held GROUP BY store, key HAVING count(*) > 1
        UNION SELECT store, max(key) FROM held WHERE number IS NOT NULL
        GROUP BY store, epoch, number HAVING count(*) > 1""",
    "strays": """
        SELECT store, key FROM held h WHERE NOT EXISTS (
            SELECT 1 FROM ever e WHERE e.device = h.device AND e.key = h.key
                AND (h.number IS NULL OR e.number = h.number AND e.epoch = h.epoch))""",
    "outdated": """
        SELECT store, key FROM in_force h
        WHERE EXISTS (SELECT 1 FROM hub.replacement r WHERE r.key = h.key)
            AND NOT EXISTS (
                SELECT 1 FROM hub.replacement r JOIN quarantined q ON q.store = h.store AND q.number = r.number
                WHERE r.key = h.key)
        UNION SELECT store, key FROM in_force h
        WHERE NOT EXISTS (SELECT 1 FROM addressed a WHERE a.store = h.store AND a.key = h.key)
            AND EXISTS (SELECT 1 FROM hub.alert_entry a JOIN ever e ON e.device = h.device AND e.key = a.key AND a.key = h.key)
            AND EXISTS (SELECT 1 FROM hub.device d WHERE d.device = h.device AND d.revoked_at IS NULL)""",
    "untold": """
        SELECT store, key FROM in_force h
        WHERE NOT EXISTS (SELECT 1 FROM hub.alert_entry a WHERE a.key = h.key)
            AND EXISTS (SELECT 1 FROM entry e WHERE e.key = h.key AND e.is_lost)
            AND (NOT h.unconfirmed OR h.store NOT IN (SELECT store FROM forgetful) AND NOT EXISTS (
                SELECT 1 FROM hub.report r, json_each(r.keys) named
                WHERE r.device = h.device AND r.kind = 'lost' AND named.value = h.key))""",
    "alarms_twice": "SELECT store, key FROM rang GROUP BY store, key HAVING count(*) > 1",
    "alarms_missed": """
        SELECT store, key FROM in_force h WHERE alarm = 1
        OR alarm = 2 AND NOT EXISTS (SELECT 1 FROM rang l WHERE l.store = h.store AND l.key = h.key)""",
    "acknowledgements_lost": """
        SELECT store, key FROM (
            SELECT store, device, key FROM held WHERE receipt = 2
            UNION SELECT l.device, s.device, l.key FROM ledger.acknowledged l JOIN store s ON s.store = l.device) done
        WHERE NOT EXISTS (SELECT 1 FROM taken t WHERE t.device = done.device AND t.key = done.key)
            AND NOT EXISTS (SELECT 1 FROM forgotten f WHERE f.store = done.store AND f.key = done.key)""",
    "acknowledgements_doubled": """
        SELECT t.device, t.key FROM taken t WHERE t.key IS NOT NULL GROUP BY t.device, t.key, t.by_number
        HAVING count(*) > (SELECT sum(s.lives) FROM store s WHERE s.device = t.device)
            * (CASE WHEN t.by_number THEN 1 ELSE (SELECT max(1, count(*)) FROM restored) END)""",
    "claimed_without_proof": """
        SELECT DISTINCT m.device, m.key FROM missing m JOIN claimed c ON c.device = m.device AND c.number = m.number
        WHERE NOT excused AND NOT EXISTS (SELECT 1 FROM held h WHERE h.device = m.device AND h.key = m.key)""",
}
"""What is found → the query for it: rows of (store, alert)."""

_COUNTS = {
    "published": "SELECT count(*) FROM hub.alert_entry",
    "addressed": "SELECT count(*) FROM addressed",
    "delivered": """
        SELECT count(*) FROM addressed a
        WHERE EXISTS (SELECT 1 FROM held h WHERE h.store = a.store AND h.key = a.key)""",
    "confirmed": """
        SELECT count(*) FROM addressed a JOIN claimed c ON c.device = a.device AND c.number = a.number
        WHERE EXISTS (SELECT 1 FROM held h WHERE h.store = a.store AND h.key = a.key)""",
    "acknowledged_on_devices": "SELECT count(*) FROM held WHERE receipt = 2",
    "acknowledged_at_hub": "SELECT count(*) FROM (SELECT DISTINCT device, key FROM taken)",
    "alarms_raised": "SELECT count(*) FROM rang",
    "lost_by_restore": """
        SELECT count(DISTINCT key) FROM entry e
        WHERE is_lost AND NOT EXISTS (SELECT 1 FROM hub.alert_entry a WHERE a.key = e.key)""",
}


@dataclass(frozen=True)
class Verdict:
    """What the stores hold. All counts but `published`, `alarms_raised` and `lost_by_restore` are of (device, alert).

    `found` names device and alert of what is not as one would think; all but `excused` must be empty:

    excused                   not sent on purpose: replaced, cancelled or expired before the device could have it
    lost                      in force, addressed to the device, and not in its inbox (nor in its quarantine)
    hidden                    in force, addressed to the device, in its inbox, and not shown as in force
    unconfirmed               in force, addressed to the device, and marked there as one that the hub lost
    forgotten_by_hub          answered with 201, and not in the hub's store, nor lost by putting back a copy
    doubled                   twice in an inbox, by its identity or by its number
    strays                    on a device that it was never addressed to, or under a number that the hub never gave it
    outdated                  shown as in force, though it was replaced, or is no longer for this device
    untold                    lost by putting back a copy of the hub, held in force, and not marked so or not told to ops
    alarms_twice              rang more than once
    alarms_missed             in force, and never rang
    acknowledgements_lost     a person did it, and the hub does not know
    acknowledgements_doubled  stands at the hub more often than the device has had stores (under the alert's identity, which a
                              device gives it when the hub has lost its number: once for each time that a copy was put back)
    claimed_without_proof     delivered by what the hub has of the device's position, and not in its inbox
    """

    published: int
    addressed: int
    delivered: int
    """Held in the inbox of a device that it is addressed to."""
    confirmed: int
    """Delivered, and the hub's row for the device says so, by its cursor or as held ahead of that."""
    acknowledged_on_devices: int
    acknowledged_at_hub: int
    alarms_raised: int
    lost_by_restore: int
    """Alerts that the hub lost because a copy of its store was put back."""
    found: Mapping[str, tuple[Pair, ...]]

    @property
    def wrong(self) -> dict[str, tuple[Pair, ...]]:
        """Every finding that must not be, by its name."""
        return {name: pairs for name, pairs in self.found.items() if pairs and name != "excused"}

    @property
    def is_clean(self) -> bool:
        """Nothing was lost, doubled, shown to the wrong person, or left standing."""
        return not self.wrong


def judge_stores(
    hub: Path,
    devices: Iterable[Path] | Mapping[str, Path],
    ledger: Path,
    now: int,
    *,
    replaced: Iterable[Path] = (),
    lives: Mapping[str, int] | None = None,
) -> Verdict:
    """The verdict at `now` (the hub's time, seconds since 1970), over the hub's file, each device's file, and the ledger.

    `devices` with names: stores that go by these in the ledger and in what is found, where a device has more than one.
    `replaced`: files that a copy of the hub's store took the place of. `lives`: how many stores the one of this name is
    the last of; 1 where it does not say. Raises sqlite3.Error: a file cannot be read, or is no such store.
    """
    with closing(sqlite3.connect("file::memory:", uri=True)) as db:
        db.execute("ATTACH ? AS hub", (_read_only(hub),))
        db.execute("ATTACH ? AS ledger", (_read_only(ledger),))
        db.execute("CREATE TABLE moment AS SELECT ? AS now", (now,))
        db.executescript(_TABLES)
        # In stores that are in use the order matters: what the hub says is read before what bears it out.
        claims = db.execute("SELECT device, cursor, held, spared, hub_time FROM hub.device_claim").fetchall()
        named = devices.items() if isinstance(devices, Mapping) else ((None, file) for file in devices)
        for name, file in named:
            _with(db, "field", file, lambda name=name: _take_in(db, name, lives or {}))  # type: ignore[misc]
        db.executescript(_HUB)
        for file in replaced:
            db.execute("INSERT INTO restored VALUES (?)", (str(file),))
            _with(db, "replaced", file, lambda: db.executescript(_REPLACED))
        _take_claims(db, claims, now)
        db.executescript(_ADDRESSED)
        found = {name: _pairs(db, query) for name, query in _FINDINGS.items()}
        counts = {name: int(db.execute(query).fetchone()[0]) for name, query in _COUNTS.items()}
    return Verdict(**counts, found=found)


def _with(db: sqlite3.Connection, schema: str, file: Path, work: Callable[[], object]) -> None:
    db.execute(f"ATTACH ? AS {schema}", (_read_only(file),))
    work()
    db.commit()
    db.execute(f"DETACH {schema}")


def _take_in(db: sqlite3.Connection, name: str | None, lives: Mapping[str, int]) -> None:
    device = db.execute("SELECT device FROM field.identity").fetchone()[0]
    store = name or device
    db.execute("INSERT INTO store VALUES (?, ?, ?)", (store, device, lives.get(store, 1)))
    db.execute(_HELD, {"store": store})
    db.execute("INSERT INTO quarantined SELECT ?, epoch, number FROM field.quarantine", (store,))
    db.execute("INSERT INTO kept SELECT ?, epoch, number FROM field.outboxitem", (store,))
    db.execute("INSERT INTO written SELECT ?, epoch, last FROM field.outbox", (store,))


def _take_claims(db: sqlite3.Connection, claims: Iterable[tuple[str, int, bytes, bytes, int]], now: int) -> None:
    """Which numbers the hub's row for each device says that it has stored: up to its cursor or ahead of it, less the spared.

    Under an earlier time than the row was judged by, what had expired by that later time is not claimed.
    """
    numbers = db.execute("SELECT number, expires FROM hub.alert_entry").fetchall()
    for device, cursor, held, spared, heard in claims:
        ahead, without = _numbers(held), _numbers(spared)
        claimed = [
            (device, number)
            for number, expires in numbers
            if (number <= cursor or number in ahead)
            and number not in without
            and not (now < heard and expires <= heard)
        ]
        db.executemany("INSERT INTO claimed VALUES (?, ?)", claimed)


def _numbers(packed: bytes) -> set[int]:
    """The hub keeps a set of numbers as the lengths of its gaps and runs, in turn, each in groups of seven bits, low first."""
    lengths, value, shift = [], 0, 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            lengths.append(value)
            value = shift = 0
    numbers: set[int] = set()
    end = 0
    for gap, run in zip(lengths[::2], lengths[1::2], strict=True):
        numbers.update(range(end + gap + 1, end + gap + run + 1))
        end += gap + run
    return numbers


def _pairs(db: sqlite3.Connection, query: str) -> tuple[Pair, ...]:
    return tuple((str(device), str(key)) for device, key in db.execute(query))


def _read_only(file: Path) -> str:
    return f"{file.resolve().as_uri()}?mode=ro"
