"""Devices: enrolment, changes of audience, revocation. An enrolment and a change of audience are entries of the log."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from peewee import SqliteDatabase, chunked

from alerts.audience import Reader
from alerts.errors import ContactError, UnknownDeviceError
from server.events import EventKind
from server.store import events, log
from server.store.models import Device, DeviceClaim
from server.store.models_escalation import ContactRow
from server.store.records import DeviceRow
from server.store.texts import pack_words, unpack_words

_ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


def make_device_id() -> str:
    """A random name for a device, never given twice, not even by a store that was put back from an old copy."""
    return "d-" + "".join(secrets.choice(_ALPHABET) for _ in range(10))


def enrol(
    db: SqliteDatabase,
    number: int,
    epoch: int,
    reader: Reader,
    *,
    name: str,
    languages_set: tuple[str, ...] | None,
    token_hash: bytes,
    now: int,
) -> None:
    """Write a new device, and its first audience under the next number."""
    log.append_audience(db, number, epoch, reader, now)
    Device.insert(
        device=reader.device,
        name=name,
        areas=pack_words(reader.areas),
        roles=pack_words(reader.roles),
        languages_set=None if languages_set is None else pack_words(languages_set),
        token_hash=token_hash,
        entry=number,
        enrolled_at=now,
    ).execute(db)
    _note(db, now, EventKind.DEVICE_ENROLLED, reader.device)


def move(db: SqliteDatabase, number: int, epoch: int, reader: Reader, now: int) -> None:
    """Write a device's new audience under the next number."""
    log.append_audience(db, number, epoch, reader, now)
    Device.update(areas=pack_words(reader.areas), roles=pack_words(reader.roles), entry=number).where(
        Device.device == reader.device
    ).execute(db)
    _note(db, now, EventKind.DEVICE_CHANGED, reader.device)


def _note(db: SqliteDatabase, now: int, kind: EventKind, device: str) -> None:
    row = Device.select().where(Device.device == device).get(db)
    areas, roles = unpack_words(row.areas), unpack_words(row.roles)
    events.append(db, now, kind, device=device, name=row.name, areas=areas, roles=roles)


def describe(
    db: SqliteDatabase,
    device: str,
    *,
    name: str | None,
    languages: tuple[str, ...] | None,
    supervisor: str | None = None,
    phone: str | None = None,
) -> None:
    """Set a device's name, languages, supervisor and phone, where they are not None; none of them is an entry of the log. An
    empty supervisor or phone is none. Raises ContactError: there is no such contact."""
    changes: dict[str, object] = {}
    if name is not None:
        changes["name"] = name
    if languages is not None:
        changes["languages_set"] = pack_words(languages)
    if supervisor is not None:
        if supervisor and not ContactRow.select().where(ContactRow.name == supervisor).exists(db):
            raise ContactError(f"there is no contact {supervisor[:100]!r} who could be the device's supervisor")
        changes["supervisor"] = supervisor or None
    if phone is not None:
        changes["phone"] = phone or None
    if changes:
        Device.update(changes).where(Device.device == device).execute(db)


def revoke(db: SqliteDatabase, device: str, now: int) -> None:
    """End a device's credential; a second time does nothing. Raises UnknownDeviceError."""
    if not Device.select().where(Device.device == device).exists(db):
        raise UnknownDeviceError([device])
    if Device.update(revoked_at=now).where((Device.device == device) & Device.revoked_at.is_null()).execute(db):
        events.append(db, now, EventKind.DEVICE_REVOKED, device=device)


def revoked(db: SqliteDatabase) -> set[str]:
    """The devices that are revoked."""
    return {row.device for row in Device.select(Device.device).where(Device.revoked_at.is_null(False)).execute(db)}


def check_devices(db: SqliteDatabase, devices: Iterable[str]) -> None:
    """Raises UnknownDeviceError naming each that was never enrolled here or is revoked."""
    asked = list(dict.fromkeys(devices))
    known: set[str] = set()
    for some in chunked(asked, 500):
        is_one = Device.device.in_(some) & Device.revoked_at.is_null()
        known.update(row.device for row in Device.select(Device.device).where(is_one).execute(db))
    unknown = [device for device in asked if device not in known]
    if unknown:
        raise UnknownDeviceError(unknown)


def languages_set(db: SqliteDatabase) -> dict[str, tuple[str, ...]]:
    """The languages that ops have set, of the devices for which they have."""
    rows = Device.select().where(Device.languages_set.is_null(False)).execute(db)
    return {row.device: unpack_words(row.languages_set or "[]") for row in rows}


def devices(db: SqliteDatabase) -> list[DeviceRow]:
    """All devices, in the order of their enrolment."""
    claims = {row.device: row for row in DeviceClaim.select().execute(db)}
    rows = Device.select().order_by(Device.enrolled_at, Device.device).execute(db)
    return [_listed(row, claims.get(row.device)) for row in rows]


def device(db: SqliteDatabase, name: str) -> DeviceRow:
    """One device. Raises UnknownDeviceError."""
    row = Device.select().where(Device.device == name).get_or_none(db)
    if row is None:
        raise UnknownDeviceError([name])
    return _listed(row, DeviceClaim.select().where(DeviceClaim.device == name).get_or_none(db))


def _listed(row: Device, claim: DeviceClaim | None) -> DeviceRow:
    return DeviceRow(
        device=row.device,
        name=row.name,
        areas=unpack_words(row.areas),
        roles=unpack_words(row.roles),
        languages=() if claim is None else unpack_words(claim.languages),
        languages_set=None if row.languages_set is None else unpack_words(row.languages_set),
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        last_seen=None if claim is None else claim.heard_at,
        cursor=0 if claim is None else claim.cursor,
        epoch=0 if claim is None else claim.epoch,
        clone_seen_at=row.clone_seen_at,
        supervisor=row.supervisor,
        phone=row.phone,
        reference=row.reference,
    )
