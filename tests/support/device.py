"""A health worker's device: an application that embeds the field client and writes down what it is told."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from client import (
    AlarmDue,
    AlertArrived,
    AlertUnconfirmed,
    ConnectionChanged,
    EntryState,
    Event,
    FieldClient,
    Identity,
    InboxEntry,
    LinkState,
    Trouble,
)
from client.clocks import Clocks

ALARM_PATIENCE_S = 0.1


class Device:
    """One data folder, whose client is started and stopped as the worker's phone is. `events` goes on over all starts."""

    def __init__(self, folder: Path, clocks: Clocks | None = None) -> None:
        self.folder = folder
        self.clocks = clocks
        self.events: list[Event] = []
        self.identity: Identity
        self.client: FieldClient

    @property
    def name(self) -> str:
        """The hub's identifier of it."""
        return self.identity.device

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / "field.sqlite"

    async def join(self, address: str, code: str, languages: tuple[str, ...]) -> None:
        """Enrol."""
        self.identity = await FieldClient.join(self.folder, address, code, languages=languages)

    async def start(self) -> None:
        """Switch it on."""
        self.client = FieldClient(self.folder, clocks=self.clocks, alarm_patience_s=ALARM_PATIENCE_S)
        self.client.on_event(self.events.append)
        await self.client.start()

    async def stop(self) -> None:
        """Switch it off; without effect if it is."""
        if hasattr(self, "client"):
            await self.client.stop()

    def is_connected(self) -> bool:
        """Whether it is connected now."""
        return self.client.connection.state is LinkState.CONNECTED

    def connections(self) -> int:
        """How often it has come to be connected."""
        return sum(isinstance(event, ConnectionChanged) and event.state is LinkState.CONNECTED for event in self.events)

    def troubles(self) -> list[Trouble]:
        """Why connections ended, in order."""
        return [event.trouble for event in self.events if isinstance(event, ConnectionChanged) and event.trouble]

    async def entries(self) -> dict[str, InboxEntry]:
        """The inbox by identifier."""
        return {entry.identifier: entry for entry in await self.client.inbox()}

    async def states(self) -> dict[str, EntryState]:
        """Identifier -> state of everything in the inbox."""
        return {name: entry.state for name, entry in (await self.entries()).items()}

    async def in_force(self) -> set[str]:
        """The identifiers of what is in force."""
        return {entry.identifier for entry in await self.client.inbox(in_force=True)}

    async def is_all_sent(self) -> bool:
        """Whether the hub has everything that the outbox holds."""
        return await self.client.waiting() == 0

    def alarms(self) -> Counter[str]:
        """How often an alarm was raised for each alert."""
        due = (event for event in self.events if isinstance(event, AlarmDue))
        return Counter(entry.identifier for alarm in due for entry in alarm.entries)

    def arrivals(self) -> Counter[str]:
        """How often each alert arrived as new."""
        return Counter(event.entry.identifier for event in self.events if isinstance(event, AlertArrived))

    def unconfirmed(self) -> set[str]:
        """The alerts of which it was told that the hub lost them."""
        return {event.entry.identifier for event in self.events if isinstance(event, AlertUnconfirmed)}
