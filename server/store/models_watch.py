"""The table of how many devices had an alert at a time (server.watch.course)."""

from __future__ import annotations

from peewee import BigIntegerField, CompositeKey, IntegerField, Model


class ReachSample(Model):
    """How many devices had an alert, of all that it is for, at a time."""

    alert = BigIntegerField()
    at = BigIntegerField()
    reached = IntegerField()

    class Meta:
        table_name = "reach_sample"
        primary_key = CompositeKey("alert", "at")
