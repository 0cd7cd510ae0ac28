"""The tables of people and of their sessions."""

from __future__ import annotations

from peewee import AutoField, BigIntegerField, BlobField, CharField, Model, TextField


class Person(Model):
    """Somebody with an account; nobody is removed, so that a name means one person for ever. `key`: the name in the form in which
    names are compared. `invitation`: the hash of a code with which a password can be set until `invited_until`."""

    name = CharField(max_length=64, primary_key=True)
    key = CharField(max_length=128, unique=True)
    role = CharField(max_length=16)
    areas = TextField()
    language = CharField(max_length=64, null=True)
    password = TextField(null=True)
    invitation = TextField(null=True)
    invited_until = BigIntegerField(null=True)
    made_at = BigIntegerField()
    disabled_at = BigIntegerField(null=True)

    class Meta:
        table_name = "person"


class SessionRow(Model):
    """A session of a person, running or over; only the hash of its secret. `why`: how it ended."""

    id = AutoField()
    secret_hash = BlobField(unique=True)
    person = CharField(max_length=64, index=True)
    began_at = BigIntegerField()
    seen_at = BigIntegerField()
    ended_at = BigIntegerField(null=True)
    why = TextField(default="")
    address = CharField(max_length=64)
    agent = TextField()

    class Meta:
        table_name = "session"
