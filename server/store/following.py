"""Reading on from a number: alerts, with how grave they are together with what they replace, and whom events concern."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from peewee import SqliteDatabase, chunked

from alerts.audience import Audience
from alerts.cap.terms import Severity
from server.store import alerts as alert_rows
from server.store import log as log_rows
from server.store.models import AlertEntry, Device
from server.store.records import StoredAlert
from server.store.texts import unpack_audiences, unpack_words


@dataclass(frozen=True, slots=True)
class Followed:
    """An alert as a follower of the log gets it. `severity`: the gravest of its own and of all that it replaces, as far as
    they are known here: who follows what is severe hears of its end too, though a cancel itself has no severity."""

    stored: StoredAlert
    severity: Severity


def alerts_page(
    db: SqliteDatabase, after: int, limit: int, in_force: bool | None, now: int
) -> tuple[list[Followed], int]:
    """The alerts above a number, in order, and up to which number this is all that there is."""
    upto = log_rows.head(db)
    found = alert_rows.alerts_after(db, after, limit, in_force, now)
    severities = _inherited(db, found)
    followed = [Followed(stored, _worst((stored.alert.severity, *severities[stored.number]))) for stored in found]
    return followed, found[-1].number if len(found) == limit else max(upto, after)


def _inherited(db: SqliteDatabase, found: list[StoredAlert]) -> dict[int, list[Severity]]:
    """The severities of what each alert replaces."""
    numbers = [stored.number for stored in found]
    query = AlertEntry.select(AlertEntry.number, AlertEntry.replaces)
    replaces = {
        row.number: unpack_words(row.replaces)
        for some in chunked(numbers, 500)
        for row in query.where(AlertEntry.number << some).execute(db)
    }
    known = _severities(db, {key for keys in replaces.values() for key in keys})
    return {number: [known[key] for key in replaces[number] if key in known] for number in numbers}


def _severities(db: SqliteDatabase, keys: Iterable[str]) -> dict[str, Severity]:
    query = AlertEntry.select(AlertEntry.key, AlertEntry.body)
    return {
        row.key: _worst(Severity(info["severity"]) for info in json.loads(bytes(row.body)).get("info", ()))
        for some in chunked(sorted(keys), 500)
        for row in query.where(AlertEntry.key << some).execute(db)
    }


def _worst(severities: Iterable[Severity]) -> Severity:
    return min(severities, key=lambda severity: severity.number, default=Severity.UNKNOWN)


def reaches(db: SqliteDatabase, numbers: Iterable[int]) -> dict[int, tuple[Audience, ...]]:
    """Whom these alerts reach."""
    query = AlertEntry.select(AlertEntry.number, AlertEntry.reach)
    return {
        row.number: unpack_audiences(row.reach)
        for some in chunked(sorted(set(numbers)), 500)
        for row in query.where(AlertEntry.number << some).execute(db)
    }


def areas_of_devices(db: SqliteDatabase, devices: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """In which areas these devices are, or were when they were revoked."""
    query = Device.select(Device.device, Device.areas)
    return {
        row.device: unpack_words(row.areas)
        for some in chunked(sorted(set(devices)), 500)
        for row in query.where(Device.device << some).execute(db)
    }
