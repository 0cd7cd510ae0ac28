"""Answers to the questions of alerts. A frozen copy of the table."""

from typing import Any

from peewee import BigIntegerField, BooleanField, CharField, CompositeKey, Database, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the table."""

    class Answer(Model):
        device = CharField(max_length=64)
        outbox_epoch = BigIntegerField()
        outbox_number = BigIntegerField()
        at = BigIntegerField()
        taken_at = BigIntegerField()
        alert_epoch = BigIntegerField()
        alert_number = BigIntegerField(null=True)
        alert_key = TextField(null=True, index=True)
        value = TextField()
        late = BooleanField()

        class Meta:
            table_name = "answer"
            primary_key = CompositeKey("device", "outbox_epoch", "outbox_number")
            indexes = ((("alert_number", "alert_epoch"), False),)

    with db.bind_ctx([Answer]):
        db.create_tables([Answer])
