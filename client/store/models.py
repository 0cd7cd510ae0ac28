"""Every table of the field store. Times are the hub's, in whole seconds. The schema itself is made by `migrations/`.

The models are bound to no database: each query names its own (`Database.run`), so that a process may open many stores.
"""

from __future__ import annotations

from typing import Any

from peewee import AutoField, BigIntegerField, BlobField, BooleanField, CompositeKey, FloatField, Model, TextField

ONLY = 1
"""The id of the single row of a table that has one."""


class Identity(Model):
    """Who this device is to its hub. One row."""

    id: Any = BigIntegerField(primary_key=True)
    device: Any = TextField()
    token: Any = TextField()
    address: Any = TextField()
    name: Any = TextField()
    ca_file: Any = TextField(null=True)


class Standing(Model):
    """Where this reader stands (alerts.session.inbox.Standing); `held`, `marks`, `languages` are JSON. One row."""

    id: Any = BigIntegerField(primary_key=True)
    epoch: Any = BigIntegerField()
    cursor: Any = BigIntegerField()
    as_of: Any = BigIntegerField()
    held: Any = TextField()
    owes: Any = BooleanField()
    unconfirmed: Any = BooleanField()
    heard: Any = BigIntegerField()
    marks: Any = TextField()
    languages: Any = TextField()
    languages_due: Any = BooleanField()
    welcomed: Any = BigIntegerField(default=0)


class HubClock(Model):
    """A moment by the hub's clock and by the machine's monotonic one in the boot named. One row."""

    id: Any = BigIntegerField(primary_key=True)
    hub: Any = BigIntegerField()
    monotonic: Any = FloatField()
    boot: Any = TextField()


class Alert(Model):
    """An alert in the inbox, by its identity. `number` is null once the hub's log has lost it.

    `item_number` is the number under which the item came and with which it is decoded; it is never struck. `receipt` and
    `answer` (JSON) are what the person did last, each with the number that it has in the outbox.
    """

    key: Any = TextField(primary_key=True)
    epoch: Any = BigIntegerField()
    number: Any = BigIntegerField(null=True)
    item_epoch: Any = BigIntegerField()
    item_number: Any = BigIntegerField()
    purpose: Any = BigIntegerField()
    urgency: Any = BigIntegerField()
    expires: Any = BigIntegerField()
    item: Any = BlobField()
    listed: Any = BooleanField()
    withdrawn: Any = BooleanField()
    unconfirmed: Any = BooleanField()
    stale: Any = BooleanField()
    alarm: Any = BigIntegerField()
    stored_at: Any = BigIntegerField()
    receipt: Any = BigIntegerField(null=True)
    receipt_epoch: Any = BigIntegerField(null=True)
    receipt_number: Any = BigIntegerField(null=True)
    answer: Any = TextField(null=True)
    answer_epoch: Any = BigIntegerField(null=True)
    answer_number: Any = BigIntegerField(null=True)


class Withdrawal(Model):
    """The identity of an alert that was withdrawn, be the alert here or not."""

    key: Any = TextField(primary_key=True)


class Attempt(Model):
    """A raw item that has not been decoded yet, and how often that was begun."""

    epoch: Any = BigIntegerField()
    number: Any = BigIntegerField()
    item: Any = BlobField()
    tries: Any = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("epoch", "number")


class Quarantine(Model):
    """An item that cannot be used, and why."""

    epoch: Any = BigIntegerField()
    number: Any = BigIntegerField()
    item: Any = BlobField()
    reason: Any = TextField()
    at: Any = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("epoch", "number")


class Outbox(Model):
    """An outbox epoch, in the order in which they were begun: its last number, and the number that the hub has."""

    id: Any = AutoField()
    epoch: Any = BigIntegerField(unique=True)
    last: Any = BigIntegerField()
    stored: Any = BigIntegerField()


class OutboxItem(Model):
    """An item for the hub. `stored_at` is null while the hub does not have it; `refused` is the hub's reason, if it has one."""

    epoch: Any = BigIntegerField()
    number: Any = BigIntegerField()
    item: Any = BlobField()
    stored_at: Any = BigIntegerField(null=True)
    refused: Any = TextField(null=True)

    class Meta:
        primary_key = CompositeKey("epoch", "number")


class Network(Model):
    """How long a network lets a connection be quiet (alerts.session.keepalive.Reach), and when that was learned."""

    name: Any = TextField(primary_key=True)
    rung: Any = BigIntegerField()
    needed: Any = BigIntegerField()
    at: Any = BigIntegerField()


class Dictionary(Model):
    """A dictionary from the hub, by its address in hexadecimal: its own bytes once it is whole, until then as much of its
    transfer as is here, with `size`, `base` and `etag` of that (client.store.dictionaries.State)."""

    address: Any = TextField(primary_key=True)
    state: Any = BigIntegerField()
    size: Any = BigIntegerField()
    base: Any = TextField(null=True)
    etag: Any = TextField()
    data: Any = BlobField()
    at: Any = BigIntegerField()


class Comparison(Model):
    """The hub's epoch under which every outbox was last compared with the hub. One row."""

    id: Any = BigIntegerField(primary_key=True)
    hub_epoch: Any = BigIntegerField()
