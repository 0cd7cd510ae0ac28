"""Readers of a hub's alerts over plain HTTP, each by a library as it comes, that go on where they stood when they are told to."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
from httpx_sse import connect_sse

from tests.support.node_clients import NodeClient, node_client
from tests.support.waiting import SECONDS_MAX, wait_until

STREAM, ALERTS = "/v1/alerts/stream", "/v1/alerts"


class Reader(ABC):
    """Connects when it is told to, and then reads until the connection ends."""

    @property
    @abstractmethod
    def seen(self) -> list[str]:
        """What it has seen, in order: an alert by its identifier, an update or a cancel with the word before it."""

    @property
    @abstractmethod
    def asked(self) -> list[str | None]:
        """The position that each of its connections has named."""

    @property
    @abstractmethod
    def position(self) -> str | None:
        """Where it stands."""

    @property
    @abstractmethod
    def ends(self) -> int:
        """How many of its connections have ended."""

    @abstractmethod
    def go(self) -> None:
        """Connect."""

    def until_seen(self, identifier: str) -> None:
        """Wait until it has seen this."""
        self.until(lambda: identifier in self.seen, f"{identifier} is seen")

    def until(self, holds: Any, what: str) -> None:
        """Wait; a failure says what was seen."""
        try:
            wait_until(holds, what)
        except AssertionError as error:
            raise AssertionError(f"{error}; {type(self).__name__} has seen {self.seen}, asked {self.asked}") from None


class NpmEventSource(Reader):
    """`eventsource` of npm."""

    def __init__(self, client: NodeClient) -> None:
        self._client = client

    def _said(self, member: str) -> list[dict[str, Any]]:
        return [said for said in list(self._client.said) if member in said]

    @property
    def seen(self) -> list[str]:
        """From its events."""
        return [name for said in self._said("event") if (name := _named(said["event"], said["data"]))]

    @property
    def asked(self) -> list[str | None]:
        """From the header `Last-Event-ID`, which is its own doing."""
        return [said["asks"] for said in self._said("asks")]

    @property
    def position(self) -> str | None:
        """From `lastEventId`."""
        found = self._said("event")
        return found[-1]["id"] if found else None

    @property
    def ends(self) -> int:
        """From its events `error`."""
        assert not any(said["closed"] for said in self._said("lost")), f"it has given up: {self._client.said}"
        return len(self._said("lost"))

    def data_of(self, identifier: str) -> dict[str, Any]:
        """What came with an alert."""
        found = [said["data"] for said in self._said("event") if said["data"].get("identifier") == identifier]
        assert len(found) == 1, found
        return dict(found[0])

    def go(self) -> None:
        """It connects by itself, but the request waits for this."""
        self._client.tell(go=True)


class HttpReader(Reader):
    """A reader on a thread of its own."""

    def __init__(self, address: str, token: str) -> None:
        self._seen: list[str] = []
        self._asked: list[str | None] = []
        self._position: str | None = None
        self._ends = 0
        self._may_go = threading.Semaphore(0)
        self._is_over = False
        self._client = httpx.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=SECONDS_MAX)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    seen = property(lambda self: list(self._seen))
    asked = property(lambda self: list(self._asked))
    position = property(lambda self: self._position)
    ends = property(lambda self: self._ends)

    def go(self) -> None:
        """Let the thread connect."""
        self._may_go.release()

    def stop(self) -> None:
        """No more connections; the hub has ended the last."""
        self._is_over = True
        self.go()
        self._thread.join(SECONDS_MAX)
        self._client.close()

    def _run(self) -> None:
        while self._may_go.acquire() and not self._is_over:
            self._asked.append(self._position)
            with suppress(httpx.HTTPError):
                self.follow(self._client)
            self._ends += 1

    @abstractmethod
    def follow(self, client: httpx.Client) -> None:
        """Read until the end. Raises httpx.HTTPError: that was it."""

    def take(self, position: str, *names: str) -> None:
        """Write down what came, and where it ended."""
        self._seen += names
        self._position = position


class HttpxSse(HttpReader):
    """`httpx-sse`."""

    def follow(self, client: httpx.Client) -> None:
        """One stream."""
        headers = {} if self._position is None else {"Last-Event-ID": self._position}
        with connect_sse(client, "GET", STREAM, headers=headers) as source:
            source.response.raise_for_status()
            for event in source.iter_sse():
                name = _named(event.event, event.json())
                self.take(event.id, *([name] if name else []))


class Polls(HttpReader):
    """Nothing but GET: one poll after the other, each of which waits."""

    def follow(self, client: httpx.Client) -> None:
        """Until a poll is not answered."""
        while True:
            asked: dict[str, str | int] = {} if self._position is None else {"after": self._position, "wait": 60}
            found = client.get(ALERTS, params=asked).raise_for_status().json()
            names = (_named(one["msgType"].lower(), one) for one in found["alerts"])
            self.take(found["position"], *(name for name in names if name))


@contextmanager
def reader(kind: type[Reader], address: str, token: str) -> Iterator[Reader]:
    """A reader that waits for its first `go`. The hub must have ended its connection when the block ends."""
    if issubclass(kind, HttpReader):
        one = kind(address, token)
        try:
            yield one
        finally:
            one.stop()
    else:
        with node_client("eventsource.mjs", url=address + STREAM, token=token) as client:
            yield NpmEventSource(client)


def _named(event: str, said: dict[str, Any]) -> str | None:
    if event == "position":
        return None
    return str(said["identifier"]) if event == "alert" else f"{event} {said.get('identifier')}"
