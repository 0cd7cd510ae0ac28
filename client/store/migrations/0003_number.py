"""Alerts are found by their number alone: lean frames refer to them so."""

from __future__ import annotations

from typing import Any


def up(_: object, db: Any) -> None:
    """Make the index."""
    db.execute_sql("CREATE INDEX alert_number ON alert (number)")
