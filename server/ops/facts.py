"""What rules ask of the hub: an alert, and how far it has come with each device, read once for all who ask at the same moment."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from alerts.cap.terms import Category, Certainty, MsgType, Status, Urgency
from server.delivery import DeliveryState
from server.hub import Hub
from server.ops.rules import AlertFacts, AlertMatch, DeviceFacts, in_areas, matches_alert, matches_areas
from server.store import escalations
from server.store.records import StoredAlert

FRESH_S = 10
"""How old figures may be, in seconds of the hub's time, if no event has come since. (That an alert was stored is no event.)"""


@dataclass(frozen=True, slots=True)
class _Read:
    newest: int
    at: int
    devices: tuple[DeviceFacts, ...]


class Facts:
    """The facts of one hub."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._read: dict[int, _Read] = {}
        self._reading = asyncio.Lock()

    def matches(self, when: AlertMatch, stored: StoredAlert) -> bool:
        """Whether a rule is about an alert. What only acknowledges another, or reports an error in it, asks nobody to act."""
        if stored.alert.msg_type not in (MsgType.ALERT, MsgType.UPDATE):
            return False
        readers = [enrolment.reader for enrolment in self._hub.log.enrolled.values()] if when.areas else []
        return matches_alert(when, alert_facts(stored)) and matches_areas(when, stored.audience, readers)

    async def devices(self, number: int) -> tuple[DeviceFacts, ...]:
        """The devices that an alert addresses, the revoked ones left out. Raises UnknownAlertError, StoreError."""
        async with self._reading:
            return await self._devices(number)

    async def _devices(self, number: int) -> tuple[DeviceFacts, ...]:
        newest, now = self._hub.events.newest, self._hub.now()
        known = self._read.get(number)
        if known is not None and 0 <= now - known.at < FRESH_S and not await self._is_news(known.newest):
            return known.devices
        delivery = await self._hub.delivery(number)
        traits = await self._hub.read(escalations.device_traits)
        devices = tuple(
            DeviceFacts(one.device, one.name, found.areas, found.supervisor, one.state)
            for one in delivery.devices
            if (found := traits.get(one.device)) and not found.is_revoked
        )
        self._read = {key: read for key, read in self._read.items() if now - read.at < FRESH_S}
        self._read[number] = _Read(newest, now, devices)
        return devices

    async def _is_news(self, since: int) -> bool:
        """Whether anything happened to alerts or devices; that a rule has told somebody changes no figure."""
        found = await self._hub.events.after(since)
        return any(event.kind.partition(".")[0] in ("alert", "device") for event in found)

    async def devices_in(self, area: str) -> tuple[DeviceFacts, ...]:
        """The devices in an area, the revoked ones left out."""
        rows = await self._hub.devices()
        traits = await self._hub.read(escalations.device_traits)
        return tuple(
            DeviceFacts(row.device, row.name, row.areas, traits[row.device].supervisor, DeliveryState.ADDRESSED)
            for row in rows
            if row.revoked_at is None and row.device in traits and row.areas and in_areas((area,), row.areas)
        )


def alert_facts(stored: StoredAlert) -> AlertFacts:
    """What a rule asks of an alert. Where infos differ, the gravest, soonest and surest count."""
    alert = stored.alert
    categories: frozenset[Category] = frozenset(category for info in alert.info for category in info.category)
    return AlertFacts(
        Status(alert.status),
        alert.severity,
        min((info.urgency for info in alert.info), key=lambda term: term.number, default=Urgency.UNKNOWN),
        min((info.certainty for info in alert.info), key=lambda term: term.number, default=Certainty.UNKNOWN),
        categories,
        tuple(info.event for info in alert.info),
        stored.audience,
    )
