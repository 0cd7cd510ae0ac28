"""A hub's process in virtual time: the simulation's hub behind a listening TCP, with the time that its work takes.

    request ─▶ 101 and the first frames     message ─▶ turn ─▶ commit ─▶ turn     publish ─▶ commit ─▶ wake each connection
               accept_ms                               turn_ms  hub_commit_ms                publish_ms  wake_ms

Turns and wakes are the event loop's, one at a time; commits are done beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from alerts.session.log import Draft, Entry
from netsim.virtual import websocket
from netsim.virtual.costs import Costs
from netsim.virtual.hub import HubEnd, VirtualHub
from netsim.virtual.tcp.end import Ending, Stream, TcpEnd, User
from netsim.virtual.tcp.host import Host
from netsim.virtual.tcp.tls import Tls, TlsRoundTrips
from netsim.virtual.tcp_link import TcpLink
from netsim.virtual.timeline import Timeline, Timer

CLAIMS_WRITTEN_EVERY_S = 0.2
"""As the hub's own options have it."""
ROUNDING_S = 0.001
"""Clocks that count from different beginnings differ by less."""


@dataclass(slots=True)
class _Served:
    """One connection, from its first byte on."""

    stream: Stream
    reader: websocket.Reader = field(default_factory=websocket.Reader)
    link: TcpLink | None = None
    is_asked: bool = False
    is_at_work: bool = False
    timer: Timer | None = None


class _HubUser:
    """What TCP, or TLS on it, tells of one connection."""

    def __init__(self, hub: TimedHub, stream: Stream) -> None:
        self._hub, self._served = hub, _Served(stream)

    def secure(self, round_trips: TlsRoundTrips) -> Tls:
        """Put TLS between."""
        tls = Tls(self._served.stream, self, round_trips, is_server=True)
        self._served.stream = tls
        return tls

    def opened(self) -> None:
        """The connection stands: the device speaks first."""

    def received(self, data: bytes) -> None:
        """Bytes have arrived."""
        self._hub.received(self._served, data)

    def ended(self, how: Ending) -> None:
        """The other side is gone."""
        self._hub.ended(self._served)


class TimedHub:
    """`inside` is its store, its log and its sessions; `host` the machine that it listens on."""

    def __init__(
        self,
        hub: VirtualHub,
        host: Host,
        timeline: Timeline,
        costs: Costs,
        tls_round_trips: TlsRoundTrips | None = None,
    ) -> None:
        self.inside = hub
        self.host = host
        self.is_up = False
        self._timeline, self._costs = timeline, costs
        self._served: dict[int, _Served] = {}
        self._loop_free_at = 0.0
        self._life = 0
        self._is_writing_claims = False
        self.wrote_claims: Callable[[], None] = lambda: None
        """Called after what devices stated became durable."""
        self._tls_round_trips = tls_round_trips
        self.listen()

    # -- the process --------------------------------------------------------------------------------------------------

    def listen(self) -> None:
        """It is ready."""
        self.is_up = True
        self.host.listen(self._answer)

    def _answer(self, end: TcpEnd) -> User:
        user = _HubUser(self, end)
        return user if self._tls_round_trips is None else user.secure(self._tls_round_trips)

    def kill(self, starts_after_s: float = 0.0) -> None:
        """Kill -9, and a start after so many seconds (beside what starting takes)."""
        self._life += 1
        self.is_up = False
        self._served.clear()
        self._loop_free_at = 0.0
        for link in self.inside.kill():
            link.cut()
        self.host.kill_process()
        life = self._life

        def start() -> None:
            if self._life == life:
                self.inside.start()
                self.listen()

        self._timeline.after(starts_after_s + self._costs.hub_start_s, start)

    def set_clock(self, offset_s: int) -> None:
        """Somebody sets the wall clock; the hub sees it step."""
        if self.is_up:
            self.inside.set_clock(offset_s)
            self._look_after_all()
        else:
            self.inside.wall.offset = offset_s

    def _later(self, cost_ms: float, action: Callable[[], None]) -> None:
        """Do this when its time has been spent, if the process still lives then."""
        life = self._life
        self._timeline.after(cost_ms / 1000, lambda: action() if self._life == life else None)

    def _on_loop(self, cost_ms: float, action: Callable[[], None]) -> None:
        """The same, on the event loop: one thing at a time."""
        begins = max(self._loop_free_at, self._timeline.now)
        self._loop_free_at = begins + cost_ms / 1000
        self._later((self._loop_free_at - self._timeline.now) * 1000, action)

    # -- publishing ---------------------------------------------------------------------------------------------------

    def publish(self, draft: Draft, committed: Callable[[Entry], None], refused: Callable[[], None]) -> None:
        """Somebody publishes; the hub must be up. `committed` hears of the answer 201; a kill before it means no answer."""

        def commit() -> None:
            entry = self.inside.inherit(draft)
            if entry.expires <= self.inside.wall.now() or self.inside.log.find(draft.key) is not None:
                refused()
                return
            entry = self.inside.commit_alert(draft)
            committed(entry)
            self.inside.take_up(entry)
            self.wake_all()

        self._later(self._costs.publish_ms, commit)

    def wake_all(self) -> None:
        """The log has changed: each connection has its turn."""
        for served in list(self._served.values()):
            self._work(served)

    # -- connections --------------------------------------------------------------------------------------------------

    def received(self, served: _Served, data: bytes) -> None:
        """Bytes of a connection."""
        served.reader.feed(data)
        if served.link is None:
            self._read_request(served)
        else:
            end = self.inside.ends.get(served.link.number)
            if end is not None:
                end.received.extend(served.reader.messages())
                self._work(served)

    def _read_request(self, served: _Served) -> None:
        head = None if served.is_asked else served.reader.head()
        if head is None:
            return
        served.is_asked = True
        device, value = websocket.read_request(head)

        def accept() -> None:
            served.stream.send(websocket.answer())
            served.link = TcpLink(served.stream.connection)
            served.link.down.write = served.stream.send
            self._served[served.link.number] = served
            served.timer = Timer(self._timeline, lambda: self._tick(served))
            self.inside.accept(served.link, device, value)
            self._look_after_all()
            self._work(served)
            self._write_claims_soon()

        self._on_loop(self._costs.accept_ms, accept)

    def ended(self, served: _Served) -> None:
        """A connection is gone, or its other side is."""
        served.stream.close()
        if served.link is not None:
            self._served.pop(served.link.number, None)
            end = self.inside.ends.get(served.link.number)
            if end is not None:
                self.inside.close(end)

    def _work(self, served: _Served) -> None:
        """The next step of a connection, when its time has been spent."""
        end = self.inside.ends.get(served.link.number) if served.link else None
        if end is None or served.is_at_work:
            return
        cost = self._cost(end)
        if cost is None:
            self._set_timer(served, end)
            return

        def step() -> None:
            served.is_at_work = False
            if self.inside.ends.get(end.link.number) is not end:
                return  # the hub has said goodbye meanwhile
            self.inside.step(end)
            self._look_after(served)
            self._write_claims_soon()
            self._work(served)

        served.is_at_work = True
        cost_ms, is_commit = cost
        (self._later if is_commit else self._on_loop)(cost_ms, step)

    def _cost(self, end: HubEnd) -> tuple[float, bool] | None:
        """What the next step takes, and whether it is done beside the loop; None: there is nothing to do."""
        if end.command is not None:
            return (0.0, False) if end.outcome is not None else (self._costs.hub_commit_ms, True)
        if end.received:
            return self._costs.turn_ms, False
        return (self._costs.wake_ms, False) if end.must_wake else None

    def _set_timer(self, served: _Served, end: HubEnd) -> None:
        assert served.timer is not None, "made with the link"
        delay_s = end.session.deadline() - self.inside.wall.monotonic()
        served.timer.set(self._timeline.now + max(delay_s, 0.0) + ROUNDING_S)

    def _tick(self, served: _Served) -> None:
        self.inside.tick()
        self._look_after_all()
        self._work(served)

    def _look_after_all(self) -> None:
        for served in list(self._served.values()):
            self._look_after(served)

    def _look_after(self, served: _Served) -> None:
        """Close what the hub has done with."""
        assert served.link is not None, "only what was upgraded is served"
        if served.link.number not in self.inside.ends:
            self._served.pop(served.link.number, None)
            served.stream.close()

    def _write_claims_soon(self) -> None:
        if self.inside.unwritten and not self._is_writing_claims:
            self._is_writing_claims = True

            def write() -> None:
                self._is_writing_claims = False
                self.inside.write_claims()
                self.wrote_claims()

            self._timeline.after(CLAIMS_WRITTEN_EVERY_S, write)
