"""Reading a stream of a hub with httpx-sse, so many events at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from httpx_sse import EventSource, ServerSentEvent, connect_sse

from tests.support.hub import PATIENCE_S, RunningHub


class Follower:
    """One stream that is being read. `position` is the id of the last event."""

    def __init__(self, source: EventSource) -> None:
        self.response = source.response
        self._events: Iterator[ServerSentEvent] = source.iter_sse()
        self.position: str | None = None

    def take(self, count: int = 1) -> list[ServerSentEvent]:
        """The next events."""
        found = []
        for _ in range(count):
            found.append(next(self._events))
            self.position = found[-1].id or self.position
        return found

    def names(self, count: int) -> list[str]:
        """Of the next alerts: identifiers, other events by what they are."""
        return [named(event) for event in self.take(count)]

    def rest(self) -> list[ServerSentEvent]:
        """What comes until the hub ends the stream."""
        return list(self._events)


def named(event: ServerSentEvent) -> str:
    """An alert by its identifier, with its kind unless that is `alert`; another event by its kind."""
    said = event.json()
    if "identifier" not in said:
        return event.event
    return str(said["identifier"]) if event.event == "alert" else f"{event.event} {said['identifier']}"


@contextmanager
def following(
    hub: RunningHub, path: str = "/v1/alerts/stream", *, token: str, last: str | None = None, **query: Any
) -> Iterator[Follower]:
    """Follow a stream for as long as the block lasts."""
    headers = {"Authorization": f"Bearer {token}"} | ({} if last is None else {"Last-Event-ID": last})
    with (
        httpx.Client(timeout=PATIENCE_S) as client,
        connect_sse(client, "GET", hub.address + path, headers=headers, params=query) as source,
    ):
        source.response.raise_for_status()
        yield Follower(source)
