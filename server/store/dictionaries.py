"""Dictionaries that were trained here, and which is in use. In the database, so that a backup has them and a change is one
transaction; a dictionary's address is what its bytes hash to, which is checked at each reading."""

from __future__ import annotations

from dataclasses import dataclass

from peewee import SqliteDatabase, fn

from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError, StoreError, UserError
from alerts.wire.dictionary import Dictionary, read_dictionary
from server.store import models

OLDER_MAX = 3
"""Dictionaries that stay usable beside the one in use, for devices that have no newer one."""

ALERTS_MIN = 200
"""Alerts from which on the hub trains by itself."""

GROWN = 1.5
"""So much more of them than at the last time."""

PAUSE_S = 86_400
"""The least time between two trainings."""

LISTED_WITH = "`tocsin-hub dictionary list` shows those that are here."


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured when a dictionary was made.

    `alerts`: how many it was trained on; `plain` and `lean`: median bytes of an alert with the dictionary that ships and with
    this one; `transfer`: bytes of its transfer; `monthly`: alerts that a device is expected to get in 30 days.
    """

    alerts: int
    plain: int
    lean: int
    transfer: int
    monthly: int

    @property
    def saves(self) -> int:
        """Bytes that an alert is smaller."""
        return max(0, self.plain - self.lean)


@dataclass(frozen=True, slots=True)
class Trained:
    """A dictionary as it is listed: its address, its size in bytes, when it was made, and whether it is in use."""

    address: bytes
    size: int
    trained_at: int
    measured: Measured
    is_in_use: bool


def keep(db: SqliteDatabase, dictionary: Dictionary, measured: Measured, now: int) -> None:
    """Keep a dictionary and put it in use. Those that have not been in use for longest are deleted."""
    row = models.Dictionary.insert(
        address=dictionary.address,
        data=dictionary.data,
        trained_at=now,
        alerts=measured.alerts,
        plain=measured.plain,
        lean=measured.lean,
        transfer=measured.transfer,
        monthly=measured.monthly,
    )
    row.on_conflict_replace().execute(db)
    use(db, dictionary.address, now)


def use(db: SqliteDatabase, address: bytes, now: int) -> None:
    """Put a dictionary in use, one that is kept or the one that ships. Raises UserError: there is none."""
    is_kept = models.Dictionary.select().where(models.Dictionary.address == address).exists(db)
    if not is_kept and address != shipped().address:
        raise UserError(f"no dictionary {address.hex()} is here", LISTED_WITH)
    models.DictionaryUse.insert(address=address, at=now).execute(db)
    latest = [found for found in _by_use(db) if found != address and found != shipped().address]
    models.Dictionary.delete().where(models.Dictionary.address.not_in([address, *latest[:OLDER_MAX]])).execute(db)


def find(db: SqliteDatabase, name: str) -> bytes:
    """The address that begins like this, or that of the dictionary that ships. Raises UserError: none, or several."""
    if name == "shipped":
        return shipped().address
    known = [row.address.hex() for row in _rows(db)]
    found = [address for address in known if address.startswith(name.lower())] if name else []
    if len(found) != 1:
        words = "several dictionaries begin with" if found else "no dictionary is here with the address"
        raise UserError(f"{words} {name[:40]!r}", LISTED_WITH)
    return bytes.fromhex(found[0])


def newest_use(db: SqliteDatabase) -> int:
    """A number that changes when another dictionary is put in use."""
    newest: int | None = models.DictionaryUse.select(fn.MAX(models.DictionaryUse.id)).scalar(db)
    return newest or 0


def in_use(db: SqliteDatabase) -> bytes:
    """The address of the dictionary in use."""
    used = _by_use(db)
    return used[0] if used else shipped().address


def trained(db: SqliteDatabase) -> list[Trained]:
    """All that are kept, those that were in use last first."""
    order, current = _by_use(db), in_use(db)
    rows = sorted(_rows(db), key=lambda row: order.index(row.address) if row.address in order else len(order))
    return [
        Trained(
            *(row.address, row.size, row.trained_at),
            Measured(row.alerts, row.plain, row.lean, row.transfer, row.monthly),
            row.address == current,
        )
        for row in rows
    ]


def read(db: SqliteDatabase, address: bytes) -> Dictionary:
    """A dictionary that is kept, or the one that ships. Raises StoreError: it is not there, or damaged."""
    if address == shipped().address:
        return shipped()
    found = models.Dictionary.select(models.Dictionary.data).where(models.Dictionary.address == address).scalar(db)
    if found is None:
        raise StoreError(f"the dictionary {address.hex()} is not in the database")
    try:
        dictionary = read_dictionary(bytes(found))
    except RemoteProtocolError as error:
        raise StoreError(f"the dictionary {address.hex()} is damaged: {error}") from None
    if dictionary.address != address:
        raise StoreError(
            f"the dictionary {address.hex()} is damaged: its bytes have the address {dictionary.address.hex()}"
        )
    return dictionary


def alerts(db: SqliteDatabase) -> int:
    """How many alerts there are to learn from."""
    return int(models.AlertEntry.select().count(db))


def is_training_due(db: SqliteDatabase, now: int) -> bool:
    """Whether the hub should train by itself."""
    at, before = last_training(db)
    count = alerts(db)
    return count >= ALERTS_MIN and count >= before * GROWN and not at <= now < at + PAUSE_S


def note_training(db: SqliteDatabase, alerts: int, now: int) -> None:
    """The hub has trained by itself, whatever came of it, on so many alerts."""
    models.DictionaryTraining.insert(id=1, at=now, alerts=alerts).on_conflict_replace().execute(db)


def last_training(db: SqliteDatabase) -> tuple[int, int]:
    """When the hub last trained by itself, and on how many alerts; (0, 0): never."""
    found = models.DictionaryTraining.select().get_or_none(db)
    return (0, 0) if found is None else (found.at, found.alerts)


@dataclass(frozen=True, slots=True)
class _Row:
    address: bytes
    size: int
    trained_at: int
    alerts: int
    plain: int
    lean: int
    transfer: int
    monthly: int


def _rows(db: SqliteDatabase) -> list[_Row]:
    """Without the bytes."""
    kept = models.Dictionary
    measured = (kept.trained_at, kept.alerts, kept.plain, kept.lean, kept.transfer, kept.monthly)
    rows = kept.select(kept.address, fn.LENGTH(kept.data), *measured).order_by(kept.trained_at.desc()).tuples()
    return [_Row(bytes(address), *others) for address, *others in rows.execute(db)]


def _by_use(db: SqliteDatabase) -> list[bytes]:
    """The addresses that have been in use, the last one first, each once."""
    rows = models.DictionaryUse.select().order_by(models.DictionaryUse.id.desc()).execute(db)
    return list(dict.fromkeys(bytes(row.address) for row in rows))
