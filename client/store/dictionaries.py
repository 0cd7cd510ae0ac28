"""The dictionaries of this device that did not come with the package: fetched, and verified, or on their way."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import IntEnum

from alerts.dictionary.shipped import shipped
from alerts.errors import RemoteProtocolError
from alerts.wire.dictionary import Dictionary, read_dictionary
from alerts.wire.transfer import unpack_transfer
from client.dictionaries import Part
from client.store import models
from client.store.database import Database

FETCHED_MAX = 2
"""Dictionaries that are kept beside the one that ships."""

_logger = logging.getLogger(__name__)


class State(IntEnum):
    """What there is of a dictionary. The numbers stand in the store."""

    PART = 0
    WHOLE = 1
    WRONG = 2
    """What came was another, or none: it is not fetched again."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A dictionary as `status` shows it: bytes of itself, or of its transfer, and how many of them are there."""

    address: bytes
    state: State
    size: int
    there: int


def kept(database: Database) -> list[Kept]:
    """What is there beside the one that ships, the newest first."""
    rows = database.run(models.Dictionary.select().order_by(models.Dictionary.at.desc()))
    return [Kept(bytes.fromhex(row.address), State(row.state), row.size, len(row.data)) for row in rows]


def whole(database: Database) -> list[Dictionary]:
    """Those that can be used, the newest first. One that has been damaged is said, and not used."""
    row = models.Dictionary
    found = []
    for one in database.run(row.select().where(row.state == State.WHOLE).order_by(row.at.desc())):
        try:
            dictionary = read_dictionary(bytes(one.data))
        except RemoteProtocolError as error:
            _logger.warning("the dictionary %s is damaged and not used: %s", one.address, error)
            continue
        if dictionary.address.hex() == one.address:
            found.append(dictionary)
        else:
            _logger.warning("the dictionary %s is damaged and not used: its bytes are another's", one.address)
    return found


def part_of(database: Database, address: bytes, base: bytes | None) -> Part | None:
    """What is there of a transfer, perhaps nothing; None: it need not be fetched, or proved wrong before."""
    row = database.run(models.Dictionary.select().where(models.Dictionary.address == address.hex())).first()
    if row is not None and row.state == State.WRONG:
        return None
    if row is not None and row.state == State.WHOLE and address in {one.address for one in whole(database)}:
        return None
    if row is None or row.state == State.WHOLE or row.base != _hex(base):
        return Part(address, base)
    return Part(address, base, row.size, row.etag, bytes(row.data))


def keep_part(database: Database, part: Part, now: int) -> None:
    """Keep what has come. Parts of others are given up: the hub offers one at a time."""
    row = models.Dictionary
    values = {"state": State.PART, "size": part.size, "base": _hex(part.base), "etag": part.etag, "data": part.data}
    database.run(row.insert(address=part.address.hex(), at=now, **values).on_conflict_replace()).execute()
    others = (row.state == State.PART) & (row.address != part.address.hex())
    database.run(row.delete().where(others)).execute()


def forget_part(database: Database, address: bytes) -> None:
    """It is not to be had any more."""
    row = models.Dictionary
    database.run(row.delete().where((row.address == address.hex()) & (row.state == State.PART))).execute()


def complete(database: Database, part: Part, now: int) -> Dictionary:
    """All bytes are here: keep the dictionary that they make, and the newest beside it.

    Raises RemoteProtocolError: they make no dictionary, or another; the address is remembered as wrong. (Commit all the same.)
    """
    row = models.Dictionary
    at_address = row.address == part.address.hex()
    try:
        dictionary = unpack_transfer(part.data, _base(database, part.base), part.address)
    except RemoteProtocolError:
        database.run(row.update(state=State.WRONG, data=b"", at=now).where(at_address)).execute()
        raise
    data = dictionary.data
    database.run(row.update(state=State.WHOLE, size=len(data), data=data, at=now).where(at_address)).execute()
    newest = row.select(row.address).where(row.state == State.WHOLE, ~at_address).order_by(row.at.desc())
    stays = [part.address.hex(), *(one.address for one in database.run(newest.limit(FETCHED_MAX - 1)))]
    database.run(row.delete().where(row.state == State.WHOLE, row.address.not_in(stays))).execute()
    return dictionary


def _base(database: Database, address: bytes | None) -> Dictionary | None:
    if address is None:
        return None
    for dictionary in (shipped(), *whole(database)):
        if dictionary.address == address:
            return dictionary
    raise RemoteProtocolError(f"the dictionary {address.hex()}, behind which it was compressed, is not here")


def _hex(address: bytes | None) -> str | None:
    return None if address is None else address.hex()
