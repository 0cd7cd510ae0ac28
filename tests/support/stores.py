"""For tests of the hub's store and of what stands on it: small alerts, a clock that a test sets, a hub in a folder."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path as FilePath
from typing import Any

from peewee import SqliteDatabase

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.session.log import Entry, Log, draft_of
from server.clock import HubClock
from server.hub import Hub, HubOptions
from server.store.database import Store, open_database, transaction
from server.store.records import Credential, Role
from server.store.schema import migrate

NOON = 1_772_366_400  # 2026-03-01T12:00:00Z
HOUR = 3600
PUBLISHER = Credential("ministry", Role.AUTHOR)
EVERYONE = Audience(everyone=True)


class SetClock:
    """A wall clock and a monotonic one that stand still until a test moves them."""

    def __init__(self, now: float = NOON) -> None:
        self.wall = float(now)
        self.monotonic = 1000.0

    def hub_clock(self) -> HubClock:
        """The hub's clock on them."""
        return HubClock(lambda: self.wall, lambda: self.monotonic)

    def pass_seconds(self, seconds: float) -> None:
        """Time passes, for both."""
        self.wall += seconds
        self.monotonic += seconds


class Heard:
    """A listener of a hub that writes down what it hears."""

    def __init__(self) -> None:
        self.events: list[tuple[object, ...]] = []

    def log_grew(self, entry: Entry) -> None:
        """An alert stands in the log."""
        self.events.append(("log_grew", entry.number))

    def device_moved(self, device: str, before: Reader, after: Reader) -> None:
        """A device's audience was changed."""
        self.events.append(("device_moved", device, before.areas, after.areas))

    def device_revoked(self, device: str) -> None:
        """A device's credential holds no more."""
        self.events.append(("device_revoked", device))

    def languages_set(self, device: str, languages: tuple[str, ...]) -> None:
        """Ops have set a device's languages."""
        self.events.append(("languages_set", device, languages))

    def clock_stepped(self) -> None:
        """The hub's clock was set."""
        self.events.append(("clock_stepped",))


def make_alert(identifier: str = "one", **changes: Any) -> Alert:
    """A small valid alert that is in force at noon and for ten hours after; `changes` are CAP's names."""
    value: dict[str, Any] = {
        "identifier": identifier,
        "sender": "ops@health.example",
        "sent": "2026-03-01T12:00:00+00:00",
        "status": "Actual",
        "msgType": "Alert",
        "scope": "Public",
        "info": [
            {
                "category": ["Health"],
                "event": "Cholera",
                "urgency": "Immediate",
                "severity": "Severe",
                "certainty": "Observed",
                "expires": "2026-03-01T22:00:00+00:00",
            }
        ],
    }
    return Alert.from_json({**value, **changes})


def following(kind: str, identifier: str, *earlier: Alert, **changes: Any) -> Alert:
    """An Update, Cancel, Ack or Error that names earlier alerts."""
    references = " ".join(f"{alert.sender},{alert.identifier},{alert.sent}" for alert in earlier)
    return make_alert(identifier, msgType=kind, references=references, **changes)


def entry_of(log: Log, alert: Alert, audience: Audience = EVERYONE) -> Entry:
    """The entry that an alert becomes when it is appended to `log` next."""
    return log.inherit(draft_of(alert, audience, default_life_s=24 * HOUR, payload=alert))


@contextmanager
def fresh_database(folder: FilePath) -> Iterator[SqliteDatabase]:
    """A migrated database, within a transaction."""
    path = folder / "hub.sqlite"
    db = open_database(path)
    migrate(db, path)
    try:
        with transaction(db):
            yield db
    finally:
        db.close()


@contextmanager
def started_store(folder: FilePath, **pragmas: object) -> Iterator[Store]:
    """A store with its threads."""
    store = Store(folder / "hub.sqlite", **pragmas)
    migrate(store.db, folder / "hub.sqlite")
    store.db.close()
    store.start()
    try:
        yield store
    finally:
        store.stop()


@asynccontextmanager
async def opened_hub(folder: FilePath, clock: SetClock | None = None, **options: Any) -> AsyncIterator[Hub]:
    """A hub on a folder, closed at the end."""
    hub = await Hub.open(folder, HubOptions(**options), (clock or SetClock()).hub_clock())
    try:
        yield hub
    finally:
        await hub.close()
