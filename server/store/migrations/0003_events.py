"""Tokens that are bound to areas, and the log of events. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, CharField, Database, Model, TextField
from playhouse.migrate import migrate


def up(migrator: Any, db: Database) -> None:
    """Add the column, make the tables."""
    migrate(migrator.add_column("token", "areas", TextField(default="[]")))

    class Event(Model):
        id = AutoField()
        at = BigIntegerField(index=True)
        kind = CharField(max_length=32)
        alert = BigIntegerField(null=True)
        device = CharField(max_length=64, null=True)
        members = TextField()

        class Meta:
            table_name = "event"

    class Lapse(Model):
        id = BigIntegerField(primary_key=True)
        upto = BigIntegerField()

        class Meta:
            table_name = "lapse"

    tables: tuple[type[Model], ...] = (Event, Lapse)
    with db.bind_ctx(tables):
        db.create_tables(tables)
