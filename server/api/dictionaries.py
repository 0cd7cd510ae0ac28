"""`/v1/dictionaries/{address}`: a dictionary for a device to fetch, in parts, so that it comes over any link."""

from __future__ import annotations

import asyncio

from pydantic import BaseModel, Field

from alerts.wire.dictionary import ADDRESS_BYTES
from server.api.handler import ApiHandler
from server.api.operation import VIEWERS, ZSTD, Answer, operation
from server.api.ranges import UnsatisfiableError, range_of

HEX = f"^[0-9a-f]{{{2 * ADDRESS_BYTES}}}$"
NOT_OF_PAGES = ("Content-Security-Policy", "Referrer-Policy")
"""What says nothing of a body that no browser shows costs its bytes in each of many small answers."""

CACHE = "private, max-age=31536000, immutable"


class DictionaryQuery(BaseModel, extra="forbid"):
    """What a transfer is made for."""

    base: str | None = Field(default=None, pattern=HEX)
    """The address of a dictionary that the device has, behind which this one is compressed: it is smaller so."""


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
