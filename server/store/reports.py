"""What devices told ops: items that could not be used on either side, alerts that the hub's log lost, clones."""

from __future__ import annotations

from peewee import SqliteDatabase

from server.store.models import Report
from server.store.records import DeviceReport
from server.store.texts import unpack_words


def reports(db: SqliteDatabase, limit: int) -> list[DeviceReport]:
    """The newest reports, newest first."""
    rows = Report.select().order_by(Report.taken_at.desc(), Report.outbox_number.desc()).limit(limit).execute(db)
    return [
        DeviceReport(row.device, row.at, row.kind, row.words, row.epoch, row.number, unpack_words(row.keys))
        for row in rows
    ]
