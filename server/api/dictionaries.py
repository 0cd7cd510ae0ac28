"""`/v1/dictionaries`: which there are and which is in use, and each for a device to fetch, in parts, so that it comes over any
link."""

from __future__ import annotations

import asyncio

from peewee import SqliteDatabase
from pydantic import BaseModel, Field

from alerts.errors import UserError
from alerts.wire.dictionary import ADDRESS_BYTES
from server.api.dictionaries_types import DictionaryAnswer, DictionaryList
from server.api.handler import ApiHandler
from server.api.operation import ADMINS, VIEWERS, ZSTD, Answer, operation
from server.api.ranges import UnsatisfiableError, range_of
from server.audit import AuditAction
from server.scope import check_hub_wide
from server.store import audit
from server.store import dictionaries as dictionary_rows

HEX = f"^[0-9a-f]{{{2 * ADDRESS_BYTES}}}$"
NOT_OF_PAGES = ("Content-Security-Policy", "Referrer-Policy")
"""What says nothing of a body that no browser shows costs its bytes in each of many small answers."""

CACHE = "private, max-age=31536000, immutable"


class DictionaryQuery(BaseModel, extra="forbid"):
    """What a transfer is made for."""

    base: str | None = Field(default=None, pattern=HEX)
    """The address of a dictionary that the device has, behind which this one is compressed: it is smaller so."""


class DictionariesHandler(ApiHandler):
    """All dictionaries."""

    @operation(
        summary="List dictionaries",
        roles=VIEWERS,
        answers={200: Answer("The dictionaries of this hub.", DictionaryList)},
        tag="operations",
    )
    async def get(self) -> None:
        """The dictionaries that devices may have from this hub, with what was measured when they were trained."""
        self.answer(await self.hub.read(_listed))


class DictionaryUseHandler(ApiHandler):
    """Which dictionary is in use."""

    @operation(
        summary="Put a dictionary in use",
        roles=ADMINS,
        answers={200: Answer("The dictionary that is in use now.", DictionaryAnswer)},
        problems=("unknown-dictionary", "outside-areas"),
        tag="operations",
    )
    async def post(self, address: str) -> None:
        """Use a dictionary for the connections that devices make from now on: by its address, or the beginning of it; `shipped`
        is the one that every device has. Devices that have another keep that until they have fetched this one."""
        check_hub_wide(self.credential.areas, "the dictionary in use")
        now, by = self.hub.now(), self.credential.name

        def job(db: SqliteDatabase) -> DictionaryList:
            found = dictionary_rows.find(db, address)
            dictionary_rows.read(db, found)  # one that is damaged is not put in use
            dictionary_rows.use(db, found, now)
            audit.note(db, now, by, AuditAction.DICTIONARY_USED, found.hex())
            return _listed(db)

        try:
            listed = await self.hub.write(job)
        except UserError as error:
            self.refuse("unknown-dictionary", str(error))
        self.answer(next(one for one in listed.dictionaries if one.in_use))


def _listed(db: SqliteDatabase) -> DictionaryList:
    return DictionaryList.of(dictionary_rows.trained(db), dictionary_rows.in_use(db))


class DictionaryHandler(ApiHandler):
    """A dictionary that this hub has."""

    query: DictionaryQuery

    @operation(
        summary="Fetch a dictionary",
        roles=VIEWERS,
        devices=True,
        query=DictionaryQuery,
        answers={
            200: Answer("The whole.", also=(ZSTD,), headers={"ETag": "The same for the same bytes."}),
            206: Answer("The part that was asked for.", also=(ZSTD,), headers={"Content-Range": "Which part it is."}),
            304: Answer("What `If-None-Match` names."),
        },
        headers={
            "Range": "One range of bytes, like `bytes=0-8191`.",
            "If-Range": "The ETag of the parts that are there: where it is another one now, the whole is answered.",
            "If-None-Match": "The ETag of what is there.",
        },
        problems=("unknown-dictionary", "range-not-satisfiable"),
        tag="devices",
    )
    async def get(self, address: str) -> None:
        """One frame of zstd (RFC 8878), with the bytes of the dictionary `base` as raw prefix; docs/protocol.md says how to
        read it."""
        wanted, base = _bytes_of(address), _bytes_of(self.query.base) if self.query.base else None
        dictionaries = self.api.dictionaries
        if wanted is None or not dictionaries.has(wanted) or (base is not None and not dictionaries.has(base)):
            self.refuse("unknown-dictionary")
        transfer = await asyncio.to_thread(dictionaries.transfer, wanted, base)
        for name in NOT_OF_PAGES:
            self.clear_header(name)
        self.set_header("ETag", transfer.etag)
        self.set_header("Cache-Control", CACHE)
        if transfer.etag in self.request.headers.get("If-None-Match", ""):
            self.set_status(304)
            return
        self.set_header("Content-Type", ZSTD)
        self.write(self._part(transfer.body, transfer.etag))

    def _part(self, body: bytes, etag: str) -> bytes:
        if self.request.headers.get("If-Range", etag) != etag:
            return body
        try:
            part = range_of(self.request.headers.get("Range"), len(body))
        except UnsatisfiableError:
            self.refuse("range-not-satisfiable", f"there are {len(body)} bytes")
        if part is None:
            return body
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {part[0]}-{part[1] - 1}/{len(body)}")
        return body[part[0] : part[1]]


def _bytes_of(address: str) -> bytes | None:
    try:
        return bytes.fromhex(address)
    except ValueError:
        return None
