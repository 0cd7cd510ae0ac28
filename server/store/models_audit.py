"""The table of the audit log (server.audit). Triggers of its migration refuse every change of a row and every removal."""

from __future__ import annotations

from peewee import BigIntegerField, BlobField, CharField, Model, TextField


class AuditEntry(Model):
    """One decision; `members` is a JSON object with its keys in order, `hash` covers this row and the hash before it."""

    id = BigIntegerField(primary_key=True)
    at = BigIntegerField()
    by = CharField(max_length=128, index=True)
    action = CharField(max_length=32, index=True)
    subject = TextField(index=True)
    members = TextField()
    hash = BlobField()

    class Meta:
        table_name = "audit"
