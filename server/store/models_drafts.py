"""The tables of alerts that are not published yet, and of templates that were written or changed here."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, CharField, IntegerField, Model, TextField


class DraftRow(Model):
    """An alert that is being written, waits, or went out. `content` is JSON; `original` the XML as it came; `digest` of what was
    handed in or approved; `idempotency_key` and `key_digest` those of the publish that was answered with this draft."""

    id = AutoField()
    status = CharField(max_length=16, index=True)
    version = IntegerField()
    content = TextField()
    original = BlobField(null=True)
    authors = TextField()
    made_by = CharField(max_length=128)
    made_at = BigIntegerField()
    changed_by = CharField(max_length=128)
    changed_at = BigIntegerField()
    submitted_by = CharField(max_length=128, null=True)
    submitted_at = BigIntegerField(null=True)
    submitted_areas = TextField()
    publish_at = BigIntegerField(null=True, index=True)
    decided_by = CharField(max_length=128, null=True)
    decided_at = BigIntegerField(null=True)
    digest = BlobField(null=True)
    words = TextField()
    number = BigIntegerField(null=True)
    idempotency_key = CharField(max_length=255, null=True)
    key_digest = BlobField(null=True)

    class Meta:
        table_name = "draft"
        indexes = ((("made_by", "idempotency_key"), False),)


class TemplateRow(Model):
    """A template that was written here, or takes the place of one that came with the program; `body` is JSON."""

    name = CharField(max_length=64, primary_key=True)
    body = TextField()
    changed_by = CharField(max_length=128)
    changed_at = BigIntegerField()

    class Meta:
        table_name = "template"


DRAFT_TABLES: tuple[type[Model], ...] = (DraftRow, TemplateRow)
