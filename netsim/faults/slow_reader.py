"""A client that stops reading: a phone whose process is frozen, an application that hangs in a callback.

Its system still answers for it, so the connection stands; the window closes, and whatever the service has for it must wait in
the service, which must not let that grow without bound.
"""

from __future__ import annotations

import random
from typing import Any

from netsim.faults.in_front import InFront

AFTER_BYTES_MAX = 4000


class SlowReader(InFront):
    """The client reads nothing more, from somewhere in the first few thousand bytes of each connection on."""

    name = "slow-reader"
    summary = "the client stops reading, and its connection stands"
    kind = "slow-reader"

    def draw(self, chance: random.Random) -> dict[str, Any]:
        """How much it still reads of a connection."""
        return {"after_bytes": chance.randint(0, AFTER_BYTES_MAX)}
