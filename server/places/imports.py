"""Imports: a table or a file of outlines is read against what is known, and written only if every row is right.

One import at a time. Rows of the roster are written together; devices that move are moved one by one, each an entry of the
log, and a file that is imported again goes on where it stopped.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from peewee import SqliteDatabase

from alerts.errors import RefusedError
from server.audit import AuditAction
from server.hub import Credential, Hub
from server.places import area_table, device_table
from server.places.area_table import AreaPlan
from server.places.device_table import DevicePlan, Known
from server.places.preview import ImportKind, Preview, RowError
from server.scope import check_hub_wide
from server.store import areas as area_rows
from server.store import audit
from server.store import contacts as contact_rows
from server.store import outlines as outline_rows
from server.store import roster as roster_rows

NOTED_MAX = 100
"""Keys of rows that a note of an import names; all are counted."""


class Imports:
    """What is imported into one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._one_at_a_time = asyncio.Lock()

    async def table(self, kind: ImportKind, data: bytes, by: Credential, *, dry_run: bool) -> Preview:
        """Import a table, or (dry run) say what that would do. With errors in it nothing is done.

        Raises OutOfAreasError: the list of areas is for who is bound to none. Raises StoreError.
        """
        if kind is not ImportKind.DEVICES:
            check_hub_wide(by.areas, "the list of areas")
        async with self._one_at_a_time:
            if kind is ImportKind.DEVICES:
                return await self._devices(data, by, dry_run=dry_run)
            return await self._areas(kind, data, by, dry_run=dry_run)

    async def _areas(self, kind: ImportKind, data: bytes, by: Credential, *, dry_run: bool) -> Preview:
        known = await self._hub.areas()
        found: AreaPlan = await asyncio.to_thread(area_table.plan, data, kind, known)
        if found.writes and not dry_run:
            now = self._hub.now()

            def job(db: SqliteDatabase) -> None:
                area_rows.write_areas(db, found.writes)
                _note(db, now, by, AuditAction.AREA_IMPORTED, str(kind), found.preview)

            await self._hub.write(job)
        return _done(found.preview, dry_run=dry_run)

    # -- devices ------------------------------------------------------------------------------------------------------

    async def _devices(self, data: bytes, by: Credential, *, dry_run: bool) -> Preview:
        known = await self._known(by)
        found: DevicePlan = await asyncio.to_thread(device_table.plan, data, known)
        if dry_run or found.preview.errors:
            return _done(found.preview, dry_run=dry_run)
        now = self._hub.now()
        if not found.lines and not found.moves:
            return _done(found.preview, dry_run=False)

        def job(db: SqliteDatabase) -> None:
            roster_rows.write(db, found.lines, now)
            _note(db, now, by, AuditAction.DEVICE_IMPORTED, "devices", found.preview)

        await self._hub.write(job)
        return await self._move(found, by)

    async def _known(self, by: Credential) -> Known:
        devices = {row.device: row for row in await self._hub.devices()}

        def job(db: SqliteDatabase) -> Known:
            return Known(
                roster={line.reference: line for line in roster_rows.lines(db)},
                devices=devices,
                areas=frozenset(row.code for row in area_rows.areas(db)),
                contacts=frozenset(contact.name for contact in contact_rows.contacts(db)),
                bound=by.areas,
            )

        return await self._hub.read(job)

    async def _move(self, found: DevicePlan, by: Credential) -> Preview:
        """Change the devices; one that cannot be any more (it was revoked meanwhile) is said, and does not stop the rest."""
        rows = {change.key: change.row for change in found.preview.changes}
        errors = []
        for move in found.moves:
            if not move.changes:
                continue
            try:
                await self._hub.change_device(move.device, **move.changes, by=by.name)
            except RefusedError as error:
                errors.append(
                    RowError(rows.get(move.key, 0), "device", move.device, str(error), "look at it, and import again")
                )
        return replace(found.preview, errors=tuple(errors), is_done=True)

    # -- outlines -----------------------------------------------------------------------------------------------------

    async def outlines(self, data: bytes, named: str | None, by: Credential, *, dry_run: bool) -> tuple[Preview, str]:
        """Import outlines, or say what that would do; the other value is the property that holds the code. Raises as `table`."""
        from server.places import outline_file, shapes  # half a second of the hub's start, for what few ask of it

        check_hub_wide(by.areas, "the list of areas")
        async with self._one_at_a_time:
            known = {row.code: row for row in await self._hub.areas()}
            stored = {one.code: one.shape for one in await self._hub.read(outline_rows.outlines)}
            found = await asyncio.to_thread(outline_file.plan, data, named, known, stored)
            if not dry_run and (found.shapes or found.points):
                written = await asyncio.to_thread(shapes.drawn_anew, stored, found.shapes)
                now = self._hub.now()

                def job(db: SqliteDatabase) -> None:
                    outline_rows.write(db, written)
                    area_rows.write_areas(db, found.points)
                    _note(db, now, by, AuditAction.AREA_IMPORTED, "outlines", found.preview)

                await self._hub.write(job)
        return _done(found.preview, dry_run=dry_run), found.property


def _done(preview: Preview, *, dry_run: bool) -> Preview:
    """With errors nothing was done."""
    return replace(preview, is_done=not dry_run and not preview.errors)


def _note(db: SqliteDatabase, now: int, by: Credential, action: AuditAction, subject: str, preview: Preview) -> None:
    keys = [change.key for change in preview.changes[:NOTED_MAX]]
    audit.note(db, now, by.name, action, subject, new=preview.new, changed=preview.changed, keys=keys)
