"""A machine on the network: its ends by connection, whether it listens, and what it says to what it does not know."""

from __future__ import annotations

from collections.abc import Callable

from netsim.virtual.tcp.end import TcpEnd, User
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.timeline import Timeline

Put = Callable[[Segment], None]


class Host:
    """One machine's TCP."""

    def __init__(self, timeline: Timeline, settings: TcpSettings) -> None:
        self.ends: dict[int, TcpEnd] = {}
        self._timeline, self._settings = timeline, settings
        self._accept: Callable[[TcpEnd], User] | None = None
        self.connections = 0
        """How many have been called or answered."""

    def listen(self, accept: Callable[[TcpEnd], User]) -> None:
        """Answer who calls; `accept` gives each end its user before the connection stands."""
        self._accept = accept

    def stop_listening(self) -> None:
        """Refuse who calls."""
        self._accept = None

    def connect(self, connection: int, put: Put, user: Callable[[TcpEnd], User]) -> TcpEnd:
        """Call by the way of `put`. `connection` is a number that no other connection has."""
        end = self._new(connection, put)
        end.user = user(end)
        end.connect()
        return end

    def _new(self, connection: int, put: Put) -> TcpEnd:
        end = TcpEnd(self._timeline, self._settings, connection, put, self._forget)
        self.ends[connection] = end
        self.connections += 1
        return end

    def _forget(self, end: TcpEnd) -> None:
        if self.ends.get(end.connection) is end:
            del self.ends[end.connection]

    def take(self, segment: Segment, answer: Put) -> None:
        """A segment has arrived; `answer` is the way back."""
        end = self.ends.get(segment.connection)
        if end is not None:
            end.take(segment)
        elif segment.is_syn and segment.acknowledges is None and self._accept is not None:
            end = self._new(segment.connection, answer)
            end.user = self._accept(end)
            end.answer(segment)
        elif not segment.is_rst:
            answer(Segment(segment.connection, segment.acknowledges or 0, is_rst=True, sent_at=self._timeline.now))

    def kill_process(self) -> None:
        """The process is gone and the kernel closes what it had open: it resets, for there was something unread or to come."""
        self.stop_listening()
        for end in list(self.ends.values()):
            end.abort()

    def lose_power(self) -> None:
        """Everything is gone, and nobody is told."""
        self.stop_listening()
        for end in list(self.ends.values()):
            end.vanish()
