"""The tables of contacts, rules, what rules have told whom (server.ops.escalation), and of who is quiet (server.ops.silence)."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, IntegerField, Model, TextField


class ContactRow(Model):
    """Somebody who can be told. `url` is where (an Apprise address, a secret); `roles` and `areas` are JSON lists."""

    name = CharField(max_length=64, primary_key=True)
    url = TextField()
    roles = TextField()
    areas = TextField()
    language = TextField()
    made_at = BigIntegerField()
    changed_at = BigIntegerField()

    class Meta:
        table_name = "contact"


class RuleRow(Model):
    """One wording of a rule, under an id of its own; the one that holds has no `ended_at`. One that has an `off_at` was switched
    off then, and tells nobody. `spec` is JSON. Kept for ever."""

    id = AutoField()
    name = CharField(max_length=64, index=True)
    spec = TextField()
    made_by = TextField()
    made_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    off_at = BigIntegerField(null=True)

    class Meta:
        table_name = "rule"


class StepRow(Model):
    """A step of a rule for one alert (its number) or one silence (its id); the other of the two is 0."""

    id = AutoField()
    rule = IntegerField()
    alert = BigIntegerField()
    silence = IntegerField()
    step = IntegerField()
    due_at = BigIntegerField()
    state = CharField(max_length=16)
    changed_at = BigIntegerField()
    words = TextField()

    class Meta:
        table_name = "rule_step"
        indexes = (
            (("rule", "alert", "silence", "step"), True),
            (("state", "due_at"), False),
            (("alert",), False),
            (("silence",), False),
        )


class TellingRow(Model):
    """One contact that a step tells. `text` is what went out last, or is going out; `tries` counts how often; `is_uncertain` is 1
    from when it is not known whether one of them arrived."""

    id = AutoField()
    step = IntegerField()
    contact = CharField(max_length=64)
    target = TextField()
    state = CharField(max_length=16)
    tries = IntegerField()
    is_uncertain = IntegerField()
    next_at = BigIntegerField()
    made_at = BigIntegerField()
    changed_at = BigIntegerField()
    text = TextField()
    words = TextField()

    class Meta:
        table_name = "escalation"
        indexes = ((("step", "contact"), True), (("state", "next_at"), False))


class HourCount(Model):
    """How much was heard of a source or an area in one hour (hours since 1970); of kind `hub` the seconds that it watched."""

    kind = CharField(max_length=16)
    name = CharField(max_length=255)
    hour = IntegerField()
    count = IntegerField()

    class Meta:
        table_name = "hour_count"
        primary_key = CompositeKey("kind", "name", "hour")
        indexes = ((("hour",), False),)


class SilenceRow(Model):
    """A source or an area that became, or was, quieter than usual."""

    id = AutoField()
    kind = CharField(max_length=16)
    name = CharField(max_length=255)
    began_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    words = TextField()

    class Meta:
        table_name = "silence"


ESCALATION_TABLES: tuple[type[Model], ...] = (ContactRow, RuleRow, StepRow, TellingRow, HourCount, SilenceRow)
