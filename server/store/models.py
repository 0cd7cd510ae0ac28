"""Every table of the hub's store. Times are the hub's, in whole seconds since 1970; lists are JSON text.

The models are bound to no database: each query names the one it runs on (`query.execute(db)`), because a process may have
several stores. A change here needs a migration in `migrations/`.
"""

from __future__ import annotations

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    CharField,
    CompositeKey,
    FloatField,
    IntegerField,
    Model,
    SmallIntegerField,
    TextField,
)

from server.store.models_answers import Answer
from server.store.models_audit import AuditEntry
from server.store.models_drafts import DRAFT_TABLES
from server.store.models_durable import DurableRow
from server.store.models_escalation import ESCALATION_TABLES
from server.store.models_events import EventRow, Lapse
from server.store.models_feeds import FeedEntryRow, FeedItemRow, FeedReplacementRow, FeedRow
from server.store.models_people import Person, SessionRow
from server.store.models_places import Outline, RosterRow
from server.store.models_watch import ReachSample
from server.store.models_webhooks import WebhookAttempt, WebhookRow


class Epoch(Model):
    """A step of the path: an epoch and the first number that it covers. Kept for ever."""

    id = AutoField()
    epoch = BigIntegerField(unique=True)
    first = BigIntegerField()
    begun_at = BigIntegerField()
    why = TextField()

    class Meta:
        table_name = "epoch"


class LogEntry(Model):
    """A number that has been given, and to what: an alert or a change of audience."""

    number = BigIntegerField(primary_key=True)
    epoch = BigIntegerField()
    kind = SmallIntegerField()
    made_at = BigIntegerField()

    class Meta:
        table_name = "log_entry"


class AlertEntry(Model):
    """An alert with what it inherited; living or archived. `body` is its JSON, `original` the XML as it came."""

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
    """An alert (known here or not) and the number of an update or cancel that replaced it."""

    key = TextField()
    number = BigIntegerField()

    class Meta:
        table_name = "replacement"
        primary_key = CompositeKey("key", "number")


class AudienceEntry(Model):
    """The audience that a device has from this number on."""

    number = BigIntegerField(primary_key=True)
    epoch = BigIntegerField()
    device = CharField(max_length=64, index=True)
    areas = TextField()
    roles = TextField()
    made_at = BigIntegerField()

    class Meta:
        table_name = "audience_entry"


class Device(Model):
    """An enrolled device; areas and roles are those of its newest audience entry, whose number is `entry`. `supervisor` is the
    name of a contact, `reference` the ministry's own name of the device or its user."""

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
    supervisor = TextField(null=True)
    phone = TextField(null=True)
    reference = TextField(null=True)

    class Meta:
        table_name = "device"


class DeviceClaim(Model):
    """What a device last said that it has, and what it was spared. `held` and `spared` are packed numbers.

    `hub_time`: the latest time of the hub under which the device stored something; `heard_at`: when it was last heard.
    """

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
    """A token of a program or a person; only the hash of its secret. `areas`: what it is bound to, none: nothing."""

    name = CharField(max_length=64, primary_key=True)
    role = CharField(max_length=16)
    secret_hash = BlobField(unique=True)
    made_at = BigIntegerField()
    revoked_at = BigIntegerField(null=True)
    areas = TextField(default="[]")

    class Meta:
        table_name = "token"


class EnrolmentCode(Model):
    """A code that enrols one device, once; one with a `reference` is for that row of the roster."""

    code_hash = BlobField(primary_key=True)
    name = TextField()
    areas = TextField()
    roles = TextField()
    languages = TextField(null=True)
    made_at = BigIntegerField()
    expires_at = BigIntegerField()
    used_at = BigIntegerField(null=True)
    device = CharField(max_length=64, null=True)
    reference = TextField(null=True, index=True)

    class Meta:
        table_name = "enrolment_code"


class IdempotencyKey(Model):
    """A publish that was done under a key of the publisher's, to answer its repeats the same."""

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
    """A line of the list of areas; a facility is one too, the leaf of the tree. A point in degrees, or none."""

    code = CharField(max_length=255, primary_key=True)
    name = TextField()
    kind = CharField(max_length=16, default="area")
    lat = FloatField(null=True)
    lon = FloatField(null=True)

    class Meta:
        table_name = "area"


class Outbox(Model):
    """How far the hub has one outbox epoch of a device. `id` orders a device's outboxes by when items first came."""

    id = AutoField()
    device = CharField(max_length=64)
    epoch = BigIntegerField()
    number = BigIntegerField()

    class Meta:
        table_name = "outbox"
        indexes = ((("device", "epoch"), True),)


class UplinkTry(Model):
    """A raw item whose decoding has begun: if it brings the process down, the count of tries tells."""

    device = CharField(max_length=64)
    epoch = BigIntegerField()
    number = BigIntegerField()
    item = BlobField()
    tries = IntegerField()

    class Meta:
        table_name = "uplink_try"
        primary_key = CompositeKey("device", "epoch", "number")


class Receipt(Model):
    """A person has seen or acknowledged an alert: named by its entry, or by its key where the device knew no number."""

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
    """What ops should know of a device. `item` is the bytes itself where the hub could not use it."""

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
    """Random values that belong to this store, such as the salt of the enrolment codes."""

    name = CharField(max_length=32, primary_key=True)
    value = BlobField()

    class Meta:
        table_name = "secret"


class Dictionary(Model):
    """A dictionary that was trained here (alerts.wire.dictionary): its bytes, and what was measured when it was made.

    `plain` and `lean`: the median bytes of an alert with the dictionary that ships and with this one; `transfer`: those of
    its transfer; `monthly`: alerts that a device is expected to get in 30 days.
    """

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
    """Which dictionary was put in use, and when; the last row holds."""

    id = AutoField()
    address = BlobField()
    at = BigIntegerField()

    class Meta:
        table_name = "dictionary_use"


class DictionaryTraining(Model):
    """When the hub last trained by itself, and how many alerts there were then. One row."""

    id = IntegerField(primary_key=True)
    at = BigIntegerField()
    alerts = IntegerField()

    class Meta:
        table_name = "dictionary_training"


TABLES: tuple[type[Model], ...] = (
    *(Epoch, LogEntry, AlertEntry, Replacement, AudienceEntry, Device, DeviceClaim, Token, EnrolmentCode),
    *(IdempotencyKey, Area, Outbox, UplinkTry, Receipt, Report, Secret),
    *(Dictionary, DictionaryUse, DictionaryTraining),
    *(EventRow, Lapse, Answer),
    *(FeedRow, FeedEntryRow, FeedItemRow, FeedReplacementRow),
    *(WebhookRow, WebhookAttempt),
    *ESCALATION_TABLES,
    DurableRow,
    ReachSample,
    AuditEntry,
    *(Outline, RosterRow),
    *(Person, SessionRow),
    *DRAFT_TABLES,
)
