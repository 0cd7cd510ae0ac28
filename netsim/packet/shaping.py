"""One direction of a bad network, decided by time and chance that come in as arguments: the same seed, the same fate.

             tail drop        outage, loss              order kept
    push ──> ░░▒▒▓▓ queue ──> ─ ─ ✗ ─ ─ ──> delay ──> ────────────── ──> pop_due
             one rate                                 twice, damaged, held until others have overtaken

All is decided when a packet is pushed, so what passes costs little. Nothing is known of a packet but its size: the
router pushes IP packets of the kernel, the simulation segments of its own.
"""

from __future__ import annotations

import heapq
import itertools
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from netsim.packet.bottleneck import Bottleneck, SteadyRate
from netsim.packet.outages import Outages
from netsim.packet.replay import Replay
from netsim.packet.wander import Wander
from netsim.profiles.bursts import Losses
from netsim.profiles.profile import Way

P = TypeVar("P")

OVERTAKERS_MAX = 3
"""A packet that is held lets one to so many others pass first; three make a TCP believe that it is lost (RFC 5681)."""
HELD_SECONDS_MAX = 0.1
"""A packet that nobody overtakes is not held longer than this."""


class Passed(NamedTuple, Generic[P]):
    """What comes out of a line. What `is_corrupt` has been damaged under way."""

    packet: P
    is_corrupt: bool


@dataclass
class Counts:
    """What a line has done so far, in packets: each that entered is lost in one of three ways or passes."""

    entered: int = 0
    entered_bytes: int = 0
    overflowed: int = 0
    in_outage: int = 0
    lost: int = 0
    duplicated: int = 0
    corrupted: int = 0
    held: int = 0


@dataclass
class _Held(Generic[P]):
    passed: Passed[P]
    latest: float
    overtakers: int


class Line(Generic[P]):
    """One direction of a link, as a Way says. `now` is in seconds and never goes back."""

    def __init__(
        self, way: Way, chance: random.Random, outages: Outages | None = None, replay: Replay | None = None
    ) -> None:
        self.counts = Counts()
        self._chance = chance
        self._due: list[tuple[float, int, Passed[P]]] = []
        self._held: list[_Held[P]] = []
        self._orders = itertools.count()
        self._last_due = -math.inf
        self._bottleneck = Bottleneck()
        self.change(way, outages, replay)

    def change(
        self,
        way: Way,
        outages: Outages | None = None,
        replay: Replay | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """Treat packets that enter from now on in this way; what is under way stays as it was, and nothing overtakes it."""
        self._chance = chance or self._chance
        self.way, self._outages, self._replay = way, outages, replay
        steady = None if way.rate_bit_s is None else SteadyRate(way.rate_bit_s)
        self._bottleneck.rate = replay if replay is not None and replay.has_rate else steady
        self._bottleneck.queue_bytes = way.queue_bytes
        self._losses = None if way.loss is None else Losses(way.loss, self._chance)
        self._wander = Wander(way.delay_ms, way.delay_spread_ms, self._chance)

    def clear(self) -> None:
        """Lose all that is under way."""
        self._due.clear()
        self._held.clear()
        self._bottleneck = Bottleneck(self._bottleneck.rate, self._bottleneck.queue_bytes)
        self._last_due = -math.inf

    def waiting_bytes(self, now: float) -> int:
        """What waits in the queue before the bottleneck."""
        return self._bottleneck.waiting_bytes(now)

    def push(self, packet: P, size_bytes: int, now: float) -> None:
        """A packet enters at this moment; its size is what counts for rate and queue."""
        self.counts.entered += 1
        self.counts.entered_bytes += size_bytes
        leaves = self._bottleneck.admit(size_bytes, now)
        if leaves is None:
            self.counts.overflowed += 1
        elif self._outages is not None and self._outages.is_on(leaves):
            self.counts.in_outage += 1
        elif self._is_lost(leaves):
            self.counts.lost += 1
        else:
            self._send(packet, leaves + self._delay_seconds(leaves))

    def _is_lost(self, at: float) -> bool:
        is_lost = self._losses is not None and self._losses.is_next_lost()
        loss = self._replay.loss(at) if self._replay is not None else 0.0
        return is_lost or (loss > 0 and self._chance.random() < loss)

    def _delay_seconds(self, at: float) -> float:
        recorded_ms = self._replay.delay_ms(at) if self._replay is not None else None
        return self._wander.delay_seconds(at) if recorded_ms is None else recorded_ms / 1000

    def _happens(self, share: float) -> bool:
        return share > 0 and self._chance.random() < share

    def _send(self, packet: P, due: float) -> None:
        way = self.way
        copies = 1
        if self._happens(way.duplicate):
            self.counts.duplicated += 1
            copies = 2
        for _ in range(copies):
            is_corrupt = self._happens(way.corrupt)
            self.counts.corrupted += is_corrupt
            passed = Passed(packet, is_corrupt)
            if self._happens(way.reorder):
                self.counts.held += 1
                self._hold(passed, due)
            else:
                self._follow(passed, due)

    def _hold(self, passed: Passed[P], due: float) -> None:
        due = max(due, self._last_due)
        self._held.append(_Held(passed, due + HELD_SECONDS_MAX, self._chance.randint(1, OVERTAKERS_MAX)))

    def _follow(self, passed: Passed[P], due: float) -> None:
        """In its order, and let go who has been overtaken by enough."""
        due = self._last_due = max(due, self._last_due)
        self._put(passed, due)
        if self._held:
            for held in self._held:
                held.overtakers -= 1
                held.latest = max(held.latest, due)
            self._let_go(lambda held: held.overtakers == 0, lambda _: due)

    def _let_go(self, is_time: Callable[[_Held[P]], bool], due_of: Callable[[_Held[P]], float]) -> None:
        for held in self._held:
            if is_time(held):
                self._put(held.passed, due_of(held))
        self._held = [held for held in self._held if not is_time(held)]

    def _put(self, passed: Passed[P], due: float) -> None:
        heapq.heappush(self._due, (due, next(self._orders), passed))

    def pop_due(self, now: float) -> list[Passed[P]]:
        """What leaves the line by this moment, in the order in which it leaves."""
        if self._held:
            self._let_go(lambda held: held.latest <= now, lambda held: held.latest)
        due, gone = self._due, []
        while due and due[0][0] <= now:
            gone.append(heapq.heappop(due)[2])
        return gone

    @property
    def next_due(self) -> float | None:
        """When the next packet leaves, None with none under way."""
        due = self._due[0][0] if self._due else None
        if self._held:
            latest = min(held.latest for held in self._held)
            return latest if due is None else min(due, latest)
        return due
