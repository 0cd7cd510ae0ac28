"""The peer is gone without a word: a phone out of coverage, a NAT that forgot, a hub without power.

Each side believes that the connection stands; whatever it sends is swallowed, and no reset tells it better. Only silence does.
"""

from __future__ import annotations

import random

from netsim.faults.fault import Need
from netsim.faults.front import Front
from netsim.faults.link_fault import LinkFault


class HalfOpen(LinkFault):
    """Everything is swallowed."""

    name = "half-open"
    summary = "the peer is gone without a word: everything is swallowed, connections seem to stand"
    needs = frozenset({Need.LINK})

    def begin_on(self, front: Front, chance: random.Random) -> None:
        """Both ways."""
        front.link.black_hole()
