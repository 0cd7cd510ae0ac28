"""A proxy between that knows no WebSocket: it drops the wish to upgrade, or refuses it."""

from __future__ import annotations

import random
from typing import Any

from netsim.faults.in_front import InFront


class StrippedUpgrade(InFront):
    """Plain HTTP passes."""

    name = "stripped-upgrade"
    summary = "a proxy lets no WebSocket through"
    kind = "stripping-proxy"

    def draw(self, chance: random.Random) -> dict[str, Any]:
        """Who answers instead, and how."""
        return {"answer": chance.choice(("pass", "200", "400", "426", "501"))}
