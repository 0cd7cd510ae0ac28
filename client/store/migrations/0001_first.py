"""The first schema."""

from __future__ import annotations

from typing import Any

TABLES = (
    """CREATE TABLE identity (id INTEGER PRIMARY KEY, device TEXT NOT NULL, token TEXT NOT NULL, address TEXT NOT NULL,
        name TEXT NOT NULL, ca_file TEXT)""",
    """CREATE TABLE standing (id INTEGER PRIMARY KEY, epoch INTEGER NOT NULL, cursor INTEGER NOT NULL,
        as_of INTEGER NOT NULL, held TEXT NOT NULL, owes INTEGER NOT NULL, unconfirmed INTEGER NOT NULL,
        heard INTEGER NOT NULL, marks TEXT NOT NULL, languages TEXT NOT NULL, languages_due INTEGER NOT NULL)""",
    "CREATE TABLE hubclock (id INTEGER PRIMARY KEY, hub INTEGER NOT NULL, monotonic REAL NOT NULL, boot TEXT NOT NULL)",
    """CREATE TABLE alert (key TEXT PRIMARY KEY, epoch INTEGER NOT NULL, number INTEGER, item_epoch INTEGER NOT NULL,
        item_number INTEGER NOT NULL, purpose INTEGER NOT NULL, urgency INTEGER NOT NULL, expires INTEGER NOT NULL,
        item BLOB NOT NULL, listed INTEGER NOT NULL, withdrawn INTEGER NOT NULL, unconfirmed INTEGER NOT NULL,
        stale INTEGER NOT NULL, alarm INTEGER NOT NULL, stored_at INTEGER NOT NULL, receipt INTEGER, receipt_epoch INTEGER,
        receipt_number INTEGER)""",
    "CREATE INDEX alert_place ON alert (epoch, number)",
    "CREATE INDEX alert_alarm ON alert (alarm) WHERE alarm = 1",
    "CREATE TABLE withdrawal (key TEXT PRIMARY KEY) WITHOUT ROWID",
    """CREATE TABLE attempt (epoch INTEGER NOT NULL, number INTEGER NOT NULL, item BLOB NOT NULL, tries INTEGER NOT NULL,
        PRIMARY KEY (epoch, number))""",
    """CREATE TABLE quarantine (epoch INTEGER NOT NULL, number INTEGER NOT NULL, item BLOB NOT NULL, reason TEXT NOT NULL,
        at INTEGER NOT NULL, PRIMARY KEY (epoch, number))""",
    """CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT, epoch INTEGER NOT NULL UNIQUE, last INTEGER NOT NULL,
        stored INTEGER NOT NULL)""",
    """CREATE TABLE outboxitem (epoch INTEGER NOT NULL, number INTEGER NOT NULL, item BLOB NOT NULL, stored_at INTEGER,
        refused TEXT, PRIMARY KEY (epoch, number)) WITHOUT ROWID""",
    "CREATE TABLE comparison (id INTEGER PRIMARY KEY, hub_epoch INTEGER NOT NULL)",
)


def up(_: object, db: Any) -> None:
    """Make every table."""
    for statement in TABLES:
        db.execute_sql(statement)
