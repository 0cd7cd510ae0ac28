"""Whom an audience reaches, before anything is published: how many devices, where, and when each was last heard of."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from alerts.audience import Audience, Reader, is_for
from server import scope
from server.hub import Credential, Hub
from server.rehearsal import Reached, reached
from server.store.areas import check_areas
from server.store.devices import check_devices
from server.store.records import DeviceRow

LISTED_MAX = 200
"""Devices that are listed, those first that were heard of longest ago."""


@dataclass(frozen=True, slots=True)
class AudienceSeen:
    """Whom an audience reaches. `areas`: code → devices there, with all below it, for each code that has any; `listed`: some
    devices, those first that were heard of longest ago; `all`: devices in the areas of whoever asks; `roles`: role → how many of
    those all have it."""

    reached: Reached
    all: int
    areas: tuple[tuple[str, int], ...]
    roles: tuple[tuple[str, int], ...]
    listed: tuple[DeviceRow, ...]
    connected: frozenset[str]
    reports: tuple[str, ...]


class Audiences:
    """The audiences of one hub."""

    def __init__(self, hub: Hub, is_connected: Callable[[str], bool]) -> None:
        self._hub = hub
        self._is_connected = is_connected

    async def look(self, by: Credential, audience: Audience) -> AudienceSeen:
        """Raises OutOfAreasError, UnknownAreaError, UnknownDeviceError, StoreError."""
        scope.check_may_address(by.areas, audience, self._hub.areas_of)
        reports = await self._hub.read(lambda db: check_areas(db, audience.areas))
        await self._hub.read(lambda db: check_devices(db, audience.devices))
        rows = [
            row
            for row in await self._hub.devices()
            if row.revoked_at is None and scope.may_see_device(by.areas, row.areas)
        ]
        connected = frozenset(row.device for row in rows if self._is_connected(row.device))
        return await asyncio.to_thread(_seen, rows, audience, connected, self._hub.now(), reports)


def _seen(
    rows: Sequence[DeviceRow], audience: Audience, connected: frozenset[str], now: int, reports: tuple[str, ...]
) -> AudienceSeen:
    addressed = [row for row in rows if is_for(audience, Reader(row.device, row.areas, row.roles))]
    counts = Counter(code for row in addressed for code in _above_all(row.areas))
    longest_ago = sorted(addressed, key=lambda row: (row.device in connected, row.last_seen or 0, row.name))
    return AudienceSeen(
        reached(rows, (audience,), connected, now),
        len(rows),
        tuple(sorted(counts.items())),
        tuple(sorted(Counter(role for row in rows for role in row.roles).items())),
        tuple(longest_ago[:LISTED_MAX]),
        connected,
        reports,
    )


def _above_all(areas: Sequence[str]) -> set[str]:
    """Codes and all that they lie under, each once: a device in two districts of a region counts there once."""
    found: set[str] = set()
    for code in areas:
        levels = code.split("-")
        found.update("-".join(levels[: depth + 1]) for depth in range(len(levels)))
    return found
