"""What the device has learned of its networks."""

from __future__ import annotations

from typing import Any


def up(_: object, db: Any) -> None:
    """Make the table."""
    db.execute_sql(
        "CREATE TABLE network (name TEXT PRIMARY KEY, rung INTEGER NOT NULL, needed INTEGER NOT NULL, at INTEGER NOT NULL)"
    )
