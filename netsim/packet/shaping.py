"""What a line does to what passes, decided by time and chance that come in as arguments: delay, loss."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Shape:
    """How one direction of a network treats packets: each waits, some are lost, none overtakes another."""

    one_way_delay_ms: float = 0.0
    loss: float = 0.0

    def __post_init__(self) -> None:
        assert self.one_way_delay_ms >= 0, f"a delay of {self.one_way_delay_ms} ms"
        assert 0 <= self.loss <= 1, f"a loss of {self.loss}, expected 0 to 1"

    @classmethod
    def of_round_trip(cls, rtt_ms: float) -> Self:
        """Half of the round trip in each direction."""
        return cls(one_way_delay_ms=rtt_ms / 2)

    def as_json(self) -> dict[str, Any]:
        """The form in which it travels to a router process."""
        return {"one_way_delay_ms": self.one_way_delay_ms, "loss": self.loss}


class Line:
    """One direction of a network as a queue in the order of arrival; pure, so a seed repeats its losses."""

    def __init__(self, shape: Shape, chance: random.Random) -> None:
        self.shape = shape
        self._chance = chance
        self._queue: deque[tuple[float, bytes]] = deque()

    def push(self, packet: bytes, now: float) -> None:
        """A packet enters at this moment (monotonic seconds)."""
        if self._chance.random() < self.shape.loss:
            return
        due = now + self.shape.one_way_delay_ms / 1000
        last_due = self._queue[-1][0] if self._queue else due
        self._queue.append((max(due, last_due), packet))

    def pop_due(self, now: float) -> list[bytes]:
        """What leaves the line by this moment."""
        packets = []
        while self._queue and self._queue[0][0] <= now:
            packets.append(self._queue.popleft()[1])
        return packets

    @property
    def next_due(self) -> float | None:
        """When the next packet leaves, None with none under way."""
        return self._queue[0][0] if self._queue else None
