"""Dictionaries that are trained here, which is in use, and when the hub last trained. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, Database, IntegerField, Model


def up(migrator: Any, db: Database) -> None:
    """Make the tables."""

    class Dictionary(Model):
        address = BlobField(primary_key=True)
        data = BlobField()
        trained_at = BigIntegerField()
        alerts = IntegerField()
        plain = IntegerField()
        lean = IntegerField()
        transfer = IntegerField()
        monthly = IntegerField()

        class Meta:
            table_name = "dictionary"

    class DictionaryUse(Model):
        id = AutoField()
        address = BlobField()
        at = BigIntegerField()

        class Meta:
            table_name = "dictionary_use"

    class DictionaryTraining(Model):
        id = IntegerField(primary_key=True)
        at = BigIntegerField()
        alerts = IntegerField()

        class Meta:
            table_name = "dictionary_training"

    tables: tuple[type[Model], ...] = (Dictionary, DictionaryUse, DictionaryTraining)
    with db.bind_ctx(tables):
        db.create_tables(tables)
