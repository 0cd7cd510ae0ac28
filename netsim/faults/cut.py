"""The link is gone: no coverage, a cable pulled out."""

from __future__ import annotations

import random

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault


class Cut(LinkFault):
    """Every connection ends, and none can be made."""

    name = "cut"
    summary = "no way through: connections end, new ones are refused"
    needs = frozenset({Need.LINK})

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Cut it."""
        front.link.cut()
