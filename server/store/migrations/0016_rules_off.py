"""A rule can be off: it stays, and nobody is told by it."""

from typing import Any

from peewee import BigIntegerField, Database


def up(migrator: Any, db: Database) -> None:
    """Make the column."""
    migrator.migrate(migrator.add_column("rule", "off_at", BigIntegerField(null=True)))
