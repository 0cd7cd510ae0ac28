"""What one STOMP subscription is sent: alerts or events, from a position on, as fast as they are acknowledged.

    /alerts                 every alert that the token may see
    /alerts/area/KE-047     those that reach somebody in an area
    /events                 what happens at the hub

A subscription says where it begins: behind a message (`after`), with what is in force (`in-force:true`), where its durable name
stands, else with what comes from now on. A position that the log does not have begins with everything in force,
its messages marked `resync:true`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from alerts.cap.to_xml import to_xml
from alerts.errors import RemoteProtocolError, UnknownAlertError
from server.api.handler import quality
from server.api.operation import JSON, XML
from server.api.problems import ProblemError
from server.api.stream_types import EventAnswer
from server.api.types import AlertAnswer
from server.bridges.stomp_session import AckMode, StompSession, Subscription
from server.bridges.streams import Holder
from server.events import Event
from server.hub import Credential
from server.reading import PAGE, Page, Position, Reading, Wanted, WantedEvents
from server.store import durable
from server.store.areas import is_well_formed
from server.store.durable import Standing
from server.store.records import StoredAlert

ALERTS, AREA, EVENTS = "/alerts", "/alerts/area/", "/events"
LOOK_AGAIN_S = 15.0
NAME_CHARS_MAX = 128


@dataclass(frozen=True, slots=True)
class Message:
    """One message before it has a subscription."""

    number: int
    headers: dict[str, str]
    body: bytes


class Source(Protocol):
    """Where messages come from."""

    async def page(self, credential: Credential, after: int, limit: int) -> Page[Message]:
        """Those above a number."""
        ...

    async def one(self, credential: Credential, number: int) -> Message | None:
        """The one of this number, if it still can be had."""
        ...

    async def wait(self, after: int, timeout_s: float) -> bool:
        """Wait for one above a number."""
        ...


class AlertSource:
    """Alerts. Up to the number `present` only those in force are sent."""

    def __init__(self, reading: Reading, areas: tuple[str, ...], media_type: str) -> None:
        self._reading = reading
        self._areas = areas
        self._media_type = media_type
        self.present = 0
        self.is_resync = False

    async def page(self, credential: Credential, after: int, limit: int) -> Page[Message]:
        """Those above a number."""
        is_past = after < self.present
        wanted = Wanted(self._areas, in_force=True if is_past else None)
        page = await self._reading.page(credential, wanted, after, limit)
        if not is_past:
            return Page(tuple(self._message(one.stored) for one in page.items), page.upto, page.has_more)
        found = tuple(self._message(one.stored) for one in page.items if one.stored.number <= self.present)
        return Page(found, min(page.upto, self.present), True)

    async def one(self, credential: Credential, number: int) -> Message | None:
        """The one of this number, if it still can be had."""
        try:
            return self._message(await self._reading.alert(credential, str(number)))
        except UnknownAlertError:
            return None

    async def wait(self, after: int, timeout_s: float) -> bool:
        """Wait for one above a number."""
        return await self._reading.wait(after, timeout_s)

    def _message(self, stored: StoredAlert) -> Message:
        alert = stored.alert
        headers = {
            "message-id": str(Position(stored.epoch, stored.number)),
            "content-type": self._media_type,
            "number": str(stored.number),
            "identifier": alert.identifier,
            "sender": alert.sender,
            "msgType": str(alert.msg_type),
            "severity": str(alert.severity),
        }
        if self.is_resync and stored.number <= self.present:
            headers["resync"] = "true"
        if self._media_type == XML:
            return Message(stored.number, headers, to_xml(alert))
        return Message(stored.number, headers, AlertAnswer.of(stored).model_dump_json(by_alias=True).encode())


class EventSource:
    """Events."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    async def page(self, credential: Credential, after: int, limit: int) -> Page[Message]:
        """Those above a number."""
        page = await self._reading.events(credential, WantedEvents(), after, limit)
        return Page(tuple(_of_event(event) for event in page.items), page.upto, page.has_more)

    async def one(self, credential: Credential, number: int) -> Message | None:
        """The one of this number, if it still can be had."""
        page = await self._reading.events(credential, WantedEvents(), number - 1, 1)
        return next((_of_event(event) for event in page.items if event.id == number), None)

    async def wait(self, after: int, timeout_s: float) -> bool:
        """Wait for one above a number."""
        return await self._reading.wait_event(after, timeout_s)


def _of_event(event: Event) -> Message:
    headers = {"message-id": str(event.id), "content-type": JSON, "kind": str(event.kind)}
    headers |= {} if event.alert is None else {"number": str(event.alert)}
    return Message(event.id, headers, EventAnswer.of(event).model_dump_json(by_alias=True).encode())


class Feed:
    """Sends one subscription what is for it."""

    def __init__(
        self,
        reading: Reading,
        session: StompSession,
        subscription: Subscription,
        holder: Holder,
        flush: Callable[[], Awaitable[None]],
    ) -> None:
        """Raises ProblemError: there is no such destination, or the wish is none. `flush` writes what the session has."""
        self._reading = reading
        self._session = session
        self._holder = holder
        self._flush = flush
        self._wake = asyncio.Event()
        self._saved: tuple[int, tuple[int, ...]] | None = None
        self._looked_at = 0
        self._skipped: set[int] = set()
        self.subscription = subscription
        self.source = self._source()
        durable_name = subscription.wish.durable
        if durable_name is not None and not 1 <= len(durable_name) <= NAME_CHARS_MAX:
            raise RemoteProtocolError(f"durable is a name of 1 to {NAME_CHARS_MAX} characters")

    def _source(self) -> AlertSource | EventSource:
        destination, accept = self.subscription.destination, self.subscription.wish.accept
        if destination == EVENTS:
            return EventSource(self._reading)
        area = destination.removeprefix(AREA) if destination.startswith(AREA) else ""
        if destination != ALERTS and not is_well_formed(area):
            raise ProblemError(
                "not-found",
                f"{destination[:100]!r} is no destination to subscribe to; there are {ALERTS}, {AREA}CODE and {EVENTS}",
            )
        media_type = JSON if accept is None else max((JSON, XML), key=lambda offered: quality(accept, offered))
        if accept is not None and quality(accept, media_type) <= 0:
            raise ProblemError("not-acceptable", f"accept: there are {JSON} and {XML}")
        return AlertSource(self._reading, (area,) if area else (), media_type)

    # -- where it begins ----------------------------------------------------------------------------------------------

    async def begin(self) -> None:
        """Find out from where on to send. Raises ProblemError, DurableError, StoreError."""
        wish, hub = self.subscription.wish, self._reading.hub
        standing = self._wished()
        if wish.durable is not None:
            name, destination, owner, now = wish.durable, self.subscription.destination, self._owner, hub.now()
            standing, is_new = await hub.write(lambda db: durable.begin(db, owner, name, destination, standing, now))
            self._skipped = set(standing.settled)
            self.subscription.settled = set(standing.settled)
            if not is_new and isinstance(self.source, AlertSource):
                self.source.is_resync = False
        self._looked_at = standing.cursor
        if isinstance(self.source, AlertSource):
            self.source.present = standing.present

    @property
    def _owner(self) -> str:
        return self._holder.credential.name

    def _wished(self) -> Standing:
        wish = self.subscription.wish
        position = None if wish.after is None else Position.parse(wish.after)
        if wish.after is not None and position is None:
            raise ProblemError(
                "parameter-invalid", f"after: {wish.after[:60]!r} is the message-id of no message of the hub"
            )
        if isinstance(self.source, EventSource):
            newest = self._reading.hub.events.newest
            return Standing(newest if position is None else min(position.number, newest))
        log = self._reading.hub.log
        if position is None:
            return Standing(0, present=log.head) if wish.in_force else Standing(log.head)
        if position.is_in(log):
            return Standing(position.number)
        self.source.is_resync = True
        return Standing(0, present=log.head)

    # -- sending ------------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Send, until cancelled or the subscription is over. Raises StoreError."""
        while not self.subscription.is_over:
            self._wake.clear()
            if not await self._holder.is_valid():
                self._session.refuse(ProblemError("unauthorized", "the token was revoked"))
                await self._flush()
                return
            await self._send_again()
            room = self.subscription.room
            has_more = await self._send_next(min(room, PAGE)) if room else True
            await self.save_if_auto()
            if not has_more or not self.subscription.room:
                await self._until_there_is_something(is_waiting_for_more=not has_more)

    async def _send_next(self, limit: int) -> bool:
        page = await self.source.page(self._holder.credential, self._looked_at, limit)
        for message in page.items:
            if self.subscription.is_over:
                return False
            self._looked_at = message.number  # before it is written: its ack may come while it still is
            if message.number not in self._skipped:
                self._deliver(message)
                await self._flush()
        self._looked_at = max(self._looked_at, page.upto)
        return page.has_more

    async def _send_again(self) -> None:
        """What was refused and is due again."""
        now = self._reading.hub.clock.monotonic()
        for number in self._session.due(self.subscription, now):
            message = await self.source.one(self._holder.credential, number)
            if self.subscription.is_over:
                return
            if message is None:
                self._session.pass_over(self.subscription, number)
            else:
                self._deliver(message)
                await self._flush()

    def _deliver(self, message: Message) -> None:
        headers = {"destination": self.subscription.destination, **message.headers}
        self._session.deliver(self.subscription, message.number, headers, message.body)

    async def _until_there_is_something(self, *, is_waiting_for_more: bool) -> None:
        """To send: a message is due again, there is room, or something new."""
        now = self._reading.hub.clock.monotonic()
        seconds = min(LOOK_AGAIN_S, max(0.01, self._session.deadline() - now))
        waiting: list[asyncio.Future[bool]] = [asyncio.ensure_future(self._woken())]
        if is_waiting_for_more:
            waiting.append(asyncio.ensure_future(self.source.wait(self._looked_at, seconds)))
        try:
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()

    async def _woken(self) -> bool:
        return await self._wake.wait()

    def wake(self) -> None:
        """There is room, or something is due."""
        self._wake.set()

    # -- what is durable ----------------------------------------------------------------------------------------------

    async def save_if_auto(self) -> None:
        """Where nothing is acknowledged, what was written counts."""
        if self.subscription.mode is AckMode.AUTO:
            await self.save()

    async def save(self) -> None:
        """Write how far a durable subscription has come. Raises StoreError."""
        name, owner, hub = self.subscription.wish.durable, self._owner, self._reading.hub
        standing = self.subscription.standing(self._looked_at)
        if name is None or standing == self._saved or self.subscription.is_over:
            return
        cursor, settled = standing
        await hub.write(lambda db: durable.save(db, owner, name, cursor, settled, hub.now()))
        self._saved = standing

    async def forget(self) -> None:
        """Forget how far it has come. Raises StoreError."""
        name, owner = self.subscription.wish.durable, self._owner
        if name is not None:
            await self._reading.hub.write(lambda db: durable.forget(db, owner, name))
