"""People and their sessions. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, CharField, Database, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the tables."""

    class Person(Model):
        name = CharField(max_length=64, primary_key=True)
        key = CharField(max_length=128, unique=True)
        role = CharField(max_length=16)
        areas = TextField()
        language = CharField(max_length=64, null=True)
        password = TextField(null=True)
        invitation = TextField(null=True)
        invited_until = BigIntegerField(null=True)
        made_at = BigIntegerField()
        disabled_at = BigIntegerField(null=True)

        class Meta:
            table_name = "person"

    class SessionRow(Model):
        id = AutoField()
        secret_hash = BlobField(unique=True)
        person = CharField(max_length=64, index=True)
        began_at = BigIntegerField()
        seen_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        why = TextField(default="")
        address = CharField(max_length=64)
        agent = TextField()

        class Meta:
            table_name = "session"

    tables: tuple[type[Model], ...] = (Person, SessionRow)
    with db.bind_ctx(tables):
        db.create_tables(tables)
