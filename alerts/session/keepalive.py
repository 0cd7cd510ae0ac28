"""Noticing a dead link in bounded time, at the price of two small frames now and then, sent by the device only.

How long it may stay quiet is the network's to say: whatever translates addresses or filters on the way forgets a connection
that was silent for too long, and tells nobody; or a proxy closes it. So a device begins with what nearly every network survives,
stays quiet a rung longer when that was answered, and looks more often where connections die.

    rungs       25   55   110   210   280   570   840 s
                      └─ answered ─▶ one up
                    one down ◀─ dead or broken; and if the hub is there at once, it was the silence that killed it:
                                four times as many answers before the next one up, and the first rung if need be
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from alerts import limits

RUNGS_S = (25.0, limits.KEEPALIVE_SECONDS, 110.0, 210.0, 280.0, 570.0, limits.KEEPALIVE_SECONDS_MAX)
"""Each a little below what translators are known to forget after: half a minute, one, two, four, five, ten, fifteen minutes."""

BEGIN = RUNGS_S.index(limits.KEEPALIVE_SECONDS)
NEEDED_FACTOR = 4
NEEDED_MAX = 256
"""Answers on a rung before the next is tried again, at most: from two hours on the shortest to almost two days."""

AT_ONCE_SECONDS = 10.0
"""Who is welcome again so soon had a network all the time."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of a network: the rung that one is on, and how many answers it takes to try the next."""

    rung: int = BEGIN
    needed: int = 1

    def __post_init__(self) -> None:
        assert 0 <= self.rung < len(RUNGS_S), "a rung of the ladder"
        assert 1 <= self.needed <= NEEDED_MAX, "there is always a next time"


class Pace:
    """How long a device stays quiet on one network; it outlives connections. All times are monotonic seconds."""

    def __init__(self, reach: Reach | None = None) -> None:
        self.reach = reach or Reach()
        self._answered = 0
        self._suspect: tuple[Reach, float] | None = None

    @property
    def interval_s(self) -> float:
        """Silence after which the device asks."""
        return RUNGS_S[self.reach.rung]

    def answered(self, silence_s: float) -> None:
        """The network has let an answer through after such a silence."""
        if silence_s < self.interval_s or self.reach.rung == len(RUNGS_S) - 1:
            return
        self._answered += 1
        if self._answered >= self.reach.needed:
            self._answered = 0
            self.reach = Reach(self.reach.rung + 1, max(1, self.reach.needed // 2))

    def died(self, silence_s: float, clock: float) -> None:
        """A connection was found dead, or broke, after such a silence. One no longer than what was survived is not suspected."""
        rung = self.reach.rung
        is_suspected = silence_s > (RUNGS_S[rung - 1] if rung else 0.0)
        self._suspect = (self.reach, clock) if is_suspected else None
        self._answered = 0
        self.reach = replace(self.reach, rung=max(rung - 1, min(rung, BEGIN)))

    def connected(self, clock: float) -> None:
        """The hub has welcomed the device, on the same network."""
        suspect, self._suspect = self._suspect, None
        if suspect is not None and clock - suspect[1] <= AT_ONCE_SECONDS:
            before = suspect[0]
            self.reach = Reach(max(0, before.rung - 1), min(before.needed * NEEDED_FACTOR, NEEDED_MAX))


class Keepalive:
    """The device's side of one connection. All times are monotonic seconds."""

    def __init__(self, clock: float, interval: float = limits.KEEPALIVE_SECONDS) -> None:
        self._interval = interval
        self._pace: Pace | None = None
        self._heard_at = clock
        self._waiting_since: float | None = None
        self._silence_s = 0.0
        self._token = 0

    def adapt(self, pace: Pace) -> None:
        """From now on the interval is what the network survives."""
        self._pace = pace

    @property
    def interval_s(self) -> float:
        """Silence after which the device asks."""
        return self._interval if self._pace is None else self._pace.interval_s

    def heard(self, clock: float) -> None:
        """Bytes arrived, be they a whole frame or not."""
        if self._pace is not None and self._waiting_since is not None:
            self._pace.answered(self._silence_s)
        self._heard_at = clock
        self._waiting_since = None

    def expect(self, clock: float) -> None:
        """Something was sent that will be answered."""
        if self._waiting_since is None:
            self._waiting_since = clock
            self._silence_s = clock - self._heard_at

    def broken(self, clock: float) -> None:
        """The connection is over, and neither end wanted that: it is dead, or a proxy had waited for long enough."""
        if self._pace is not None:
            self._pace.died(clock - self._heard_at if self._waiting_since is None else self._silence_s, clock)

    def deadline(self) -> float:
        """When to look again."""
        if self._waiting_since is not None:
            return self._waiting_since + limits.ANSWER_SECONDS
        return self._heard_at + self.interval_s

    def is_dead(self, clock: float) -> bool:
        """Whether an answer is overdue and nothing at all has been heard since."""
        return self._waiting_since is not None and clock >= self._waiting_since + limits.ANSWER_SECONDS

    def ping_due(self, clock: float) -> int | None:
        """The token of the ping to send now, if one is due."""
        if self._waiting_since is not None or clock < self._heard_at + self.interval_s:
            return None
        self._token = (self._token + 1) % 65_536
        return self._token
