"""Which opening of the store a hub welcomed last: the next one says that it goes on from it."""

from __future__ import annotations

from typing import Any


def up(_: object, db: Any) -> None:
    """Make the column."""
    db.execute_sql("ALTER TABLE standing ADD COLUMN welcomed INTEGER NOT NULL DEFAULT 0")
