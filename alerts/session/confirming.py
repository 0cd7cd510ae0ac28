"""When a device says what it has stored: at once where the hub waits for it, else with whatever leaves next.

    a frame that more is known to follow (a catch-up, what went ahead), or that
    fills the hub's window                                                           at once
    a new alert, and the commit was done before TCP's own acknowledgement leaves     with that: 20 ms after it arrived
    a new alert, and the commit took longer                                          2 s after it arrived

Whatever else leaves meanwhile takes it along. What was committed is what is said, so one `Stored` stands for many frames.
"""

from __future__ import annotations

from alerts import limits
from alerts.session.commits import KeepItems
from alerts.session.position import Position


class Confirming:
    """What is still to be said of one connection's frames. All times are monotonic seconds.

    `wait_s` is how long a `Stored` may wait at most; 0: it never does.
    """

    def __init__(self, wait_s: float) -> None:
        self._wait_s = wait_s
        self._frames = 0
        self.due_at: float | None = None
        """When to say it at the latest; None: there is nothing to say, or it is due at once."""

    def stored(self, command: KeepItems, position: Position, arrived_at: float, clock: float) -> bool:
        """A frame that arrived then has been committed now. Whether `Stored` is due at once."""
        self._frames += 1
        if self._is_awaited(command, position):
            return True
        rides_at, waits_until = arrived_at + limits.RIDE_SECONDS, arrived_at + self._wait_s
        due_at = min(rides_at if clock < rides_at else waits_until, waits_until)
        self.due_at = due_at if self.due_at is None else min(due_at, self.due_at)
        return clock >= self.due_at

    def _is_awaited(self, command: KeepItems, position: Position) -> bool:
        is_new = command.upto is not None and len(command.items) == 1
        is_level = position.cursor == position.as_of and not position.held
        return not is_new or not is_level or self._frames >= limits.FRAMES_IN_FLIGHT_MAX

    def is_waiting(self) -> bool:
        """Whether a `Stored` waits."""
        return self.due_at is not None

    def said(self) -> None:
        """A `Stored` leaves: it stands for all that has been committed."""
        self._frames, self.due_at = 0, None
