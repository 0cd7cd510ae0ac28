"""How many devices had an alert at a time. A frozen copy of the table."""

from typing import Any

from peewee import BigIntegerField, CompositeKey, Database, IntegerField, Model


def up(migrator: Any, db: Database) -> None:
    """Make the table."""

    class ReachSample(Model):
        alert = BigIntegerField()
        at = BigIntegerField()
        reached = IntegerField()

        class Meta:
            table_name = "reach_sample"
            primary_key = CompositeKey("alert", "at")

    with db.bind_ctx([ReachSample]):
        db.create_tables([ReachSample])
