"""Alerts that are not published yet, and templates. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, CharField, Database, IntegerField, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the tables."""

    class DraftRow(Model):
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
        name = CharField(max_length=64, primary_key=True)
        body = TextField()
        changed_by = CharField(max_length=128)
        changed_at = BigIntegerField()

        class Meta:
            table_name = "template"

    tables: tuple[type[Model], ...] = (DraftRow, TemplateRow)
    with db.bind_ctx(tables):
        db.create_tables(tables)
