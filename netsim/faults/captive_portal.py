"""The network wants its user to sign in first: hotels, airports, mobile data that is used up."""

from __future__ import annotations

import random
from typing import Any

from netsim.faults.in_front import InFront


class CaptivePortal(InFront):
    """Every request is answered by the portal, until somebody has signed in, which is when the fault ends."""

    name = "captive-portal"
    summary = "a sign-in page answers instead of the service"
    kind = "captive-portal"

    def draw(self, chance: random.Random) -> dict[str, Any]:
        """A page, or a redirect to one."""
        return {"answer": chance.choice(("page", "redirect"))}
