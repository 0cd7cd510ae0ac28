"""`/v1/alerts/stream`: alerts as server-sent events, for whom WebSockets are blocked. What all such streams have in common.

A client that was cut off names the last id that it had, and is sent what lies behind it: nothing is lost, and nothing comes
twice, also over a restart of the hub. Where its id is not in the log any more (the hub was put back from an old copy), the
stream begins with an event `resync` and everything that is in force.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator

import structlog
from tornado.iostream import IOStream, StreamClosedError

from alerts.cap.terms import MsgType
from alerts.errors import StoreError
from server.accounts import cookies
from server.api.handler import ApiHandler, bearer_of
from server.api.operation import SSE, VIEWERS, Answer, operation
from server.api.stream_types import StreamQuery
from server.api.types import AlertAnswer
from server.bridges import sse
from server.bridges.streams import Holder
from server.reading import PAGE, Page, Position, Wanted, position_at
from server.store.following import Followed

_logger = structlog.get_logger("server.stream")

KEEPALIVE_S = 15.0
"""Between comments where nothing else is sent: proxies close what is silent for half a minute."""

RETRY_MS = (2000, 5000)
"""After a restart of the hub its clients come back spread over these."""

NAMES = {MsgType.UPDATE: "update", MsgType.CANCEL: "cancel"}
LAST_EVENT_ID = {"Last-Event-ID": "The id of the last event that was received; an EventSource sends it by itself."}


class Streaming(ApiHandler):
    """What all streams have in common."""

    _task: asyncio.Task[None] | None = None

    async def stream(self, pieces: AsyncIterator[bytes], seconds: float | None) -> None:
        """Write what comes, until the client has gone, the time is up, or the hub stops."""
        with self.api.streams.place(self.credential.name):
            self.set_header("Content-Type", SSE)
            self.set_header("X-Accel-Buffering", "no")  # nginx would hold events back until a buffer is full
            if self.request.method == "HEAD":
                return
            self._task = self.api.streams.begin(self._write_all(pieces))
            done, _ = await asyncio.wait({self._task}, timeout=seconds)
            if not done:
                self._task.cancel()
                await asyncio.wait({self._task})

    async def _write_all(self, pieces: AsyncIterator[bytes]) -> None:
        try:
            async for piece in pieces:
                self.write(piece)
                async with asyncio.timeout(self.api.settings.limits.stream_write_seconds):
                    await self.flush()
        except TimeoutError:
            self.api.metrics.cut.labels("slow stream").inc()
            self._cut()
        except StreamClosedError:
            return
        except StoreError as error:
            _logger.error("a stream ended, because the store failed", route=self.template, error=str(error))
        except Exception:
            _logger.exception("a stream ended: a bug", route=self.template)
            self._cut()

    def _cut(self) -> None:
        """End the connection without the end that HTTP has for it: what is missing, the client sees that it is missing."""
        stream = getattr(self.request.connection, "stream", None)
        if isinstance(stream, IOStream):
            stream.close()

    def on_connection_close(self) -> None:
        """The client has gone."""
        if self._task is not None:
            self._task.cancel()

    def holder(self) -> Holder:
        """Who asks, looked at again and again."""
        if self.session is not None:
            secret = cookies.read(self.request.headers, self.api.settings) or ""
            return Holder(self.hub, secret, self.credential, self.api.accounts.sessions.credential)
        return Holder(self.hub, bearer_of(self.request.headers.get("Authorization", "")), self.credential)

    def last_event_id(self) -> str | None:
        """What the client had last; an EventSource that had nothing leaves it out."""
        return self.request.headers.get("Last-Event-ID")


def beginning() -> bytes:
    """What every stream begins with."""
    low, high = RETRY_MS
    return sse.retry(low + secrets.randbelow(high - low))


class AlertStreamHandler(Streaming):
    """Alerts as they are published."""

    @operation(
        summary="Follow alerts",
        roles=VIEWERS,
        query=StreamQuery,
        headers=LAST_EVENT_ID,
        answers={200: Answer("A stream of events, until one side ends it.", also=(SSE,))},
        problems=("rate-limited",),
        tag="alerts",
    )
    async def get(self) -> None:
        """Server-sent events (WHATWG HTML §9.2): `alert`, `update` or `cancel`, with the alert as it is fetched as data and its
        position, `<epoch>-<number>`, as id. `position` tells an id where no alert does. `resync` says that the id that
        was named is not in the log any more: forget what you hold, all that is in force follows."""
        asked = self.query
        assert isinstance(asked, StreamQuery), "the operation says so"
        last = self.last_event_id()
        said = asked.after if last is None else last
        position = None if said is None else Position.parse(said)
        await self.stream(self._pieces(asked, position), asked.seconds)

    async def _pieces(self, asked: StreamQuery, position: Position | None) -> AsyncIterator[bytes]:
        reading, holder, log = self.api.reading, self.holder(), self.hub.log
        wanted = Wanted(asked.area, asked.severity)
        yield beginning()
        start = log.head
        is_lost = position is not None and not position.is_in(log)
        if is_lost:
            words = "this log does not have the position that was named: forget what you hold; what is in force follows"
            yield sse.event("resync", json.dumps({"lost": str(position), "words": words}))
        if is_lost or (position is None and asked.in_force):
            in_force = Wanted(asked.area, asked.severity, in_force=True)
            upto, has_more = 0, True
            while has_more and upto < start:
                page = await reading.page(holder.credential, in_force, upto, PAGE)
                for one in page.items:
                    if one.stored.number <= start:
                        yield event_of(one)
                upto, has_more = page.upto, page.has_more
            yield self._position(start)
        elif position is None:
            yield self._position(start)
        else:
            start = position.number
        told = upto = start
        while await holder.is_valid():
            found: Page[Followed] = await reading.page(holder.credential, wanted, upto, PAGE)
            for one in found.items:
                yield event_of(one)
                told = one.stored.number
            upto = found.upto
            if not found.has_more and not await reading.wait(upto, KEEPALIVE_S):
                yield self._position(upto) if upto > told else sse.COMMENT
                told = upto

    def _position(self, number: int) -> bytes:
        """An event that tells where the client stands, where no alert does."""
        position = str(position_at(self.hub.log, number))
        return sse.event("position", json.dumps({"position": position}), position)


def event_of(one: Followed) -> bytes:
    """An alert as an event."""
    stored = one.stored
    name = NAMES.get(stored.alert.msg_type, "alert")
    position = str(Position(stored.epoch, stored.number))
    return sse.event(name, AlertAnswer.of(stored).model_dump_json(by_alias=True), position)
