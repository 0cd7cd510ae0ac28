"""Many devices moved at once: each is an entry of the log of its own, and says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from alerts.audience import contains
from alerts.errors import RefusedError, StoreError
from server import scope
from server.audit import AuditAction
from server.hub import Credential, Hub
from server.places.errors import TooManyChosenError
from server.publish import check_roles
from server.reading import Reading
from server.store import audit
from server.store.areas import check_areas
from server.store.records import DeviceRow

MOVED_MAX = 1000
"""Devices that one request moves: each is a commit, a few milliseconds."""


class MoveOutcome(StrEnum):
    """What became of a device."""

    MOVED = "moved"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Moved:
    """A device as it is now, or (dry run) would be. `problem`: why it could not be moved."""

    device: DeviceRow
    outcome: MoveOutcome
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which devices: by name, or all that are in any of `areas` (with what lies below them) and have any of `roles`."""

    devices: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def has(self, row: DeviceRow) -> bool:
        """Whether a device that is not named is among them."""
        in_area = not self.areas or any(contains(area, code) for area in self.areas for code in row.areas)
        return in_area and (not self.roles or not set(self.roles).isdisjoint(row.roles))


class Moving:
    """Moves devices of one hub."""

    def __init__(self, hub: Hub, reading: Reading) -> None:
        self._hub = hub
        self._reading = reading

    async def move(
        self,
        by: Credential,
        chosen: Chosen,
        *,
        areas: tuple[str, ...] | None,
        roles: tuple[str, ...] | None,
        dry_run: bool,
    ) -> list[Moved]:
        """Put devices into `areas`, give their users `roles`, where these are not None.

        Raises UnknownAreaError, AudienceError, OutOfAreasError, UnknownDeviceError, TooManyChosenError; nothing is done then.
        """
        check_roles(roles or ())
        if areas is not None:
            scope.check_may_have(by.areas, areas)
            new = areas
            await self._hub.read(lambda db: check_areas(db, new))
        rows = await self._chosen(by, chosen)
        found = [await self._one(by, row, areas, roles, dry_run=dry_run) for row in rows]
        moved = [one.device.device for one in found if one.outcome is MoveOutcome.MOVED]
        if moved and not dry_run:
            now, subject = self._hub.now(), f"{len(moved)} devices"
            to = {"areas": areas, "roles": roles, "devices": moved}
            await self._hub.write(lambda db: audit.note(db, now, by.name, AuditAction.DEVICE_MOVED, subject, **to))
        return found

    async def _chosen(self, by: Credential, chosen: Chosen) -> Sequence[DeviceRow]:
        if chosen.devices:
            rows = [await self._reading.device(by, device) for device in chosen.devices]
        else:
            rows = [row for row in await self._reading.devices(by) if row.revoked_at is None and chosen.has(row)]
        if len(rows) > MOVED_MAX:
            raise TooManyChosenError(f"{len(rows):,} devices are chosen; at most {MOVED_MAX:,} are moved at once")
        return rows

    async def _one(
        self,
        by: Credential,
        row: DeviceRow,
        areas: tuple[str, ...] | None,
        roles: tuple[str, ...] | None,
        *,
        dry_run: bool,
    ) -> Moved:
        after = replace(row, areas=row.areas if areas is None else areas, roles=row.roles if roles is None else roles)
        if not scope.may_change_device(by.areas, row.areas):
            return Moved(row, MoveOutcome.FAILED, "it is also in areas that are not yours")
        if row.revoked_at is not None:
            return Moved(row, MoveOutcome.FAILED, "it was revoked")
        if after == row:
            return Moved(row, MoveOutcome.UNCHANGED)
        if dry_run:
            return Moved(after, MoveOutcome.MOVED)
        try:
            return Moved(
                await self._hub.change_device(row.device, areas=areas, roles=roles, by=by.name), MoveOutcome.MOVED
            )
        except (RefusedError, StoreError) as error:
            return Moved(row, MoveOutcome.FAILED, str(error))
