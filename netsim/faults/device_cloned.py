"""The device's store is copied to a second phone, and both are used: two openings of one device."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from netsim.faults.fault import Fault, Need

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class DeviceCloned(Fault):
    """The clone runs over the same link until the fault ends."""

    name = "device-cloned"
    summary = "a copy of the device's store runs on a second phone"
    needs = frozenset({Need.DEVICE})

    def __init__(self) -> None:
        self.clone: SiteDevice | None = None

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Copy it as it is now, and start the copy."""
        self.clone = site.clone(target)

    def end(self, site: Site, target: SiteDevice) -> None:
        """The second phone is switched off."""
        if self.clone is not None:
            self.clone.stop()
            self.clone = None
