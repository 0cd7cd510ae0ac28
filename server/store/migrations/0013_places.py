"""Facilities and points in the list of areas, outlines, the roster, phone numbers. A frozen copy of the tables."""

from typing import Any

from peewee import BigIntegerField, BlobField, CharField, Database, FloatField, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the tables and columns."""

    class Outline(Model):
        code = CharField(max_length=255, primary_key=True)
        shape = BlobField()
        drawn = TextField()

        class Meta:
            table_name = "outline"

    class Roster(Model):
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

    tables: tuple[type[Model], ...] = (Outline, Roster)
    with db.bind_ctx(tables):
        db.create_tables(tables)
    migrator.migrate(
        migrator.add_column("area", "kind", CharField(max_length=16, default="area")),
        migrator.add_column("area", "lat", FloatField(null=True)),
        migrator.add_column("area", "lon", FloatField(null=True)),
        migrator.add_column("device", "phone", TextField(null=True)),
        migrator.add_column("device", "reference", TextField(null=True)),
        migrator.add_column("enrolment_code", "reference", TextField(null=True)),
        migrator.add_index("enrolment_code", ("reference",)),
    )
