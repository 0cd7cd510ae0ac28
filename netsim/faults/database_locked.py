"""Another process holds the database: a backup tool, a virus scanner, an administrator with an open transaction.

It holds SQLite's write lock from the beginning to the end of the fault; who reads is not kept from it.
"""

from __future__ import annotations

import random
import subprocess
import sys
from abc import abstractmethod
from typing import TYPE_CHECKING

from alerts.errors import UserError
from netsim.faults.fault import Fault, Need

if TYPE_CHECKING:
    from pathlib import Path

    from netsim.site.device import SiteDevice
    from netsim.site.site import Site

_HOLD = (
    "import sqlite3, sys\n"
    "db = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)\n"
    "db.execute('BEGIN EXCLUSIVE')\n"
    "print('locked', flush=True)\n"
    "sys.stdin.read()\n"
)


class DatabaseLocked(Fault):
    """What both sides have in common."""

    def __init__(self) -> None:
        self._holder: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def database(self, site: Site, target: SiteDevice) -> Path:
        """The file."""

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Take the lock, in a process that lets go of it when this one dies."""
        command = [sys.executable, "-S", "-c", _HOLD, str(self.database(site, target))]
        holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603  our own interpreter
        assert holder.stdout is not None, "made with a pipe"
        if not holder.stdout.readline():
            self._ended(holder)
            raise UserError(f"{self.database(site, target)} cannot be locked", "Is it a database, and whose?")
        self._holder = holder

    def end(self, site: Site, target: SiteDevice) -> None:
        """Let go."""
        if self._holder is not None:
            self._ended(self._holder)
            self._holder = None

    @staticmethod
    def _ended(holder: subprocess.Popen[bytes]) -> None:
        with holder:
            holder.kill()


class HubDatabaseLocked(DatabaseLocked):
    """The hub's."""

    name = "hub-database-locked"
    summary = "another process holds the write lock of the hub's database"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def database(self, site: Site, target: SiteDevice) -> Path:
        """The hub's."""
        return site.hub.database


class DeviceDatabaseLocked(DatabaseLocked):
    """The device's."""

    name = "device-database-locked"
    summary = "another process holds the write lock of the device's database"
    needs = frozenset({Need.DEVICE})

    def database(self, site: Site, target: SiteDevice) -> Path:
        """The device's."""
        return target.database
