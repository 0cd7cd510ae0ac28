"""Several faults at once, as one."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from netsim.faults.fault import CannotError, Fault
from netsim.faults.link_fault import LinkFault

if TYPE_CHECKING:
    from netsim.faults.front import Front
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class Both(LinkFault):
    """They begin in their order, and end the other way round. If one cannot begin, those before it end again."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__()
        self._faults = faults
        self.name = "+".join(fault.name for fault in faults)
        self.needs = frozenset().union(*(fault.needs for fault in faults))
        self.is_of_hub = all(fault.is_of_hub for fault in faults)
        self.summary = ", and ".join(fault.summary for fault in faults)

    @property
    def words(self) -> str:
        """Of each."""
        return ", and ".join(fault.words for fault in self._faults)

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """All of them."""
        begun: list[Fault] = []
        try:
            for fault in self._faults:
                fault.begin(site, target, chance)
                begun.append(fault)
        except BaseException:
            for fault in reversed(begun):
                fault.end(site, target)
            raise

    def end(self, site: Site, target: SiteDevice) -> None:
        """All of them."""
        for fault in reversed(self._faults):
            fault.end(site, target)

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """All of them; those of links only can."""
        begun: list[LinkFault] = []
        try:
            for fault in self._link_faults():
                fault.begin_on(front, chance)
                begun.append(fault)
        except BaseException:
            for fault in reversed(begun):
                fault.end_on(front)
            raise

    def end_on(self, front: Front) -> None:
        """All of them."""
        for fault in reversed(self._link_faults()):
            fault.end_on(front)

    def _link_faults(self) -> list[LinkFault]:
        found = [fault for fault in self._faults if isinstance(fault, LinkFault)]
        if len(found) < len(self._faults):
            raise CannotError(f"{self.name}: not all of these are faults of a link alone")
        return found
