"""What a credential may read of a hub's two logs, alerts and events, page by page from a position, and a bell for what comes.

Every way to read (lists, streams, STOMP) goes through here, so what somebody who is bound to areas may see is decided once.

    position    <epoch>-<number>: a number, and the epoch of the log in which it was given. A hub that was put back from
                an old copy gives numbers again, in another epoch: a position that its log does not have is lost, and
                whoever stands there begins with everything in force
    page        what there is above a number, at most so many; `upto`: up to there everything was looked at, so the next
                page begins there, also where nothing was found
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from cachetools import LRUCache
from peewee import SqliteDatabase

from alerts.audience import Reader
from alerts.cap.terms import Severity
from alerts.errors import UnknownAlertError, UnknownDeviceError
from alerts.session.log import Entry, Log
from server import scope
from server.bell import Bell
from server.delivery import Delivery, DeliveryState
from server.events import Event, EventKind
from server.hub import Credential, Hub
from server.store import following
from server.store.following import Followed
from server.store.records import DeviceReport, DeviceRow, StoredAlert

PAGE = 100
"""Alerts that are read at once."""
LOOKED_AT_MAX = 1000
"""Alerts or events that one page looks at; what is beyond has the next page."""
REACHES_MAX = 10_000
PAGES_MAX = 8
REPORTS_MAX = 10_000

Item = TypeVar("Item")
_POSITION = re.compile(r"(?:([0-9]{1,10})-)?([0-9]{1,16})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Position:
    """A place in the log. `epoch` None: it was said as a bare number."""

    epoch: int | None
    number: int

    def __str__(self) -> str:
        return str(self.number) if self.epoch is None else f"{self.epoch}-{self.number}"

    @classmethod
    def parse(cls, text: str) -> Position | None:
        """From `<epoch>-<number>` or a bare number; None: it is neither."""
        found = _POSITION.fullmatch(text)
        return None if found is None else cls(int(found[1]) if found[1] else None, int(found[2]))

    def is_in(self, log: Log) -> bool:
        """Whether the log has this place; of a bare number it is known only that it must not lie beyond the end."""
        if self.epoch is None:
            return self.number <= log.head
        return log.path.holds(self.epoch, self.number, log.head)


def position_at(log: Log, number: int) -> Position:
    """The place of a number that has been given, or of the beginning."""
    return Position(log.path.epoch_at(number), number)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts. `areas`: that reach somebody in any of them; `severity`: at least so grave; `in_force`: (not) in force."""

    areas: tuple[str, ...] = ()
    severity: Severity | None = None
    in_force: bool | None = None


@dataclass(frozen=True, slots=True)
class WantedEvents:
    """Which events: of any of these kinds, about this alert."""

    kinds: frozenset[EventKind] = frozenset()
    alert: int | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """What was found. `has_more`: there may be more above `upto` now."""

    items: tuple[Item, ...]
    upto: int
    has_more: bool


class Reading:
    """The reader of a hub. Lives on the event loop, and is the hub's listener."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self._bell = Bell()
        self._pages: LRUCache[tuple[object, ...], asyncio.Task[tuple[list[Followed], int]]] = LRUCache(PAGES_MAX)
        self._reaches: LRUCache[int, tuple[Any, ...]] = LRUCache(REACHES_MAX)
        hub.subscribe(self)

    # -- what the hub tells -------------------------------------------------------------------------------------------

    def log_grew(self, entry: Entry) -> None:
        """An alert was published."""
        self.ring()

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """Nothing to do: who sees what is decided at each reading."""

    def device_revoked(self, device: str) -> None:
        """Nothing to do."""

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Nothing to do."""

    def clock_stepped(self) -> None:
        """The log is another object, which has all that this one had."""
        self._pages.clear()

    def ring(self) -> None:
        """Wake who waits."""
        self._bell.ring()

    # -- alerts -------------------------------------------------------------------------------------------------------

    def newest(self) -> Position:
        """The place behind everything that there is."""
        return position_at(self.hub.log, self.hub.log.head)

    async def wait(self, after: int, timeout_s: float) -> bool:
        """Wait until the log has more than this number; False: it had not in time (seconds)."""
        return await self._bell.until(lambda: self.hub.log.head > after, timeout_s)

    async def page(self, credential: Credential, wanted: Wanted, after: int, limit: int) -> Page[Followed]:
        """The alerts above a number that the credential may see and that are wanted. Raises StoreError."""
        found: list[Followed] = []
        upto, looked_at = after, 0
        while looked_at < LOOKED_AT_MAX:
            followed, end = await self._alerts(upto, wanted.in_force)
            for one in followed:
                if len(found) == limit:
                    return Page(tuple(found), upto, True)
                upto = one.stored.number
                found += [one] if self._is_wanted(credential, wanted, one) else []
            if len(followed) < PAGE:
                return Page(tuple(found), max(end, upto), False)
            looked_at += len(followed)
        return Page(tuple(found), upto, True)

    async def _alerts(self, after: int, in_force: bool | None) -> tuple[list[Followed], int]:
        """A page of all, read once for all who ask at the same moment: after a publish, every follower does."""
        now = self.hub.now()
        key = (after, in_force, self.hub.log.head, now)
        task = self._pages.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            job = self.hub.read(lambda db: following.alerts_page(db, after, PAGE, in_force, now))
            task = self._pages[key] = asyncio.get_running_loop().create_task(job)
        return await asyncio.shield(task)

    def _is_wanted(self, credential: Credential, wanted: Wanted, one: Followed) -> bool:
        stored, severity = one.stored, wanted.severity
        return (
            self.hub.may_see(credential, stored)
            and scope.may_see(wanted.areas, stored.reach, self.hub.areas_of)
            and (severity is None or one.severity.number <= severity.number)
        )

    async def alert(self, credential: Credential, name: str) -> StoredAlert:
        """As `Hub.alert`; one that the credential may not see is as unknown as one that is not there."""
        stored = await self.hub.alert(name)
        if not self.hub.may_see(credential, stored):
            raise UnknownAlertError(f"no alert {name[:200]!r} is known here, neither as number nor as identifier")
        return stored

    async def delivery(self, credential: Credential, number: int) -> Delivery:
        """As `Hub.delivery`, of the devices that the credential may see."""
        delivery = await self.hub.delivery(number)
        if not credential.areas:
            return delivery
        areas = await self._areas_of(one.device for one in delivery.devices)
        devices = tuple(
            one for one in delivery.devices if scope.may_see_device(credential.areas, areas.get(one.device, ()))
        )
        counts = dict.fromkeys(DeliveryState, 0)
        for device in devices:
            counts[device.state] += 1
        return Delivery(number, counts, devices)

    # -- devices ------------------------------------------------------------------------------------------------------

    async def devices(self, credential: Credential) -> list[DeviceRow]:
        """The devices that the credential may see."""
        return [row for row in await self.hub.devices() if scope.may_see_device(credential.areas, row.areas)]

    async def device(self, credential: Credential, device: str) -> DeviceRow:
        """One of them. Raises UnknownDeviceError."""
        row = await self.hub.device(device)
        if not scope.may_see_device(credential.areas, row.areas):
            raise UnknownDeviceError([device])
        return row

    async def reports(self, credential: Credential, limit: int) -> list[DeviceReport]:
        """What the devices that the credential may see told ops, newest first."""
        if not credential.areas:
            return await self.hub.reports(limit=limit)
        found = await self.hub.reports(limit=REPORTS_MAX)
        areas = await self._areas_of(report.device for report in found)
        seen = (one for one in found if scope.may_see_device(credential.areas, areas.get(one.device, ())))
        return list(seen)[:limit]

    async def _areas_of(self, devices: Any) -> dict[str, tuple[str, ...]]:
        names = set(devices)
        return await self.hub.read(lambda db: following.areas_of_devices(db, names))

    # -- events -------------------------------------------------------------------------------------------------------

    async def wait_event(self, after: int, timeout_s: float) -> bool:
        """Wait until there is an event above a number; False: there was none in time (seconds)."""
        return await self.hub.events.wait(after, timeout_s)

    async def events(self, credential: Credential, wanted: WantedEvents, after: int, limit: int) -> Page[Event]:
        """The events above a number that the credential may see and that are wanted. Raises StoreError."""
        newest = self.hub.events.newest
        found = await self.hub.events.after(after, limit=LOOKED_AT_MAX)
        meant = [
            event
            for event in found
            if (not wanted.kinds or event.kind in wanted.kinds) and wanted.alert in (None, event.alert)
        ]
        visible = await self._visible(credential, meant) if credential.areas else meant
        if len(visible) > limit:
            return Page(tuple(visible[:limit]), visible[limit - 1].id, True)
        if len(found) == LOOKED_AT_MAX:
            return Page(tuple(visible), found[-1].id, True)
        return Page(tuple(visible), max(after, newest, *(event.id for event in found[-1:])), False)

    async def _visible(self, credential: Credential, events: list[Event]) -> list[Event]:
        """Somebody who is bound to areas sees what is about an alert that reaches them, and about a device in them; what is
        about neither concerns the whole hub."""
        alerts = {event.alert for event in events if event.alert is not None} - set(self._reaches)
        devices = {event.device for event in events if event.device is not None}

        def job(db: SqliteDatabase) -> tuple[dict[int, Any], dict[str, tuple[str, ...]]]:
            return following.reaches(db, alerts), following.areas_of_devices(db, devices)

        reaches, areas = await self.hub.read(job)
        self._reaches.update(reaches)
        return [event for event in events if self._may_see(credential, event, reaches, areas)]

    def _may_see(
        self,
        credential: Credential,
        event: Event,
        reaches: dict[int, Any],
        areas: dict[str, tuple[str, ...]],
    ) -> bool:
        if event.alert is None and event.device is None:
            return False
        reach = () if event.alert is None else reaches.get(event.alert, self._reaches.get(event.alert, ()))
        sees_alert = event.alert is None or scope.may_see(credential.areas, reach, self.hub.areas_of)
        own = () if event.device is None else areas.get(event.device, ())
        return sees_alert and (event.device is None or scope.may_see_device(credential.areas, own))
