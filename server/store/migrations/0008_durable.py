"""Durable subscriptions. A frozen copy of the table."""

from typing import Any

from peewee import BigIntegerField, CharField, CompositeKey, Database, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the table."""

    class DurableRow(Model):
        credential = CharField(max_length=64)
        name = CharField(max_length=128)
        destination = TextField()
        cursor = BigIntegerField()
        settled = TextField()
        present = BigIntegerField()
        used_at = BigIntegerField()

        class Meta:
            table_name = "durable"
            primary_key = CompositeKey("credential", "name")

    with db.bind_ctx((DurableRow,)):
        db.create_tables((DurableRow,))
