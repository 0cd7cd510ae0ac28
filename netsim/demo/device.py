"""One device of the demo: a real field client with its store, the bad link in front of it, and what its user sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from alerts.cap.terms import Severity
from client import (
    AlarmDue,
    AlertArrived,
    AlertUpdated,
    AlertWithdrawn,
    ConnectionChanged,
    Event,
    FieldClient,
    InboxEntry,
    LinkState,
    ReceiptsStored,
)
from client.store.store import FILE
from netsim.demo.cast import Person
from netsim.demo.ledger import Ledger
from netsim.demo.meter import Meter
from netsim.toxiproxy.control import Link

ALARM_PATIENCE_SECONDS = 1.0
Tell = Callable[[str, str], None]
"""Takes who, and what happened."""


class Device:
    """What one person has in their hand. `happened` is set whenever something changes."""

    def __init__(
        self,
        person: Person,
        folder: Path,
        link: Link,
        meter: Meter,
        ledger: Ledger,
        tell: Tell,
        happened: asyncio.Event,
    ) -> None:
        self.person = person
        self.folder = folder
        self.meter = meter
        self.device = ""
        self.entries: dict[str, InboxEntry] = {}
        self.connection = LinkState.STOPPED
        self.is_cut = False
        self.acknowledged: list[str] = []
        self.receipts_waiting = 0
        self._link = link
        self._ledger = ledger
        self._tell = tell
        self._happened = happened
        self._client: FieldClient | None = None

    @property
    def store(self) -> Path:
        """The device's SQLite file."""
        return self.folder / FILE

    async def start(self, code: str) -> None:
        """Join with a one-time code, over the bad link, and begin to connect."""
        person = self.person
        await asyncio.to_thread(self._make_bad)
        address = f"http://{self._link.address}"
        identity = await FieldClient.join(self.folder, address, code, name=person.short, languages=person.languages)
        self.device = identity.device
        client = FieldClient(self.folder, alarm_patience_s=ALARM_PATIENCE_SECONDS)
        client.on_event(self._on_event)
        await client.start()
        self._client = client

    def _make_bad(self) -> None:
        kind = self.person.link
        self._link.delay(kind.one_way_delay_ms, kind.jitter_ms)
        self._link.throttle(kind.up_kb_s, kind.down_kb_s)

    async def stop(self) -> None:
        """Say goodbye and close the store."""
        if self._client is not None:
            await self._client.stop()
            self._client = None

    # -- the link -----------------------------------------------------------------------------------------------------

    async def cut(self) -> None:
        """No coverage."""
        self.is_cut = True
        await asyncio.to_thread(self._link.cut)
        self._happened.set()

    async def heal(self) -> None:
        """Coverage is back, and the device, which notices that, connects at once."""
        await asyncio.to_thread(self._link.heal)
        self.is_cut = False
        if self._client is not None:
            self._client.connect_now()
        self._happened.set()

    async def reset(self) -> None:
        """The network breaks the connection, and would take a new one."""
        await asyncio.to_thread(self._link.reset)

    # -- the person ---------------------------------------------------------------------------------------------------

    def worst(self, count: int) -> list[InboxEntry]:
        """The most urgent alerts in force that the person has not acknowledged."""
        waiting = [one for one in self.entries.values() if one.is_in_force and one.key not in self.acknowledged]
        return sorted(waiting, key=lambda one: -one.urgency)[:count]

    async def acknowledge(self, entry: InboxEntry) -> None:
        """The person has taken note."""
        assert self._client is not None, "a device that runs has its client"
        await self._client.acknowledge(entry.key)
        self._ledger.acknowledged(self.device, entry.key)
        self.acknowledged.append(entry.key)
        self.receipts_waiting = await self._client.waiting()
        self._happened.set()

    # -- what the client tells ----------------------------------------------------------------------------------------

    def _on_event(self, event: Event) -> None:
        match event:
            case AlertArrived(entry):
                self.entries[entry.key] = entry
                self._say(f"has #{entry.number} {described(entry)}: {self._cost(entry)}")
            case AlertUpdated(entry):
                self.entries[entry.key] = entry
            case AlertWithdrawn(entry):
                self.entries[entry.key] = entry
                self._say(f"takes #{entry.number} down, it was replaced: {headline(entry)}")
            case AlarmDue(entries):
                self._ring(entries)
            case ConnectionChanged(state):
                self._on_connection(event, state)
            case ReceiptsStored(waiting):
                self.receipts_waiting = waiting
        self._happened.set()

    def _ring(self, entries: tuple[InboxEntry, ...]) -> None:
        for entry in entries:
            self._ledger.alarmed(self.device, entry.key)
        more = f", and {len(entries) - 1} more, in one go" if len(entries) > 1 else ""
        worst = min(entries, key=lambda entry: entry.alert.severity.number)
        how = "ALARM, the bell rings once:" if worst.alert.severity is Severity.EXTREME else "is told, once:"
        self._say(f"{how} {headline(worst)}{more}")

    def _on_connection(self, event: ConnectionChanged, state: LinkState) -> None:
        was, self.connection = self.connection, state
        if state is LinkState.CONNECTED:
            self._say("is connected")
        elif was is LinkState.CONNECTED and event.trouble is not None:
            self._say("has lost the connection")

    def _cost(self, entry: InboxEntry) -> str:
        count_bytes = self.meter.alert_bytes[entry.number]
        return f"{count_bytes} bytes, {cents(self.person.link.cents(count_bytes))}"

    def _say(self, words: str) -> None:
        self._tell(self.person.short, words)


def headline(entry: InboxEntry) -> str:
    """What the alert says first, in the language that the device got."""
    info = entry.alert.info
    return (info[0].headline or info[0].event) if info else f"a message about {entry.alert.msg_type}"


def described(entry: InboxEntry) -> str:
    """Its severity, the language that the device got, and its headline."""
    info = entry.alert.info
    marks = [str(entry.alert.severity), *([info[0].language] if info and info[0].language else [])]
    return f"[{', '.join(marks)}] {headline(entry)}"


def cents(amount: float) -> str:
    """US cents, with as many digits as it takes to see something."""
    return f"{amount:.2f} ¢" if amount >= 0.1 else f"{amount:.4f} ¢"
