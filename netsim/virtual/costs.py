"""What computing and committing take, in milliseconds: what a link's time comes on top of."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Costs:
    """One machine on each side. The defaults are those of two cores of a server; a cheap phone takes several times as long."""

    accept_ms: float = 5.0
    """Hub: from the upgrade request to its 101 and the first frames."""
    wake_ms: float = 1.0
    """Hub: to make or find an alert's frame and write it to one connection."""
    turn_ms: float = 0.5
    """Either side: to read a message and decide."""
    hub_commit_ms: float = 2.0
    """Hub: to commit what a device sent."""
    publish_ms: float = 20.0
    """Hub: from a publisher's request to the commit."""
    request_ms: float = 1.0
    """Device: from the standing connection to the upgrade request."""
    item_ms: float = 2.3
    """Device: to note an item before it is decoded, and to decode it."""
    commit_ms: float = 1.2
    """Device: to commit durably."""
    hub_start_s: float = 1.5
    """Seconds from the start of a hub's process until it listens."""
    device_start_s: float = 0.5
    """Seconds from the start of a device's process until it connects."""

    def times(self, factor: float) -> Costs:
        """The costs of a machine that takes so many times as long for the work of a connection; starts and publishing apart."""
        names = ("accept_ms", "wake_ms", "turn_ms", "hub_commit_ms", "request_ms", "item_ms", "commit_ms")
        return replace(self, **{name: getattr(self, name) * factor for name in names})
