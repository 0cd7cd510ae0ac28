"""Noticing a dead link in bounded time, at the price of two small frames an idle minute, sent by the device only."""

from __future__ import annotations

from alerts import limits


class Keepalive:
    """The device's side. All times are monotonic seconds."""

    def __init__(self, clock: float, interval: float = limits.KEEPALIVE_SECONDS) -> None:
        self._interval = interval
        self._heard_at = clock
        self._waiting_since: float | None = None
        self._token = 0

    def heard(self, clock: float) -> None:
        """Bytes arrived, be they a whole frame or not."""
        self._heard_at = clock
        self._waiting_since = None

    def expect(self, clock: float) -> None:
        """Something was sent that will be answered."""
        if self._waiting_since is None:
            self._waiting_since = clock

    def deadline(self) -> float:
        """When to look again."""
        if self._waiting_since is not None:
            return self._waiting_since + limits.ANSWER_SECONDS
        return self._heard_at + self._interval

    def is_dead(self, clock: float) -> bool:
        """Whether an answer is overdue and nothing at all has been heard since."""
        return self._waiting_since is not None and clock >= self._waiting_since + limits.ANSWER_SECONDS

    def ping_due(self, clock: float) -> int | None:
        """The token of the ping to send now, if one is due."""
        if self._waiting_since is not None or clock < self._heard_at + self._interval:
            return None
        self._token = (self._token + 1) % 65_536
        return self._token
