"""A device of a site: its data folder, the link in front of it, and its process, one life after another."""

from __future__ import annotations

import contextlib
import random
import time
from dataclasses import dataclass
from pathlib import Path

from client.clocks import system_clocks
from client.store import Identity, Store
from client.store.store import FILE
from netsim.packet.namespaces import Namespace
from netsim.site.child import Child
from netsim.site.ledger import DeviceLedger
from netsim.site.link import SiteLink
from netsim.site.lives import Lives
from server.store.copies import copy_database

_LEFTOVERS = ("-wal", "-shm", "-journal")


@dataclass(frozen=True, slots=True)
class Person:
    """Who holds a device: what it is called, where they work, what they do, what they read."""

    name: str
    areas: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)


class SiteDevice(Lives):
    """A device. `store_life` counts its stores: one that is put back from a copy is a new one, and so is a clone's."""

    def __init__(
        self,
        person: Person,
        folder: Path,
        link: SiteLink,
        place: Namespace | None,
        copies: Path,
        *,
        keepalive_s: float,
        clone_of: SiteDevice | None = None,
    ) -> None:
        self.person = person
        super().__init__(folder)
        self.link = link
        self.clone_of = clone_of
        self.device: str = clone_of.device if clone_of else ""
        self.store_life = 1
        self.lives = 0
        self.killed_lives: set[int] = set()
        self.origins: dict[int, Path] = {}
        """The copies that its stores began as, by their `store_life`."""
        self.clock_offset_s = 0.0
        self.environment: dict[str, str] = {}
        """Variables for its next life, beside ours."""
        self.ledger = DeviceLedger(folder.with_name(f"{folder.name}.ledger"))
        self._boot = 0
        self._place = place
        self._copies = copies
        self._keepalive_s = keepalive_s

    @property
    def name(self) -> str:
        """Its name within the site."""
        return self.person.name

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / FILE

    @property
    def connection(self) -> str:
        """What its client last said of its link: "CONNECTED", "CONNECTING", "WAITING", …; "OFF" where no process runs."""
        if self._child is None or not self._child.is_running:
            return "OFF"
        said = self._child.last("state")
        return str(said["state"]) if said else "STARTING"

    @property
    def troubles(self) -> list[tuple[str, str]]:
        """Why it had no connection in this life, in order: the name of the client's `Trouble`, and the words for a person."""
        changes = self._child.all("state") if self._child is not None else []
        return [(change["trouble"], change["words"]) for change in changes if change["trouble"]]

    # -- its lives ----------------------------------------------------------------------------------------------------

    def join(self, device: str, token: str) -> None:
        """Be this device of the hub, at the address of the link."""
        self.device = device
        store = Store(self.folder, system_clocks(), random.Random())
        try:
            identity = Identity(device, token, f"http://{self.link.address}", self.name)
            store.join(identity, self.person.languages)
        finally:
            store.close()

    def start(self) -> None:
        """Switch it on; waits for nothing. Without effect on one that runs."""
        if self.is_running:
            return
        self.lives += 1
        settings = {
            "folder": str(self.folder),
            "ledger": str(self.ledger.folder),
            "store_life": self.store_life,
            "life": self.lives,
            "clock_offset_s": self.clock_offset_s,
            "boot": f"-{self._boot}" if self._boot else "",
            "keepalive_s": self._keepalive_s,
        }
        self._child = Child(
            "netsim.site.field_child", settings, log=self.log, place=self._place, environment=self.environment
        )

    def kill(self) -> None:
        """Kill -9. Without effect on one that does not run."""
        if self._child is not None:
            self.killed_lives.add(self.lives)
            self._child.kill()
            self._child = None

    def stop(self) -> None:
        """End in order: it says goodbye, as far as the link lets it."""
        if self._child is not None:
            if not self._child.end():
                self.killed_lives.add(self.lives)
            self._child = None

    # -- the person ---------------------------------------------------------------------------------------------------

    def acknowledge(self, count: int = 1) -> bool:
        """The person acknowledges so many alerts in force, the most urgent first; the ledger tells which, when it is done.

        False: the device is off.
        """
        return self._say("acknowledge", count=count)

    def set_languages(self, *languages: str) -> bool:
        """The person wants other languages, best first."""
        return self._say("languages", languages=languages)

    def connect_now(self) -> bool:
        """The person picks it up: it does not wait any longer before the next attempt."""
        return self._say("connect")

    def ask_roll_call(self) -> bool:
        """Have the hub list everything that is in force for it."""
        return self._say("roll_call")

    def _say(self, do: str, **fields: object) -> bool:
        return self._child is not None and self._child.say(do, **fields)

    # -- its clock, its copies ----------------------------------------------------------------------------------------

    def set_clock(self, offset_s: float) -> None:
        """Set its wall clock so far off the machine's, now and in its next lives."""
        self.clock_offset_s = offset_s
        self._say("clock", offset_s=offset_s)

    def reboot(self) -> None:
        """Kill it, and start it in another boot of its machine, whose monotonic clock counts anew."""
        self.kill()
        self._boot += 1
        self.start()

    def backup(self) -> Path:
        """A copy of its store as it is now, running or not."""
        copy = self._copies / f"{self.folder.name}-{time.monotonic_ns()}.sqlite"
        copy_database(self.database, copy)
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy in the place of its store; it is killed for that if it runs, and then started again."""
        was_running = self.is_running
        self.kill()
        self.store_life += 1
        self.put(copy)
        if was_running:
            self.start()

    def put(self, copy: Path) -> None:
        """Make this file its store. It must not run."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for suffix in ("", *_LEFTOVERS):
            with contextlib.suppress(FileNotFoundError):
                self.database.with_name(self.database.name + suffix).unlink()
        copy_database(copy, self.database)
        self.origins[self.store_life] = copy
