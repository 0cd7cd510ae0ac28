"""The roles have the names under which people know them, and there is an approver. A frozen copy of the words."""

from typing import Any

from peewee import Database

RENAMED = (("publisher", "author"), ("admin", "administrator"))


def up(migrator: Any, db: Database) -> None:
    """Rename what stands in the rows of tokens."""
    for old, new in RENAMED:
        db.execute_sql("UPDATE token SET role = ? WHERE role = ?", (new, old))  # type: ignore[no-untyped-call]
