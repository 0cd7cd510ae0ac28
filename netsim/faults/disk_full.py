"""No room left on the disk, for as long as the fault lasts. How that is made depends on where the folder lies:

- on a small file system of its own (`netsim.faults.small_disk`, a memory stick, a quota): a file fills it to the last byte, so
  every program there gets ENOSPC, "no space left on device", which is the real thing;
- elsewhere: the process may make no file longer (RLIMIT_FSIZE, set from outside with prlimit(2), which needs no right among
  processes of one user; Linux only). It gets EFBIG, which SQLite calls "disk I/O error" and not "full". Its log files are
  hit too.
"""

from __future__ import annotations

import random
import resource
import sys
from abc import abstractmethod
from typing import TYPE_CHECKING

from netsim.faults import small_disk
from netsim.faults.fault import CannotError, Fault, Need

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.hub import SiteHub
    from netsim.site.site import Site


class DiskFull(Fault):
    """What both sides have in common."""

    def __init__(self) -> None:
        self._limited: tuple[int, tuple[int, int]] | None = None
        self._is_filled = False

    @abstractmethod
    def part(self, site: Site, target: SiteDevice) -> SiteHub | SiteDevice:
        """Whose disk."""

    @property
    def words(self) -> str:
        """And how."""
        return f"{self.summary} ({'ENOSPC' if self._is_filled else 'EFBIG'})"

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Fill it, or forbid the process to write more."""
        part = self.part(site, target)
        if small_disk.is_small(part.folder):
            small_disk.fill(part.folder)
            self._is_filled = True
            return
        if part.pid is None:
            raise CannotError("a process that does not run cannot be kept from writing", "Start it first.")
        if sys.platform != "linux":
            raise CannotError("only Linux can limit another process", "Put the folder on a small file system.")
        before = resource.prlimit(part.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(part.pid, resource.RLIMIT_FSIZE, (0, before[1]))
        self._limited = (part.pid, before)

    def end(self, site: Site, target: SiteDevice) -> None:
        """There is room again; a process that was killed meanwhile has its limit no more."""
        part = self.part(site, target)
        if self._is_filled:
            small_disk.clear(part.folder)
        elif self._limited is not None and part.pid == self._limited[0] and sys.platform == "linux":
            resource.prlimit(part.pid, resource.RLIMIT_FSIZE, self._limited[1])
        self._limited, self._is_filled = None, False


class HubDiskFull(DiskFull):
    """The hub's."""

    name = "hub-disk-full"
    summary = "there is no room left on the hub's disk"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def part(self, site: Site, target: SiteDevice) -> SiteHub:
        """The hub."""
        return site.hub


class DeviceDiskFull(DiskFull):
    """The device's."""

    name = "device-disk-full"
    summary = "there is no room left on the device's disk"
    needs = frozenset({Need.DEVICE})

    def part(self, site: Site, target: SiteDevice) -> SiteDevice:
        """The device."""
        return target
