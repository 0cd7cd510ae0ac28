"""The tables of the feeds that the hub reads (server.store.feed_records)."""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    CompositeKey,
    IntegerField,
    Model,
    TextField,
)


class FeedRow(Model):
    """A feed: its settings as JSON, and how it does."""

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


class FeedEntryRow(Model):
    """An entry of a feed that was looked at. `entry` is a hash of its id."""

    feed = IntegerField()
    entry = CharField(max_length=32)
    version = CharField(max_length=32)
    is_done = BooleanField()
    tries = IntegerField()
    listed_at = BigIntegerField()

    class Meta:
        table_name = "feed_entry"
        primary_key = CompositeKey("feed", "entry")


class FeedItemRow(Model):
    """What became of an alert in a feed: one row for each alert and feed."""

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


class FeedReplacementRow(Model):
    """An alert that an update or cancel in a feed names, whatever became of that."""

    feed = IntegerField()
    key = TextField()
    by = TextField()
    status = TextField()
    at = BigIntegerField()

    class Meta:
        table_name = "feed_replacement"
        primary_key = CompositeKey("feed", "key", "by")
