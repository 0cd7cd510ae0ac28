"""The table of events (server.events)."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CharField, Model, TextField


class EventRow(Model):
    """One event; `members` is a JSON object. The newest row is never forgotten, so no number is given twice."""

    id = AutoField()
    at = BigIntegerField(index=True)
    kind = CharField(max_length=32)
    alert = BigIntegerField(null=True)
    device = CharField(max_length=64, null=True)
    members = TextField()

    class Meta:
        table_name = "event"


class Lapse(Model):
    """Up to which time (hub time, seconds) the ends of alerts have been written as events. One row."""

    id = BigIntegerField(primary_key=True)
    upto = BigIntegerField()

    class Meta:
        table_name = "lapse"
