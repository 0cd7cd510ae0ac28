"""One new entry to many sockets, in slices, so that a large fleet never blocks the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from alerts.audience import Reader
from alerts.session.goodbye import Reason
from alerts.session.log import Entry, Log
from alerts.session.sender import LeanEncoder
from server.push.connected import Connected, Connection

SLICE = 200
"""Sockets that are served before other work has its turn."""

OFFERS_A_SECOND = 20
"""Of a dictionary, to who is connected: a hub of 20,000 devices has told all in a quarter of an hour."""


Variant = tuple[LeanEncoder, tuple[str, ...]]
"""A lean encoder and languages: what the messages of an entry are made once for."""


class Pushed(Connection, Protocol):
    """What the fan-out asks of a connection."""

    def variant(self) -> Variant | None:
        """In which variant it is sent lean messages; None: it is sent none."""
        ...

    def wake(self) -> None:
        """The log grew: send what is due."""
        ...

    def offer(self) -> None:
        """Another dictionary is in use: offer it."""
        ...

    def moved(self, before: Reader, after: Reader) -> None:
        """The device's audience was changed."""
        ...

    def set_languages(self, languages: tuple[str, ...]) -> None:
        """Ops have set the device's languages."""
        ...

    def end(self, reason: Reason, words: str = "") -> None:
        """Say goodbye and close."""
        ...

    async def closed(self) -> None:
        """Wait until the socket is closed."""
        ...


class Fanout:
    """Tells the connections what the hub's log has done; the hub's listener. Lives on the event loop."""

    def __init__(self, connected: Connected[Pushed], log: Callable[[], Log], now: Callable[[], int]) -> None:
        self._connected = connected
        self._log = log
        self._now = now
        self._fresh: list[Entry] = []
        self._task: asyncio.Task[None] | None = None
        self._offering: asyncio.Task[None] | None = None
        self._again = False

    def log_grew(self, entry: Entry) -> None:
        """An entry has been committed. Entries that come while a round runs share the next round."""
        self._again = True
        self._fresh.append(entry)
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._rounds())

    async def _rounds(self) -> None:
        while self._again:
            self._again = False
            await self._prepare()
            for index, connection in enumerate(self._connected):
                connection.wake()
                if index % SLICE == SLICE - 1:
                    await asyncio.sleep(0)

    async def _prepare(self) -> None:
        """Have the messages of new entries made off the loop, for the variants that are connected."""
        fresh, self._fresh = self._fresh, []
        variants = {variant for connection in self._connected if (variant := connection.variant())}
        if not variants:
            return
        newest, now = self._log().path.newest(), self._now()

        def make() -> None:
            for entry in fresh:
                for encoder, languages in variants:
                    encoder.prepare(entry, languages, newest, now)

        await asyncio.get_running_loop().run_in_executor(None, make)

    def offer(self) -> None:
        """Another dictionary is in use: offer it to who is connected, a few a second, for all of them may fetch it."""
        if self._offering is not None:
            self._offering.cancel()
        self._offering = asyncio.get_running_loop().create_task(self._offer())

    async def _offer(self) -> None:
        for index, connection in enumerate(list(self._connected)):
            if index and index % OFFERS_A_SECOND == 0:
                await asyncio.sleep(1)
            connection.offer()

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """A device's audience was changed: what is in force for it now reaches it by a roll-call."""
        for connection in self._connected.of(device):
            connection.moved(before, after)

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Ops have set a device's languages: it asks for its items again."""
        for connection in self._connected.of(device):
            connection.set_languages(languages)

    def device_revoked(self, device: str) -> None:
        """A device's credential was revoked: its connections end at once."""
        for connection in self._connected.of(device):
            connection.end(Reason.REVOKED)

    def clock_stepped(self) -> None:
        """The hub's clock was set: everybody comes back and hears the new time."""
        for connection in self._connected:
            connection.end(Reason.CLOCK_CHANGED)

    async def stop(self, timeout_s: float) -> None:
        """Goodbye to all; returns when all sockets are closed, or after `timeout_s`."""
        if self._offering is not None:
            self._offering.cancel()
        leaving = list(self._connected)
        for connection in leaving:
            connection.end(Reason.STOPPING)
        if leaving:
            await asyncio.wait(
                [asyncio.ensure_future(connection.closed()) for connection in leaving], timeout=timeout_s
            )
