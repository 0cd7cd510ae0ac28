"""Nothing moves for a while, and nothing is lost: a cell that is full, a modem that changes its mode."""

from __future__ import annotations

import random

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault
from netsim.toxiproxy.toxics.toxic import Direction


class Stall(LinkFault):
    """Bytes wait."""

    name = "stall"
    summary = "no byte moves; connections stand, and what was sent arrives afterwards"
    needs = frozenset({Need.LINK})

    def __init__(self, *directions: Direction) -> None:
        """Both directions unless some are given."""
        super().__init__()
        self._directions = directions

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Hold it back."""
        front.link.stall(*self._directions)
