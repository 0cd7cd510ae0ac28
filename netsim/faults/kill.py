"""Kill -9: a system short of memory, a battery taken out, a power cut as far as the process is concerned."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from netsim.faults.fault import Fault, Need

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class HubKill(Fault):
    """The hub is dead until the fault ends."""

    name = "hub-kill"
    summary = "kill -9 of the hub, which is started again later"
    needs = frozenset({Need.HUB})
    is_of_hub = True

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Kill it."""
        site.hub.kill()

    def end(self, site: Site, target: SiteDevice) -> None:
        """Start it."""
        site.hub.start()


class DeviceKill(Fault):
    """The device is off until the fault ends."""

    name = "device-kill"
    summary = "kill -9 of the device's client, which is started again later"
    needs = frozenset({Need.DEVICE})

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Kill it."""
        target.kill()

    def end(self, site: Site, target: SiteDevice) -> None:
        """Start it."""
        target.start()
