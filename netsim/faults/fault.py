"""What a fault is: it has a name, says what it needs, begins, and ends.

    fault = make("captive-portal")
    fault.begin(site, site.devices[0], chance)
    …
    fault.end(site, site.devices[0])

How long it lasts is for whoever begins it to say. All chance comes from `chance`: the same site, target and chance, the same
fault. An object is one fault at a time; make another for another device. Beginning and ending are commands: they wait until
the thing is done (a process is dead, a proxy listens), not until anybody has noticed it.
"""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING

from alerts.errors import UserError

if TYPE_CHECKING:
    from netsim.site.device import SiteDevice
    from netsim.site.site import Site


class Need(Enum):
    """What a fault acts on. The values are the words for it."""

    LINK = "a link in front of a device or service"
    FRONT = "a link that can lead to another server instead"
    TLS = "a client that connects over TLS"
    HUB = "a hub's process and data"
    DEVICE = "a device's process and data"


class Fault(ABC):
    """A fault of a site. `needs` says which of its parts it acts on; `is_of_hub`: not of one device, so `target` is not used."""

    name: str
    summary: str
    needs: frozenset[Need]
    is_of_hub: bool = False

    @abstractmethod
    def begin(self, site: Site, target: SiteDevice, chance: random.Random) -> None:
        """Make it so. Raises UserError: it cannot be done here; nothing has changed then."""

    @abstractmethod
    def end(self, site: Site, target: SiteDevice) -> None:
        """Make it end, as far as that takes somebody's doing. Raises UserError: it cannot."""

    @contextmanager
    def lasting(self, site: Site, target: SiteDevice, chance: random.Random) -> Iterator[None]:
        """For as long as the block lasts."""
        self.begin(site, target, chance)
        try:
            yield
        finally:
            self.end(site, target)

    @property
    def words(self) -> str:
        """What it did exactly, once it has begun: what was drawn. For logs and reports."""
        return self.summary


class CannotError(UserError):
    """A fault cannot be made here; the hint says what is missing."""
