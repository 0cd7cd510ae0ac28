"""The way between one device and its hub in virtual time: a line each way, a NAT at the far end, and what can befall both.

        device ──▶ counted ──▶ broken? ──▶ line up ──▶ NAT ──▶ hub
               ◀── counted ◀── broken? ◀── line down ◀── NAT ◀──

The lines are those that carry real packets (netsim.packet.shaping), with segments in place of packets.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from enum import Enum

from netsim.packet.outages import Outages
from netsim.packet.replay import Replay
from netsim.packet.shaping import Line
from netsim.profiles.profile import Nat, Profile, Way
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.timeline import Timeline, Timer

Deliver = Callable[[Segment], None]


class Direction(Enum):
    """Seen from the field."""

    UP = "up"
    DOWN = "down"


BOTH = frozenset(Direction)


class _Course:
    """One direction: what enters the line leaves it when it is due."""

    def __init__(self, timeline: Timeline, line: Line[Segment], leave: Deliver) -> None:
        self.line = line
        self._timeline, self._leave = timeline, leave
        self._timer = Timer(timeline, self._pass)

    def enter(self, segment: Segment) -> None:
        """A segment enters now."""
        self.line.push(segment, segment.size_bytes, self._timeline.now)
        self._timer.set(self.line.next_due)

    def _pass(self) -> None:
        for segment, is_corrupt in self.line.pop_due(self._timeline.now):
            if not is_corrupt:  # its checksum is wrong: a TCP drops it
                self._leave(segment)
        self._timer.set(self.line.next_due)


class Path:
    """One device's link, as a profile says until `apply` says otherwise.

    `to_hub` and `to_device` are called with what arrives; `up_bytes` and `down_bytes` count IP packets at the device's end: sent,
    and arrived.
    """

    def __init__(
        self,
        timeline: Timeline,
        profile: Profile,
        chance: random.Random,
        to_hub: Deliver,
        to_device: Deliver,
    ) -> None:
        self.up_bytes = self.down_bytes = 0
        self._timeline = timeline
        self._to_hub, self._to_device = to_hub, to_device
        self._chance = chance
        self._nat: Nat | None = None
        self._heard_at: dict[int, float] = {}
        self._dead_ways: frozenset[Direction] = frozenset()
        self._dead_connections: set[int] = set()
        self._stalled: dict[Direction, list[Segment]] = {}
        self._up = _Course(timeline, Line[Segment](Way(), chance), self._left_up)
        self._down = _Course(timeline, Line[Segment](Way(), chance), self._left_down)
        self.apply(profile)

    def apply(self, profile: Profile, outage_seed: str | None = None) -> None:
        """Treat what enters from now on as this profile says, with chance of its own.

        With a seed the outages are those that netsim.packet gives a link with that seed.
        """
        now = self._timeline.now
        seed = self._chance.getrandbits(64) if outage_seed is None else f"{outage_seed} outages"
        outages = Outages(profile.outages, random.Random(seed), now)
        for course, direction, way in ((self._up, "up", profile.up), (self._down, "down", profile.down)):
            replay = None if profile.trace is None else Replay(getattr(profile.trace, direction), now)
            course.line.change(way, outages, replay, random.Random(self._chance.getrandbits(64)))
        self._nat = profile.nat

    # -- what passes --------------------------------------------------------------------------------------------------

    def up(self, segment: Segment) -> None:
        """The device sends."""
        self.up_bytes += segment.size_bytes
        if self._may_enter(segment, Direction.UP):
            self._up.enter(segment)

    def down(self, segment: Segment) -> None:
        """The hub sends."""
        if self._is_known(segment.connection) and self._may_enter(segment, Direction.DOWN):
            self._down.enter(segment)

    def _left_up(self, segment: Segment) -> None:
        if self._is_known(segment.connection):
            self._to_hub(segment)
        elif self._nat is not None and self._nat.forgets == "reset" and not segment.is_rst:
            # With another port the hub does not know the connection, and resets it.
            self._down.enter(
                Segment(segment.connection, segment.acknowledges or 0, is_rst=True, sent_at=self._timeline.now)
            )

    def _left_down(self, segment: Segment) -> None:
        self.down_bytes += segment.size_bytes
        self._to_device(segment)

    def _may_enter(self, segment: Segment, direction: Direction) -> bool:
        if direction in self._dead_ways or segment.connection in self._dead_connections:
            return False
        if direction in self._stalled:
            self._stalled[direction].append(segment)
            return False
        return True

    def _is_known(self, connection: int) -> bool:
        """Whether the NAT knows the connection; what it has forgotten stays so. One that it never saw is taken up."""
        if self._nat is None:
            return True
        now = self._timeline.now
        if now - self._heard_at.get(connection, now) > self._nat.idle_s:
            self._heard_at[connection] = -math.inf
            return False
        self._heard_at[connection] = now
        return True

    # -- what befalls it ----------------------------------------------------------------------------------------------

    def cut(self, directions: frozenset[Direction] = BOTH) -> None:
        """Nothing passes in these directions until `heal`."""
        self._dead_ways |= directions

    def kill_connection(self, connection: int) -> None:
        """Nothing of this connection passes any more: it is half open at both ends."""
        self._dead_connections.add(connection)

    def stall(self, directions: frozenset[Direction] = BOTH) -> None:
        """What is sent waits until `heal`, and then comes all at once."""
        for direction in directions:
            self._stalled.setdefault(direction, [])

    def reset(self, connection: int) -> None:
        """Both ends are told that the connection is gone."""
        for deliver in (self._to_hub, self._to_device):
            deliver(Segment(connection, is_rst=True, sent_at=self._timeline.now))

    def heal(self) -> None:
        """It works again; connections that are half open stay so."""
        self._dead_ways = frozenset()
        stalled, self._stalled = self._stalled, {}
        for direction, segments in stalled.items():
            for segment in segments:
                if segment.connection not in self._dead_connections:
                    (self._up if direction is Direction.UP else self._down).enter(segment)

    def make_perfect(self) -> None:
        """Heal it, and take all that its profile does to it away."""
        self.heal()
        self._nat = None
        self._up.line.change(Way())
        self._down.line.change(Way())
