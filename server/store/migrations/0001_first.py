"""The first schema. A frozen copy of the tables as they were then: later changes go into later migrations."""

from typing import Any

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    CompositeKey,
    Database,
    IntegerField,
    Model,
    SmallIntegerField,
    TextField,
)


def up(migrator: Any, db: Database) -> None:
    """Make all tables."""

    class Epoch(Model):
        id = AutoField()
        epoch = BigIntegerField(unique=True)
        first = BigIntegerField()
        begun_at = BigIntegerField()
        why = TextField()

        class Meta:
            table_name = "epoch"

    class LogEntry(Model):
        number = BigIntegerField(primary_key=True)
        epoch = BigIntegerField()
        kind = SmallIntegerField()
        made_at = BigIntegerField()

        class Meta:
            table_name = "log_entry"

    class AlertEntry(Model):
        number = BigIntegerField(primary_key=True)
        epoch = BigIntegerField()
        key = TextField(unique=True)
        identifier = TextField(index=True)
        purpose = SmallIntegerField()
        urgency = SmallIntegerField()
        expires = BigIntegerField()
        lives = BigIntegerField(index=True)
        audience = TextField()
        reach = TextField()
        replaces = TextField()
        published_at = BigIntegerField()
        published_by = TextField()
        body = BlobField()
        original = BlobField(null=True)

        class Meta:
            table_name = "alert_entry"

    class Replacement(Model):
        key = TextField()
        number = BigIntegerField()

        class Meta:
            table_name = "replacement"
            primary_key = CompositeKey("key", "number")

    class AudienceEntry(Model):
        number = BigIntegerField(primary_key=True)
        epoch = BigIntegerField()
        device = CharField(max_length=64, index=True)
        areas = TextField()
        roles = TextField()
        made_at = BigIntegerField()

        class Meta:
            table_name = "audience_entry"

    class Device(Model):
        device = CharField(max_length=64, primary_key=True)
        name = TextField()
        areas = TextField()
        roles = TextField()
        languages_set = TextField(null=True)
        token_hash = BlobField(unique=True)
        entry = BigIntegerField()
        enrolled_at = BigIntegerField()
        revoked_at = BigIntegerField(null=True)
        clone_seen_at = BigIntegerField(null=True)

        class Meta:
            table_name = "device"

    class DeviceClaim(Model):
        device = CharField(max_length=64, primary_key=True)
        opening = BigIntegerField()
        epoch = BigIntegerField()
        cursor = BigIntegerField()
        as_of = BigIntegerField()
        held = BlobField()
        spared = BlobField()
        hub_time = BigIntegerField()
        languages = TextField()
        heard_at = BigIntegerField(null=True)

        class Meta:
            table_name = "device_claim"

    class Token(Model):
        name = CharField(max_length=64, primary_key=True)
        role = CharField(max_length=16)
        secret_hash = BlobField(unique=True)
        made_at = BigIntegerField()
        revoked_at = BigIntegerField(null=True)

        class Meta:
            table_name = "token"

    class EnrolmentCode(Model):
        code_hash = BlobField(primary_key=True)
        name = TextField()
        areas = TextField()
        roles = TextField()
        languages = TextField(null=True)
        made_at = BigIntegerField()
        expires_at = BigIntegerField()
        used_at = BigIntegerField(null=True)
        device = CharField(max_length=64, null=True)

        class Meta:
            table_name = "enrolment_code"

    class IdempotencyKey(Model):
        credential = CharField(max_length=64)
        key = CharField(max_length=255)
        digest = BlobField()
        number = BigIntegerField()
        reports = TextField()
        made_at = BigIntegerField(index=True)

        class Meta:
            table_name = "idempotency_key"
            primary_key = CompositeKey("credential", "key")

    class Area(Model):
        code = CharField(max_length=255, primary_key=True)
        name = TextField()

        class Meta:
            table_name = "area"

    class Outbox(Model):
        id = AutoField()
        device = CharField(max_length=64)
        epoch = BigIntegerField()
        number = BigIntegerField()

        class Meta:
            table_name = "outbox"
            indexes = ((("device", "epoch"), True),)

    class UplinkTry(Model):
        device = CharField(max_length=64)
        epoch = BigIntegerField()
        number = BigIntegerField()
        item = BlobField()
        tries = IntegerField()

        class Meta:
            table_name = "uplink_try"
            primary_key = CompositeKey("device", "epoch", "number")

    class Receipt(Model):
        device = CharField(max_length=64)
        outbox_epoch = BigIntegerField()
        outbox_number = BigIntegerField()
        state = SmallIntegerField()
        at = BigIntegerField()
        taken_at = BigIntegerField()
        alert_epoch = BigIntegerField()
        alert_number = BigIntegerField(null=True)
        alert_key = TextField(null=True, index=True)

        class Meta:
            table_name = "receipt"
            primary_key = CompositeKey("device", "outbox_epoch", "outbox_number")
            indexes = ((("alert_number", "alert_epoch"), False),)

    class Report(Model):
        device = CharField(max_length=64)
        outbox_epoch = BigIntegerField()
        outbox_number = BigIntegerField()
        kind = CharField(max_length=16)
        at = BigIntegerField()
        taken_at = BigIntegerField(index=True)
        epoch = BigIntegerField()
        number = BigIntegerField()
        words = TextField()
        keys = TextField()
        item = BlobField(null=True)

        class Meta:
            table_name = "report"
            primary_key = CompositeKey("device", "outbox_epoch", "outbox_number", "kind")

    class Secret(Model):
        name = CharField(max_length=32, primary_key=True)
        value = BlobField()

        class Meta:
            table_name = "secret"

    tables: tuple[type[Model], ...] = (
        *(Epoch, LogEntry, AlertEntry, Replacement, AudienceEntry, Device, DeviceClaim, Token, EnrolmentCode),
        *(IdempotencyKey, Area, Outbox, UplinkTry, Receipt, Report, Secret),
    )
    with db.bind_ctx(tables):
        db.create_tables(tables)
