"""Webhooks, and what came of their deliveries. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, BooleanField, CharField, Database, IntegerField, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the tables."""

    class Webhook(Model):
        name = CharField(max_length=64, primary_key=True)
        url = TextField()
        kinds = TextField()
        secret = TextField()
        old_secret = TextField(null=True)
        old_until = BigIntegerField()
        made_at = BigIntegerField()
        cursor = BigIntegerField()
        enabled = BooleanField()
        stopped_why = TextField()
        tries = IntegerField()
        next_try_at = BigIntegerField(null=True)
        failing_since = BigIntegerField(null=True)
        last_error = TextField()
        delivered_at = BigIntegerField(null=True)

        class Meta:
            table_name = "webhook"

    class WebhookAttempt(Model):
        id = AutoField()
        webhook = CharField(max_length=64, index=True)
        message = TextField()
        type = CharField(max_length=32)
        event = BigIntegerField(null=True)
        at = BigIntegerField()
        arrived = BooleanField()
        status = IntegerField(null=True)
        words = TextField()
        milliseconds = IntegerField()

        class Meta:
            table_name = "webhook_attempt"

    tables: tuple[type[Model], ...] = (Webhook, WebhookAttempt)
    with db.bind_ctx(tables):
        db.create_tables(tables)
