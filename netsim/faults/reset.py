"""A TCP reset: a NAT or a firewall that has restarted and knows the connection no more, a cell that hands over badly."""

from __future__ import annotations

import random

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault


class Reset(LinkFault):
    """It happens at once; there is nothing to end."""

    name = "reset"
    summary = "every connection is broken by a TCP reset; a new one can be made at once"
    needs = frozenset({Need.LINK})

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Break what is open."""
        front.link.reset()

    def end_on(self, front: Front) -> None:
        """It has ended."""
