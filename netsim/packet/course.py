"""One direction of a link at work: a line in real time, and the faults that hold or swallow all that comes.

enter ──> [black hole?] ──> line ──> [stalled?] ──> leave
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from netsim.packet.ip import Segment
from netsim.packet.shaping import Line


class Datagram(NamedTuple):
    """An IP packet, and the TCP segment in it, read once."""

    packet: bytes
    segment: Segment | None


class Course:
    """Keeps one timer for what is due next. `leave` is told each packet and whether it has been damaged."""

    def __init__(self, line: Line[Datagram], leave: Callable[[Datagram, bool], None]) -> None:
        self.line = line
        self.is_black_hole = False
        """What enters is swallowed; what is under way arrives."""
        self._leave = leave
        self._stalled: list[tuple[Datagram, bool]] | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def enter(self, datagram: Datagram, now: float) -> None:
        """A packet enters at this moment (seconds, the loop's); call `settle` after the last of several."""
        if not self.is_black_hole:
            self.line.push(datagram, len(datagram.packet), now)

    def settle(self) -> None:
        """Let out what is due, and see to it that the next is let out in time."""
        for datagram, is_corrupt in self.line.pop_due(self._loop.time()):
            self._let_out(datagram, is_corrupt)
        due = self.line.next_due
        if self._timer is not None and self._timer.when() == due:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if due is None else self._loop.call_at(due, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self.settle()

    def _let_out(self, datagram: Datagram, is_corrupt: bool) -> None:
        if self._stalled is None:
            self._leave(datagram, is_corrupt)
        else:
            self._stalled.append((datagram, is_corrupt))

    def stall(self) -> None:
        """Hold what would leave, until `release`."""
        if self._stalled is None:
            self._stalled = []

    def release(self) -> None:
        """Let out what a stall held, in its order, and swallow nothing any more."""
        self.is_black_hole = False
        stalled, self._stalled = self._stalled or [], None
        for datagram, is_corrupt in stalled:
            self._leave(datagram, is_corrupt)

    def cut(self) -> None:
        """Lose all that is under way, and swallow what comes."""
        self.is_black_hole = True
        self.line.clear()
        if self._stalled is not None:
            self._stalled = []
        self.settle()
