"""The table of answers (alerts.cap.question)."""

from __future__ import annotations

from peewee import BigIntegerField, BooleanField, CharField, CompositeKey, Model, TextField


class Answer(Model):
    """An answer of a device to an alert, which is named as in a receipt. `value` is JSON, `late` whether the alert was
    over when it came. All are kept; the latest counts."""

    device = CharField(max_length=64)
    outbox_epoch = BigIntegerField()
    outbox_number = BigIntegerField()
    at = BigIntegerField()
    taken_at = BigIntegerField()
    alert_epoch = BigIntegerField()
    alert_number = BigIntegerField(null=True)
    alert_key = TextField(null=True, index=True)
    value = TextField()
    late = BooleanField()

    class Meta:
        table_name = "answer"
        primary_key = CompositeKey("device", "outbox_epoch", "outbox_number")
        indexes = ((("alert_number", "alert_epoch"), False),)
