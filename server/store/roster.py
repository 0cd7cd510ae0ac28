"""The roster: the devices that ops expect, under the ministry's own references, before and after they are enrolled.

A row is imported; a sheet is printed with a code for it; the device that uses the code is joined with the row. From then on
the device's own row says where it is, and the roster only which one it is.
"""

from __future__ import annotations

from collections.abc import Iterable

from peewee import EXCLUDED, SqliteDatabase, chunked

from server.store.models import Device
from server.store.models_places import RosterRow
from server.store.records import RosterLine
from server.store.texts import pack_words, unpack_words


def lines(db: SqliteDatabase) -> list[RosterLine]:
    """The roster, by reference."""
    return [_read(row) for row in RosterRow.select().order_by(RosterRow.reference).execute(db)]


def line(db: SqliteDatabase, reference: str) -> RosterLine | None:
    """One row of it; None: there is none."""
    row = RosterRow.select().where(RosterRow.reference == reference).get_or_none(db)
    return None if row is None else _read(row)


def write(db: SqliteDatabase, rows: Iterable[RosterLine], now: int) -> None:
    """Write rows as they are, in the place of those with the same references, and tell devices which row is theirs."""
    written = list(rows)
    fields = [field for field in RosterRow._meta.sorted_fields if field is not RosterRow.reference]
    update = {field: getattr(EXCLUDED, field.name) for field in fields}
    for some in chunked([_written(row, now) for row in written], 50):
        RosterRow.insert_many(some).on_conflict(conflict_target=[RosterRow.reference], update=update).execute(db)
    for row in written:
        if row.device is not None:
            Device.update(reference=row.reference).where(Device.device == row.device).execute(db)


def join(db: SqliteDatabase, reference: str, device: str, now: int) -> None:
    """A device has enrolled with the code of a row: it takes what the row says, and the row names it."""
    row = line(db, reference)
    if row is None:
        return
    Device.update(reference=reference, phone=row.phone, supervisor=row.supervisor).where(
        Device.device == device
    ).execute(db)
    RosterRow.update(device=device, changed_at=now).where(RosterRow.reference == reference).execute(db)


def remove(db: SqliteDatabase, reference: str) -> bool:
    """Take a row out; whether there was one. Its device stays as it is."""
    return bool(RosterRow.delete().where(RosterRow.reference == reference).execute(db))


def _read(row: RosterRow) -> RosterLine:
    return RosterLine(
        reference=row.reference,
        name=row.name,
        areas=unpack_words(row.areas),
        roles=unpack_words(row.roles),
        languages=None if row.languages is None else unpack_words(row.languages),
        supervisor=row.supervisor,
        phone=row.phone,
        device=row.device,
    )


def _written(row: RosterLine, now: int) -> dict[str, object]:
    return {
        "reference": row.reference,
        "name": row.name,
        "areas": pack_words(row.areas),
        "roles": pack_words(row.roles),
        "languages": None if row.languages is None else pack_words(row.languages),
        "supervisor": row.supervisor,
        "phone": row.phone,
        "device": row.device,
        "changed_at": now,
    }
