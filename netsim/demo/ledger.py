"""What was seen from outside of the stores: what the hub answered with 201, which alarms rang, what people did.

A store cannot testify against itself, so whoever judges (`netsim.judge.stores`) reads this beside it. One SQLite file.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

_TABLES = """
CREATE TABLE answered (key TEXT NOT NULL, number INTEGER NOT NULL);
CREATE TABLE alarm (device TEXT NOT NULL, key TEXT NOT NULL);
CREATE TABLE acknowledged (device TEXT NOT NULL, key TEXT NOT NULL);
"""


class Ledger:
    """Written by one thread, each line at once."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._db = sqlite3.connect(file, isolation_level=None)
        self._db.executescript(_TABLES)

    def answered(self, key: str, number: int) -> None:
        """The hub has answered the publishing of this alert with 201."""
        self._db.execute("INSERT INTO answered VALUES (?, ?)", (key, number))

    def alarmed(self, device: str, key: str) -> None:
        """The alarm for this alert has rung."""
        self._db.execute("INSERT INTO alarm VALUES (?, ?)", (device, key))

    def acknowledged(self, device: str, key: str) -> None:
        """A person has acknowledged this alert."""
        self._db.execute("INSERT INTO acknowledged VALUES (?, ?)", (device, key))

    def close(self) -> None:
        """Close the file."""
        self._db.close()
