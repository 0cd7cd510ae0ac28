"""Contacts, rules, what they have told whom, and who is quiet; a device's supervisor. A frozen copy of the tables."""

from typing import Any

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, Database, IntegerField, Model, TextField
from playhouse.migrate import migrate


def up(migrator: Any, db: Database) -> None:
    """Add the column, make the tables."""
    migrate(migrator.add_column("device", "supervisor", TextField(null=True)))

    class Contact(Model):
        name = CharField(max_length=64, primary_key=True)
        url = TextField()
        roles = TextField()
        areas = TextField()
        language = TextField()
        made_at = BigIntegerField()
        changed_at = BigIntegerField()

        class Meta:
            table_name = "contact"

    class Rule(Model):
        id = AutoField()
        name = CharField(max_length=64, index=True)
        spec = TextField()
        made_by = TextField()
        made_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)

        class Meta:
            table_name = "rule"

    class Step(Model):
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

    class Telling(Model):
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
        kind = CharField(max_length=16)
        name = CharField(max_length=255)
        hour = IntegerField()
        count = IntegerField()

        class Meta:
            table_name = "hour_count"
            primary_key = CompositeKey("kind", "name", "hour")
            indexes = ((("hour",), False),)

    class Silence(Model):
        id = AutoField()
        kind = CharField(max_length=16)
        name = CharField(max_length=255)
        began_at = BigIntegerField()
        ended_at = BigIntegerField(null=True)
        words = TextField()

        class Meta:
            table_name = "silence"

    tables: tuple[type[Model], ...] = (Contact, Rule, Step, Telling, HourCount, Silence)
    with db.bind_ctx(tables):
        db.create_tables(tables)
