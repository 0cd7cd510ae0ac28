"""The tables of outlines (server.store.outlines) and of the roster (server.store.roster)."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CharField, Model, TextField


class Outline(Model):
    """The outline of an area: as it came (WKB), and as a map draws it (a GeoJSON geometry)."""

    code = CharField(max_length=255, primary_key=True)
    shape = BlobField()
    drawn = TextField()

    class Meta:
        table_name = "outline"


class RosterRow(Model):
    """A device that ops expect, under the ministry's own reference; `device` from its enrolment on. Lists are JSON text."""

    reference = TextField(primary_key=True)
    name = TextField()
    areas = TextField()
    roles = TextField()
    languages = TextField(null=True)
    supervisor = TextField(null=True)
    phone = TextField(null=True)
    device = CharField(max_length=64, null=True, index=True)
    changed_at = BigIntegerField()

    class Meta:
        table_name = "roster"
