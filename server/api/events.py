"""`/v1/events`: what happens at the hub, as a list and as a stream."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

from server.api.operation import SSE, VIEWERS, Answer, operation
from server.api.polling import Polling
from server.api.stream import KEEPALIVE_S, LAST_EVENT_ID, Streaming, beginning
from server.api.stream_types import EventAnswer, EventList, EventsQuery, EventStreamQuery
from server.bridges import sse
from server.reading import PAGE, Position, WantedEvents

TAG = "operations"


class EventsHandler(Polling):
    """The log of events."""

    @operation(
        summary="List events",
        roles=VIEWERS,
        query=EventsQuery,
        answers={200: Answer("A page of events.", EventList)},
        problems=("rate-limited",),
        tag=TAG,
    )
    async def get(self) -> None:
        """What has happened, in the order of the numbers: alerts published, acknowledged, expired, devices enrolled, and more.
        Events are kept for 30 days. Somebody who is bound to areas sees what is about an alert that reaches them or a
        device in them."""
        asked = self.query
        assert isinstance(asked, EventsQuery), "the operation says so"
        wanted, reading = WantedEvents(frozenset(asked.kind), asked.alert), self.api.reading
        page = await self.poll(
            lambda after: reading.events(self.credential, wanted, after, asked.limit),
            reading.wait_event,
            asked.after,
            asked.wait,
        )
        self.answer(
            EventList(
                events=tuple(EventAnswer.of(event) for event in page.items),
                next=page.upto if page.has_more else None,
                position=page.upto,
            )
        )


class EventStreamHandler(Streaming):
    """Events as they happen."""

    @operation(
        summary="Follow events",
        roles=VIEWERS,
        query=EventStreamQuery,
        headers=LAST_EVENT_ID,
        answers={200: Answer("A stream of events, until one side ends it.", also=(SSE,))},
        problems=("rate-limited",),
        tag=TAG,
    )
    async def get(self) -> None:
        """Server-sent events (WHATWG HTML §9.2), each named for its kind, like `alert.acknowledged`, with its number as id.
        `position` tells an id where no event does. `resync` says that the number that was named lies beyond the end: the
        hub was put back from an old copy, and the stream goes on from now."""
        asked = self.query
        assert isinstance(asked, EventStreamQuery), "the operation says so"
        last = self.last_event_id()
        position = None if last is None else Position.parse(last)
        if position is None:
            position = None if asked.after is None else Position(None, asked.after)
        await self.stream(self._pieces(asked, position), asked.seconds)

    async def _pieces(self, asked: EventStreamQuery, position: Position | None) -> AsyncIterator[bytes]:
        reading, holder = self.api.reading, self.holder()
        wanted = WantedEvents(frozenset(asked.kind), asked.alert)
        yield beginning()
        upto = newest = self.hub.events.newest
        is_lost = position is not None and (position.epoch is not None or position.number > newest)
        if is_lost:
            words = "there is no event of this number: the stream goes on from now"
            yield sse.event("resync", json.dumps({"lost": str(position), "words": words}))
        if position is None or is_lost:
            yield _position(newest)
        else:
            upto = position.number
        told = upto
        while await holder.is_valid():
            page = await reading.events(holder.credential, wanted, upto, PAGE)
            for event in page.items:
                yield sse.event(event.kind, EventAnswer.of(event).model_dump_json(by_alias=True), str(event.id))
                told = event.id
            upto = page.upto
            if not page.has_more and not await reading.wait_event(upto, KEEPALIVE_S):
                yield _position(upto) if upto > told else sse.COMMENT
                told = upto


def _position(number: int) -> bytes:
    return sse.event("position", json.dumps({"position": str(number)}), str(number))
