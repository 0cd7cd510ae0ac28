"""The hub of a site: its data folder, and its process, one life after another, on whatever port it gets."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alerts.errors import UserError
from netsim.site.api import Answer, SilentError, ask
from netsim.site.child import Child
from netsim.site.link import Links
from netsim.site.lives import Lives
from netsim.workload import load_areas
from server.desk import Desk
from server.store.copies import copy_database
from server.store.folder import DATABASE, Folder
from server.store.records import Role
from server.store.restoring import Restoring

START_SECONDS_MAX = 60.0
_PLENTY = {"PUBLISHES_PER_SECOND": "100000", "PUBLISHES_BURST": "100000", "CONNECTS_PER_SECOND": "100000"}
_LIMITS = {f"TOCSIN_HUB_LIMITS__{name}": value for name, value in _PLENTY.items()}


@dataclass(frozen=True, slots=True)
class Restored:
    """The hub's store was put back from a copy at `at` (the machine's time). `replaced`: what stood there, kept."""

    at: float
    copy: Path
    replaced: Path


class SiteHub(Lives):
    """The hub. Its tokens, and the list of areas, are made before it starts for the first time."""

    name = "hub"

    def __init__(self, folder: Path, links: Links, api_socket: Path, copies: Path) -> None:
        super().__init__(folder)
        self.restored: list[Restored] = []
        self.environment: dict[str, str] = {}
        """Settings (TOCSIN_HUB_…) for the next start, beside the site's own."""
        self.clock_offset_s = 0.0
        self.lives = 0
        self._port = 0
        self._links = links
        self.api_socket = api_socket
        """Its HTTP API, devices' connections too, beside the bad links; the same in every life, in every network namespace."""
        self._copies = copies
        with Desk(folder) as desk:
            self.tokens = {role: desk.make_token(role, f"the-{role}") for role in Role}
            desk.import_areas(load_areas().items())

    @property
    def database(self) -> Path:
        """Its SQLite file."""
        return self.folder / DATABASE

    @property
    def address(self) -> str:
        """Where devices' connections reach it, or did when it last ran: host:port, without any bad link."""
        return f"{self._links.hub_host}:{self._port}"

    # -- its lives ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, and wait until it listens. Raises UserError with its last words where it does not."""
        self.begin()
        self.until_listening()

    def begin(self) -> None:
        """Start, and wait for nothing. Without effect on one that runs."""
        if self.is_running:
            return
        self.api_socket.unlink(missing_ok=True)
        self.lives += 1
        settings = {
            "data": str(self.folder),
            "host": self._links.hub_host,
            "port": self._links.hub_port,
            "api_socket": str(self.api_socket),
            "clock_offset_s": self.clock_offset_s,
        }
        self._child = Child(
            "netsim.site.hub_child",
            settings,
            log=self.log,
            place=self._links.hub_place,
            environment=_LIMITS | self.environment,
        )
        self._port = 0

    def until_listening(self) -> None:
        """Wait until it takes connections."""
        assert self._child is not None, "begin comes first"
        self._child.wait_for("listening", START_SECONDS_MAX)
        self.look()

    def look(self) -> bool:
        """Whether it listens; makes the links lead to it once it does. For who does not want to wait: call it now and then."""
        if not self.is_running or self._child is None:
            return False
        if not self._port and (said := self._child.find("listening")):
            self._port = int(said["port"])
            self._links.lead_to(self._port)
        return bool(self._port)

    def kill(self) -> None:
        """Kill -9. Without effect on one that does not run."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def stop(self) -> None:
        """End in order: it says goodbye to devices and writes what it knows."""
        if self._child is not None:
            self._child.end()
            self._child = None

    # -- its clock, its copies ----------------------------------------------------------------------------------------

    def set_clock(self, offset_s: float) -> None:
        """Set its wall clock so far off the machine's, now and in its next lives."""
        self.clock_offset_s = offset_s
        if self._child is not None:
            self._child.say("clock", offset_s=offset_s)

    def now(self) -> int:
        """Its wall clock's time: the machine's and the offset."""
        return int(time.time() + self.clock_offset_s)

    def backup(self) -> Path:
        """A copy of its database as `tocsin-hub backup` makes one, while it runs or not."""
        copy = self._copies / f"hub-{time.monotonic_ns()}.sqlite"
        copy_database(self.database, copy)
        return copy

    def restore(self, copy: Path) -> None:
        """Put a copy in the place of its database, as `tocsin-hub restore --keep` does; if it runs it is ended, and started
        again at once, which is not waited for. `restored` says what was replaced."""
        was_running = self.is_running
        self.stop()
        folder = Folder(self.folder)
        folder.lock(wait_s=START_SECONDS_MAX)
        try:
            restoring = Restoring(folder, copy)
            kept = restoring.finish(restoring.compare())
        finally:
            folder.unlock()
        assert kept is not None, "there was a database"
        self.restored.append(Restored(time.time(), copy, kept))
        if was_running:
            self.begin()

    def copy_kept(self, name: str) -> Path:
        """Keep a file under `copies`: for faults that need more than `backup`."""
        target = self._copies / name
        shutil.copy2(self.database, target)
        return target

    # -- its API ------------------------------------------------------------------------------------------------------

    def ask(
        self, method: str, path: str, *, role: Role = Role.ADMINISTRATOR, body: object = None, **headers: str
    ) -> Answer:
        """One request beside the bad links; underscores in names of headers become hyphens. Raises SilentError."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return ask(self.api_socket, method, path, token=self.tokens[role], body=body, headers=named)

    def said(self, method: str, path: str, status: int, **options: Any) -> Any:
        """The JSON of an answer that must have this status. Raises UserError where it has another, or none came."""
        try:
            answer = self.ask(method, path, **options)
        except SilentError as error:
            raise UserError(f"the hub does not answer: {error}") from error
        if answer.status != status:
            raise UserError(f"the hub answered {method} {path} with {answer.status}, expected {status}: {answer.body}")
        return answer.body
