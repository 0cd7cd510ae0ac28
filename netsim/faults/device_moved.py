"""A health worker is moved to another district, and ops write that down, while the device is out of reach."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from netsim.faults.fault import CannotError, Fault, Need
from netsim.site.api import SilentError

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class DeviceMoved(Fault):
    """The link is cut, the audience changed, and when the fault ends the link is whole again; the device stays moved."""

    name = "device-moved"
    summary = "the device is moved to another district while it is offline"
    needs = frozenset({Need.LINK, Need.HUB, Need.DEVICE})

    def __init__(self, *areas: str) -> None:
        """Where to; without any, where another of the site's devices is, drawn."""
        self._areas = areas
        self._said = ""

    @property
    def words(self) -> str:
        """Where to."""
        return f"{self.summary}{self._said}"

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Cut the link, and have ops move it."""
        others = sorted({one.person.areas for one in site.devices})
        areas = self._areas or chance.choice(others)
        target.link.cut()
        try:
            answer = site.hub.ask("PATCH", f"/v1/devices/{target.device}", body={"areas": list(areas)})
        except SilentError as error:
            target.link.heal()
            raise CannotError("the hub does not answer, so nobody can move a device", "Start it first.") from error
        if answer.status != 200:
            target.link.heal()
            raise CannotError(f"the hub does not move {target.device}: {answer.status} {answer.body}")
        self._said = f": to {', '.join(areas)}"

    def end(self, site: Site, target: SiteDevice) -> None:
        """The device is in reach again."""
        target.link.heal()
