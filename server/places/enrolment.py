"""The roster, and the sheets that are printed from it: for each row a fresh code, and a QR code that says all that joining needs.

    TOCSIN:7KQ2M-XW4ZD:HTTPS://HUB.EXAMPLE

That is what `tocsin-field join` takes as its only argument. Where the address allows it, it is in upper case, which makes a
smaller QR code (alphanumeric mode, ISO/IEC 18004). It is no web address, so no telephone opens it and gives the code away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from peewee import SqliteDatabase

from server import scope
from server.audit import AuditAction
from server.hub import Credential, Hub
from server.places.errors import AlreadyEnrolledError, UnknownReferenceError
from server.places.sheet_words import SheetWords, words_for
from server.publish import check_roles
from server.store import audit, codes, roster
from server.store.areas import check_areas
from server.store.codes import Grant
from server.store.devices import revoked
from server.store.records import RosterLine

IN_A_SHEET_MAX = 20
"""Codes that one request makes: each is hashed slowly on purpose, 40 ms and more on a small machine."""
SCHEME = "TOCSIN"
NOTED_MAX = 100


@dataclass(frozen=True, slots=True)
class Expected:
    """A row of the roster. `code_until`: until when the code printed for it can be used; `is_revoked`: its device was."""

    line: RosterLine
    code_until: int | None
    is_revoked: bool


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """One code of a sheet. `modules`: the QR code, a text of 0 and 1 for each row."""

    grant: Grant
    code: str
    payload: str
    modules: tuple[str, ...]
    words: SheetWords


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet of codes, ready to be printed."""

    address: str
    expires: int
    entries: tuple[SheetEntry, ...]
    reports: tuple[str, ...]


def payload_of(address: str, code: str) -> str:
    """What a QR code says: the code and the hub's address."""
    parts = urlsplit(address)
    # a host is the same in any case, a path is not
    shouted = address.upper() if not parts.path.strip("/") else address
    return f"{SCHEME}:{code}:{shouted}"


def modules_of(payload: str) -> tuple[str, ...]:
    """The QR code of a text: rows of modules, 1 is dark."""
    import segno  # see Imports.outlines

    made = segno.make(payload, error="m", micro=False)
    return tuple("".join("1" if module else "0" for module in row) for row in made.matrix)


class Enrolment:
    """The roster and the sheets of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def roster(self, by: Credential) -> list[Expected]:
        """The rows in the areas of whoever asks, by reference."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> list[Expected]:
            until, ended = codes.open_codes(db, now), revoked(db)
            return [
                Expected(line, until.get(line.reference), line.device in ended)
                for line in roster.lines(db)
                if scope.may_see_device(by.areas, line.areas)
            ]

        return await self._hub.read(job)

    async def remove(self, by: Credential, reference: str) -> None:
        """Take a row out, and end its code; its device stays. Raises UnknownReferenceError, OutOfAreasError."""
        now = self._hub.now()

        def job(db: SqliteDatabase) -> None:
            line = roster.line(db, reference)
            if line is None or not scope.may_see_device(by.areas, line.areas):
                raise UnknownReferenceError([reference])
            scope.check_may_have(by.areas, line.areas)
            codes.end_codes(db, [reference], now)
            roster.remove(db, reference)
            audit.note(db, now, by.name, AuditAction.ROSTER_REMOVED, reference, name=line.name)

        await self._hub.write(job)

    async def print_rows(self, by: Credential, references: Sequence[str], address: str, valid_s: int) -> PrintedSheet:
        """A fresh code for each of these rows; those that were printed for them before end.

        Raises UnknownReferenceError, AlreadyEnrolledError, OutOfAreasError.
        """
        rows = {one.line.reference: one for one in await self.roster(by)}
        missing = [reference for reference in references if reference not in rows]
        if missing:
            raise UnknownReferenceError(missing)
        chosen = [rows[reference] for reference in references]
        joined = [one.line.reference for one in chosen if one.line.device is not None and not one.is_revoked]
        if joined:
            raise AlreadyEnrolledError(joined)
        for one in chosen:
            scope.check_may_have(by.areas, one.line.areas)
        grants = [_grant(one.line) for one in chosen]
        return await self._print(by, grants, address, valid_s, ends=tuple(references))

    async def print_anonymous(
        self, by: Credential, count: int, grant: Grant, address: str, valid_s: int
    ) -> PrintedSheet:
        """So many codes for devices of which nothing else is known. Raises OutOfAreasError, UnknownAreaError, AudienceError."""
        scope.check_may_have(by.areas, grant.areas)
        check_roles(grant.roles)
        return await self._print(by, [grant] * count, address, valid_s, ends=())

    async def _print(
        self, by: Credential, grants: Sequence[Grant], address: str, valid_s: int, *, ends: tuple[str, ...]
    ) -> PrintedSheet:
        now = self._hub.now()
        made = [codes.make_code() for _ in grants]
        salt = await self._hub.write(codes.ensure_salt)
        hashes = await asyncio.to_thread(lambda: [codes.hash_code(code, salt) for code in made])

        def job(db: SqliteDatabase) -> tuple[str, ...]:
            reports = check_areas(db, {area for grant in grants for area in grant.areas})
            codes.end_codes(db, ends, now)
            for grant, code_hash in zip(grants, hashes, strict=True):
                codes.store_code(db, code_hash, grant, now, valid_s)
            areas = sorted({area for grant in grants for area in grant.areas})
            audit.note(
                db, now, by.name, AuditAction.CODE_MADE, ", ".join(ends[:NOTED_MAX]), codes=len(grants), areas=areas
            )
            return reports

        reports = await self._hub.write(job)
        entries = await asyncio.to_thread(
            lambda: tuple(_entry(grant, code, address) for grant, code in zip(grants, made, strict=True))
        )
        return PrintedSheet(address, now + valid_s, entries, reports)


def _grant(line: RosterLine) -> Grant:
    return Grant(line.name, line.areas, line.roles, line.languages, line.reference)


def _entry(grant: Grant, code: str, address: str) -> SheetEntry:
    payload = payload_of(address, code)
    return SheetEntry(grant, code, payload, modules_of(payload), words_for(grant.languages))
