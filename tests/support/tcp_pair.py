"""Two machines with the virtual TCP and a link between them, and users of a connection that note what they are told."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count

from netsim.profiles.profile import Profile, Way
from netsim.virtual.clock import VirtualClock
from netsim.virtual.path import Path
from netsim.virtual.tcp.end import Ending, TcpEnd
from netsim.virtual.tcp.host import Host
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.timeline import Timeline


class NotingUser:
    """The user of an end: what came, when, and how it ended."""

    def __init__(self, timeline: Timeline, end: TcpEnd) -> None:
        self.end = end
        self.opened_at: float | None = None
        self.bytes = 0
        self._parts: list[bytes] = []
        self.arrivals: list[tuple[float, int]] = []
        """When bytes came, and how many there were then in all."""
        self.ending: tuple[float, Ending] | None = None
        self._timeline = timeline

    def opened(self) -> None:
        self.opened_at = self._timeline.now

    def received(self, data: bytes) -> None:
        self._parts.append(data)
        self.bytes += len(data)
        self.arrivals.append((self._timeline.now, self.bytes))

    @property
    def data(self) -> bytes:
        """All that came."""
        return b"".join(self._parts)

    def ended(self, how: Ending) -> None:
        self.ending = (self._timeline.now, how)


class TcpPair:
    """A device's host and a hub's. `drop` may swallow segments on their way, `seen` keeps all that were sent."""

    def __init__(self, profile: Profile, *, seed: int = 1, settings: TcpSettings | None = None) -> None:
        self.timeline = Timeline(VirtualClock())
        settings = settings or TcpSettings()
        self.device, self.hub = Host(self.timeline, settings), Host(self.timeline, settings)
        self.path = Path(
            *(self.timeline, profile, random.Random(seed)),
            to_hub=lambda segment: self.hub.take(segment, self.down),
            to_device=lambda segment: self.device.take(segment, self.up),
        )
        self.seen: list[tuple[float, str, Segment]] = []
        self.dropped: list[Segment] = []
        self.drops: Callable[[str, Segment], bool] = lambda way, segment: False
        self.servers: list[NotingUser] = []
        self._numbers = count(1)
        self.hub.listen(self._accept)

    def _accept(self, end: TcpEnd) -> NotingUser:
        self.servers.append(NotingUser(self.timeline, end))
        return self.servers[-1]

    def _pass(self, way: str, segment: Segment) -> None:
        self.seen.append((self.timeline.now, way, segment))
        if self.drops(way, segment):
            self.dropped.append(segment)
        else:
            (self.path.up if way == "up" else self.path.down)(segment)

    def up(self, segment: Segment) -> None:
        self._pass("up", segment)

    def down(self, segment: Segment) -> None:
        self._pass("down", segment)

    def call(self) -> NotingUser:
        """The device calls the hub."""
        users: list[NotingUser] = []

        def use(end: TcpEnd) -> NotingUser:
            users.append(NotingUser(self.timeline, end))
            return users[0]

        self.device.connect(next(self._numbers), self.up, use)
        return users[0]

    def opened(self, within_s: float = 10.0) -> tuple[NotingUser, NotingUser]:
        """A connection that stands at both ends: the device's user and the hub's."""
        client = self.call()
        self.timeline.run_until(self.timeline.now + within_s)
        assert client.opened_at is not None
        return client, self.servers[-1]

    def sent(self, way: str) -> list[tuple[float, Segment]]:
        """What was sent in a direction, with data or FIN."""
        return [(at, segment) for at, sent, segment in self.seen if sent == way and (segment.payload or segment.is_fin)]


def link(
    *, rtt_ms: float = 0.0, rate_bit_s: int | None = None, queue_bytes: int | None = None, **more: object
) -> Profile:
    """A link whose ways are alike."""
    way = Way(delay_ms=rtt_ms / 2, rate_bit_s=rate_bit_s, queue_bytes=queue_bytes)
    return Profile(name="test", title="a link of a test", up=way, down=way, **more)  # type: ignore[arg-type]
