"""The table of durable subscriptions (server.store.durable)."""

from __future__ import annotations

from peewee import BigIntegerField, CharField, CompositeKey, Model, TextField


class DurableRow(Model):
    """How far a program has come with what it follows, under a name that it chose. `settled` is a JSON list of numbers above
    the cursor; up to `present`, only what is in force is sent."""

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
