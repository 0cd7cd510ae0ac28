"""What updates and cancels in feeds name, so that what comes after them is not taken for new. A frozen copy of the table."""

from typing import Any

from peewee import BigIntegerField, CompositeKey, Database, IntegerField, Model, TextField


def up(migrator: Any, db: Database) -> None:
    """Make the table."""

    class FeedReplacement(Model):
        feed = IntegerField()
        key = TextField()
        by = TextField()
        status = TextField()
        at = BigIntegerField()

        class Meta:
            table_name = "feed_replacement"
            primary_key = CompositeKey("feed", "key", "by")

    tables: tuple[type[Model], ...] = (FeedReplacement,)
    with db.bind_ctx(tables):
        db.create_tables(tables)
