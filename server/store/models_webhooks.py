"""The tables of webhooks (server.webhooks)."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BooleanField, CharField, IntegerField, Model, TextField


class WebhookRow(Model):
    """A webhook; `kinds` is JSON. The secrets stand here as they are: they sign what is sent."""

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
    """An attempt to deliver a message; the newest of each webhook are kept."""

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
