"""What the person answered to an alert, and under which number of the outbox."""

from __future__ import annotations

from typing import Any


def up(_: object, db: Any) -> None:
    """Make the columns."""
    for column in ("answer TEXT", "answer_epoch INTEGER", "answer_number INTEGER"):
        db.execute_sql(f"ALTER TABLE alert ADD COLUMN {column}")
