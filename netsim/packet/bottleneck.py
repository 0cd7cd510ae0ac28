"""The slowest place of a line: packets wait there in one queue and leave it one after the other, at its rate.

arrive ──> ░░░░░▒▒▒▒▓▓▓ ──> leave       each takes size / rate; what finds the queue full is dropped (tail drop)
           queue_bytes    rate_bit_s
"""

from __future__ import annotations

from collections import deque
from typing import Protocol


class Rate(Protocol):
    """How fast bits pass, in time."""

    def sent_at(self, start: float, bits: int) -> float:
        """When the last of these bits has passed, if the first begins at `start` (seconds)."""
        ...


class SteadyRate:
    """The same rate always."""

    def __init__(self, bit_s: float) -> None:
        assert bit_s > 0, f"a rate of {bit_s} bit/s"
        self._bit_s = bit_s

    def sent_at(self, start: float, bits: int) -> float:
        """When the last of these bits has passed, if the first begins at `start` (seconds)."""
        return start + bits / self._bit_s


class Bottleneck:
    """One queue before one rate; without a rate nothing waits, without `queue_bytes` the queue has no end.

    The queue holds what has not yet passed, the packet under way included. An idle line takes a packet of any size.
    """

    def __init__(self, rate: Rate | None = None, queue_bytes: int | None = None) -> None:
        self.rate, self.queue_bytes = rate, queue_bytes
        self._waiting: deque[tuple[float, int]] = deque()  # when each will have passed, its bytes
        self._waiting_bytes = 0

    def waiting_bytes(self, now: float) -> int:
        """What the queue holds at this moment, which never is earlier than one asked about before."""
        waiting = self._waiting
        while waiting and waiting[0][0] <= now:
            self._waiting_bytes -= waiting.popleft()[1]
        return self._waiting_bytes

    def admit(self, size_bytes: int, now: float) -> float | None:
        """Take a packet in at this moment: when it will have passed; None: there is no room for it."""
        held_bytes = self.waiting_bytes(now)
        if self.queue_bytes is not None and held_bytes and held_bytes + size_bytes > self.queue_bytes:
            return None
        start = self._waiting[-1][0] if self._waiting else now
        if self.rate is None:
            return start
        leaves = self.rate.sent_at(start, size_bytes * 8)
        self._waiting.append((leaves, size_bytes))
        self._waiting_bytes += size_bytes
        return leaves
