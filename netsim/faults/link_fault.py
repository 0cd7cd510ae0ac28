"""Faults of a link: they need nothing but a `Front`, so they are for any service, not for sites alone."""

from __future__ import annotations

import random
from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netsim.faults.fault import Fault

if TYPE_CHECKING:
    from netsim.faults.front import Front
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class LinkFault(Fault):
    """A fault of one client's way to a service. At most one at a time on a link: what ends one would end the other."""

    def __init__(self) -> None:
        self._front: Front | None = None

    @abstractmethod
    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Make it so. Raises UserError: it cannot be done here; nothing has changed then."""

    def end_on(self, front: Front) -> None:
        """Make it end."""
        front.link.heal()

    @contextmanager
    def lasting_on(self, front: Front, chance: random.Random) -> Iterator[None]:
        """For as long as the block lasts."""
        self.begin_on(front, chance)
        try:
            yield
        finally:
            self.end_on(front)

    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """On the link of the target."""
        from netsim.faults.site_front import SiteFront  # a service that is no site needs none of this

        self._front = SiteFront(site, target)
        self.begin_on(self._front, chance)

    def end(self, site: Site, target: SiteDevice) -> None:
        """On the link of the target."""
        if self._front is not None:
            self.end_on(self._front)
            self._front = None
