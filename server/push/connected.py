"""Which devices are connected: at most one connection for each opening of a device's store, and few for a device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

CONNECTIONS_A_DEVICE_MAX = 4
"""A device and its clones; one more pushes out the oldest."""


class Connection(Protocol):
    """What the registry knows of a connection."""

    device: str
    opening: int
    asked: int
    """Which of the hub's requests made it: 0, 1, 2, … as they came."""

    def replaced(self) -> None:
        """A newer connection has taken its place: say goodbye."""
        ...


Kind = TypeVar("Kind", bound=Connection)


class Connected(Generic[Kind]):
    """The registry; the newest connection wins, which is the one that was asked for last: letting in may take one longer than
    another, and who gave up an attempt and made a new one must not lose that to the old."""

    def __init__(self) -> None:
        self._by_device: dict[str, list[Kind]] = {}
        self.count = 0

    def add(self, connection: Kind) -> None:
        """Take in a new connection; those that it replaces are told so, or it itself where a later one was quicker."""
        others = self.of(connection.device)
        same = [other for other in others if other.opening == connection.opening]
        if any(other.asked > connection.asked for other in same):
            connection.replaced()
            return
        rest = [other for other in others if other.opening != connection.opening]
        crowd = rest[: max(0, len(rest) + 1 - CONNECTIONS_A_DEVICE_MAX)]
        for other in (*same, *crowd):
            self.remove(other)
            other.replaced()
        self._by_device.setdefault(connection.device, []).append(connection)
        self.count += 1

    def remove(self, connection: Kind) -> None:
        """The connection has ended; without effect if it was already replaced."""
        others = self._by_device.get(connection.device, [])
        if connection in others:
            others.remove(connection)
            self.count -= 1
        if not others:
            self._by_device.pop(connection.device, None)

    def of(self, device: str) -> list[Kind]:
        """The connections of a device, the newest last."""
        return list(self._by_device.get(device, ()))

    def is_newest(self, connection: Kind) -> bool:
        """Whether the hub's row for the device follows this connection."""
        return self.of(connection.device)[-1:] == [connection]

    def __iter__(self) -> Iterator[Kind]:
        for connections in list(self._by_device.values()):
            yield from list(connections)
