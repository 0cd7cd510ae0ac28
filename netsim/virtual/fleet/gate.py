"""Who may come in at one hub: the real `Admission`, asked once for each device that comes in, and once for those that do not.

Whom it refuses it tells when to come back. What it tells is a draw of the real one between two whole seconds, which it is asked
for beforehand; `Booking` is a proposal that tells each of them a turn of their own instead.
"""

from __future__ import annotations

import random
from typing import Literal

import numpy as np
import numpy.typing as npt

from client.backoff import TOLD_SECONDS_MAX
from server.push.admission import Admission
from server.settings import Limits

Seconds = npt.NDArray[np.int64]
Kind = Literal["on", "off", "booked"]

BOOKED_SHARE = 0.9
"""Of the rate at which devices may come in, what `Booking` gives away; the rest is for those who come without a turn."""


class _Asked(random.Random):
    """Notes between which whole seconds a draw was asked for."""

    between = (0, 0)

    def randint(self, a: int, b: int) -> int:
        self.between = (a, b)
        return a


def told_when_busy() -> tuple[int, int]:
    """Between which seconds the real admission tells a device to come back that came too fast after others."""
    return _told(connections_max=1)


def told_when_full() -> tuple[int, int]:
    """The same where as many are connected as may be."""
    return _told(connections_max=0)


def _told(connections_max: int) -> tuple[int, int]:
    asked = _Asked()
    assert Admission(1.0, 0, connections_max, asked, 0.0).admit(0, 0.0) is not None, "a bucket of nothing refuses"
    return asked.between


class Booking:
    """Turns, one after the other, at a rate: who is refused is told the next one that is free."""

    def __init__(self, per_second: float) -> None:
        self.every_s = 1 / (per_second * BOOKED_SHARE)
        self._free_at = 0.0

    def turns(self, count: int, clock: float, soonest_s: float) -> Seconds:
        """Seconds from now to the next `count` turns, none before `soonest_s`, none later than a device believes."""
        first = max(self._free_at, clock + soonest_s)
        waits = np.ceil(first - clock + np.arange(count) * self.every_s)
        self._free_at = first + count * self.every_s
        if self._free_at - clock > TOLD_SECONDS_MAX:
            self._free_at = clock + TOLD_SECONDS_MAX  # nobody waits longer; who comes then is told again
        return np.asarray(np.minimum(waits, TOLD_SECONDS_MAX), dtype=np.int64)


class Gate:
    """The admission of one hub; `clock` is seconds."""

    def __init__(self, limits: Limits, chance: np.random.Generator, kind: Kind = "on", clock: float = 0.0) -> None:
        self._kind = kind
        self._limits = limits
        self._chance = chance
        self._busy, self._full = told_when_busy(), told_when_full()
        self.restart(clock)

    def restart(self, clock: float) -> None:
        """A new process: a full bucket, and no turns given."""
        rate = self._limits.connects_per_second
        self._real = Admission(
            *(rate, max(1, int(rate)), self._limits.device_connections_max),
            *(random.Random(int(self._chance.integers(1 << 32))), clock),
        )
        self._clock = clock
        self.booking = Booking(rate)

    def admit(self, count: int, connected: int, second: float) -> int:
        """How many of `count` devices that ask in this second may come in, where `connected` are at its beginning."""
        if self._kind == "off":
            return count
        admitted = self._ask(count, connected, second)
        return admitted + self._ask(count - admitted, connected + admitted, second + 1)  # what the second brought

    def _ask(self, count: int, connected: int, clock: float) -> int:
        self._clock = max(self._clock, clock)
        for admitted in range(count):
            if self._real.admit(connected + admitted, self._clock) is not None:
                return admitted
        return count

    def tell(self, count: int, connected: int, clock: float) -> Seconds:
        """After how many seconds each of `count` devices is told to come back that may not come in."""
        low, high = self._full if connected >= self._limits.device_connections_max else self._busy
        if self._kind == "booked" and connected < self._limits.device_connections_max:
            return self.booking.turns(count, clock, low)
        return self._chance.integers(low, high, count, endpoint=True)
