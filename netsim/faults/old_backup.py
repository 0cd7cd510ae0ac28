"""A store is put back from an old copy. The copy is made when the fault begins: how long it lasts is how old the copy is.

What happened meanwhile is gone from that store, and known elsewhere: at the hub, on devices, in people's heads.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from netsim.faults.fault import Fault, Need

if TYPE_CHECKING:
    from pathlib import Path

    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class OldBackup(Fault):
    """What both sides have in common."""

    def __init__(self) -> None:
        self._copy: Path | None = None

    def taken(self) -> Path:
        """The copy, which is used once."""
        assert self._copy is not None, "begin comes first"
        copy, self._copy = self._copy, None
        return copy


class HubRestored(OldBackup):
    """The hub's store, by its own commands for that."""

    name = "hub-restored"
    summary = "the hub is put back from a backup made when the fault began"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Make the backup."""
        self._copy = site.hub.backup()

    def end(self, site: Site, target: SiteDevice) -> None:
        """Put it back, and start the hub."""
        site.hub.restore(self.taken())
        site.hub.start()


class DeviceRestored(OldBackup):
    """The device's store: a phone set up anew from its cloud backup."""

    name = "device-restored"
    summary = "the device is put back from a backup made when the fault began"
    needs = frozenset({Need.DEVICE})

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Make the backup."""
        self._copy = target.backup()

    def end(self, site: Site, target: SiteDevice) -> None:
        """Put it back, and start the device."""
        target.restore(self.taken())
        target.start()
