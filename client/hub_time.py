"""The hub's time as this machine can reckon it: what the handshake said, and what the monotonic clock counted since.

    handshake                         now, same boot: exact            after a reboot: not earlier than
hub 1 000 000 s  monotonic 500   →    monotonic 560: 1 000 060    →    1 000 060, the last that was kept
"""

from __future__ import annotations

from dataclasses import dataclass

from client.clocks import Clocks


@dataclass(frozen=True, slots=True)
class HubTime:
    """Seconds since 1970 by the hub's clock. Not `is_exact`: this machine was restarted since, it is at least so late."""

    now: int
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A moment by both clocks: the hub's in whole seconds, ours as `Clocks` has it."""

    hub: int
    monotonic: float
    boot: str

    def reckon(self, clocks: Clocks) -> HubTime:
        """The hub's time now."""
        counted = clocks.monotonic() - self.monotonic
        if self.boot and self.boot == clocks.boot and counted >= 0:
            return HubTime(self.hub + int(counted), True)
        return HubTime(self.hub, False)
