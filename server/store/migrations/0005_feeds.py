"""Feeds that the hub reads. A frozen copy of the tables."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    Database,
    IntegerField,
    Model,
    TextField,
)


def up(migrator: Any, db: Database) -> None:
    """Make the tables."""

    class Feed(Model):
        id = AutoField()
        name = CharField(max_length=64, unique=True)
        settings = TextField()
        made_at = BigIntegerField()
        made_by = TextField()
        title = TextField()
        polled_at = BigIntegerField(null=True)
        read_at = BigIntegerField(null=True)
        next_at = BigIntegerField()
        failures = IntegerField()
        problem = TextField()
        remarks = TextField()
        etag = TextField()
        modified = TextField()

        class Meta:
            table_name = "feed"

    class FeedEntry(Model):
        feed = IntegerField()
        entry = CharField(max_length=32)
        version = CharField(max_length=32)
        is_done = BooleanField()
        tries = IntegerField()
        listed_at = BigIntegerField()

        class Meta:
            table_name = "feed_entry"
            primary_key = CompositeKey("feed", "entry")

    class FeedItem(Model):
        id = AutoField()
        feed = IntegerField()
        source = TextField()
        outcome = CharField(max_length=32, index=True)
        words = TextField()
        entry = TextField()
        title = TextField()
        address = TextField()
        identifier = TextField()
        sender = TextField()
        sent = TextField()
        status = TextField()
        msg_type = TextField()
        event = TextField()
        headline = TextField()
        severity = TextField()
        expires = BigIntegerField(null=True)
        audience = TextField(null=True)
        is_urgent = BooleanField()
        signature = TextField()
        signature_words = TextField()
        number = BigIntegerField(null=True)
        xml = BlobField(null=True)
        found_at = BigIntegerField()
        looked_at = BigIntegerField()
        decided_at = BigIntegerField(null=True)
        decided_by = TextField(null=True)

        class Meta:
            table_name = "feed_item"
            indexes = ((("feed", "source"), True),)

    tables: tuple[type[Model], ...] = (Feed, FeedEntry, FeedItem)
    with db.bind_ctx(tables):
        db.create_tables(tables)
