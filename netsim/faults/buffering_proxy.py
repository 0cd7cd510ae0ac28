"""A proxy between that does not pass on what comes until it has enough of it: virus scanners, accelerators on satellite links."""

from __future__ import annotations

import random
from typing import Any

from netsim.faults.in_front import InFront


class BufferingProxy(InFront):
    """For some seconds, or until an answer is whole, which a WebSocket's never is."""

    name = "buffering-proxy"
    summary = "a proxy holds back what the service says"
    kind = "buffering-proxy"

    def draw(self, chance: random.Random) -> dict[str, Any]:
        """How long bytes are held; one time in three until the answer is whole."""
        return {"hold_s": chance.choice((None, 1.0, 5.0))}
