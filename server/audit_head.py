"""How far the audit log goes, kept beside the database: so that rows cut off at its end are missed.

    audit.head    {"number": 812, "hash": "5f0c…"}      written soon after each decision, twice a second at most

A log that does not have the row that the file names, or has another one there, is not what it was: then the file is left as it
is, and the hub's log and `tocsin-hub audit verify` say so, until somebody who knows why has removed it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import structlog

from server.audit import AuditHead
from server.hub import Hub
from server.store import audit
from server.store.copies import flush

_logger = structlog.get_logger("server.audit")

FILE = "audit.head"


def kept(folder: Path) -> AuditHead | None:
    """What the file says; None: there is none. Raises ValueError: it says nothing that can be read."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
        return AuditHead(int(said["number"]), bytes.fromhex(said["hash"]))
    except FileNotFoundError:
        return None
    except (KeyError, TypeError, OSError) as error:
        raise ValueError(f"{folder / FILE} cannot be read: {error}") from error


def keep(folder: Path, head: AuditHead) -> None:
    """Write the file, so that it survives a power cut. Raises OSError."""
    partial = folder / f"{FILE}.partial"
    text = json.dumps({"number": head.number, "hash": head.hash.hex()}) + "\n"
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(folder / FILE)
    flush(folder)


class AuditHeadKeeper:
    """Keeps the file of a running hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._folder = hub.database.parent
        self._written: AuditHead | None = None
        self.problem = ""

    async def begin(self) -> None:
        """Compare the file with the log, and say in the hub's own log how far it goes. Raises StoreError."""
        try:
            found = kept(self._folder)
        except ValueError as error:
            found, self.problem = None, str(error)
        if found is not None:
            there = await self._hub.read(lambda db: audit.hash_at(db, found.number))
            if there != found.hash:
                what = "is not there" if there is None else "is another one"
                self.problem = f"{FILE} names row {found.number} of the audit log, which {what}: see docs/accounts.md"
        if self.problem:
            _logger.error("the audit log is not what it was", problem=self.problem)
            return
        self._written = found
        await self.look()

    async def look(self) -> None:
        """Write how far the log goes, if that has changed. Raises StoreError."""
        if self.problem:
            return
        head = await self._hub.read(audit.head)
        if self._written is not None and head.number <= self._written.number:
            return
        try:
            keep(self._folder, head)
        except OSError as error:
            _logger.warning("how far the audit log goes cannot be written", error=str(error))
            return
        self._written = head

    async def end(self) -> None:
        """Write it a last time, and into the hub's own log. Raises StoreError."""
        await self.look()
        if self._written is not None:
            _logger.info("the audit log goes so far", number=self._written.number, hash=self._written.hash.hex())
