"""The audit log, which takes no change and no removal. A frozen copy of the table."""

from typing import Any

from peewee import BigIntegerField, BlobField, CharField, Database, Model, TextField

FORBIDDEN = ("UPDATE", "DELETE")


def up(migrator: Any, db: Database) -> None:
    """Make the table and its triggers."""

    class AuditEntry(Model):
        id = BigIntegerField(primary_key=True)
        at = BigIntegerField()
        by = CharField(max_length=128, index=True)
        action = CharField(max_length=32, index=True)
        subject = TextField(index=True)
        members = TextField()
        hash = BlobField()

        class Meta:
            table_name = "audit"

    tables: tuple[type[Model], ...] = (AuditEntry,)
    with db.bind_ctx(tables):
        db.create_tables(tables)
    for change in FORBIDDEN:
        words = "the audit log is append-only"
        db.execute_sql(  # type: ignore[no-untyped-call]
            f"CREATE TRIGGER audit_no_{change.lower()} BEFORE {change} ON audit BEGIN SELECT RAISE(ABORT, '{words}'); END"
        )
