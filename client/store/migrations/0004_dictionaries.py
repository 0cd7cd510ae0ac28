"""Dictionaries that were fetched from the hub, and how far."""

from __future__ import annotations

from typing import Any


def up(_: object, db: Any) -> None:
    """Make the table."""
    db.execute_sql(
        """CREATE TABLE dictionary (address TEXT PRIMARY KEY, state INTEGER NOT NULL, size INTEGER NOT NULL, base TEXT,
        etag TEXT NOT NULL, data BLOB NOT NULL, at INTEGER NOT NULL)"""
    )
