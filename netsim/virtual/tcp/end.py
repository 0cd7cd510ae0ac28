"""One end of a connection: how it begins, how it ends, and a sender and a receiver between.

connect   SYN ───────▶         closed ─▶ connecting ─▶ open ─▶ finishing ─▶ over
          ◀─── SYN, ACK                                  └── reset, given up ──┘
          ACK ───────▶
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Protocol

from netsim.virtual.tcp.receiver import Receiver
from netsim.virtual.tcp.segment import Segment
from netsim.virtual.tcp.sender import Sender
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.timeline import Timeline, Timer


class Ending(Enum):
    """How a connection is over for an end."""

    FINISHED = "finished"
    """The other side has said that nothing follows."""
    RESET = "reset"
    REFUSED = "refused"
    TIMED_OUT = "timed out"


class User(Protocol):
    """Whoever uses an end."""

    def opened(self) -> None:
        """The connection stands."""
        ...

    def received(self, data: bytes) -> None:
        """Bytes have arrived, in order."""
        ...

    def ended(self, how: Ending) -> None:
        """The other side is done, or the connection is gone. What has not arrived by now does not."""
        ...


class Stream(Protocol):
    """What carries the bytes of a connection for its user: an end, or TLS on one."""

    connection: int

    def send(self, data: bytes) -> None:
        """Send bytes."""
        ...

    def close(self) -> None:
        """Nothing follows from here."""
        ...


class State(Enum):
    """How far an end has come."""

    CONNECTING = 1
    """SYN sent, or SYN received and answered."""
    OPEN = 2
    OVER = 3


class TcpEnd:
    """One end. `put` sends a segment on its way; `over` is told once nothing more can come of this end."""

    def __init__(
        self,
        timeline: Timeline,
        settings: TcpSettings,
        connection: int,
        put: Callable[[Segment], None],
        over: Callable[[TcpEnd], None],
    ) -> None:
        self.connection = connection
        self.state = State.CONNECTING
        self.user: User | None = None
        self.opened_at: float | None = None
        self._timeline, self._settings = timeline, settings
        self._put, self._over = put, over
        self.sender = Sender(timeline, settings, self._transmit, self._give_up)
        self.receiver = Receiver(settings)
        self._is_caller = False
        self._syns = 0
        self._first_syn_at = self._syn_sent_at = 0.0
        self._has_told_end = False
        self._syn_timer = Timer(timeline, self._on_syn_timer)
        self._ack_timer = Timer(timeline, self._acknowledge)

    # -- beginning ----------------------------------------------------------------------------------------------------

    def connect(self) -> None:
        """Call the other side."""
        self._is_caller = True
        self._send_syn()

    def answer(self, syn: Segment) -> None:
        """Somebody calls."""
        self.receiver.echo = syn.sent_at
        self._send_syn()

    def _send_syn(self) -> None:
        now = self._timeline.now
        self._syns += 1
        self._syn_sent_at = now
        if self._syns == 1:
            self._first_syn_at = now
        self._put(
            Segment(
                self.connection,
                is_syn=True,
                acknowledges=None if self._is_caller else 1,
                sent_at=now,
                echo=self.receiver.echo,
            )
        )
        linear = self._settings.syn_linear_timeouts if self._is_caller else 0
        self._syn_timer.set(now + self._settings.syn_timeout_s * 2.0 ** max(0, self._syns - 1 - linear))

    def _on_syn_timer(self) -> None:
        linear = self._settings.syn_linear_timeouts if self._is_caller else 0
        if self._syns <= self._settings.syn_retries + linear:
            self._send_syn()
        else:
            self._end(Ending.TIMED_OUT)

    def _open(self, segment: Segment) -> None:
        """RFC 6298 §5.7 does not apply: with timestamps the handshake is measured even if a SYN was sent again."""
        self.state = State.OPEN
        self.opened_at = self._timeline.now
        self._syn_timer.set(None)
        sent_at = segment.echo if segment.echo is not None else self._syn_sent_at
        self.sender.round_trip.sample(self._timeline.now - sent_at, 1, 1)
        if self._is_caller and self._syns > 2 and sent_at != self._first_syn_at:
            self.sender.congestion.window = 1.0  # RFC 5681 §3.1; Linux only who calls, from the second lost SYN on
        if self.user is not None:
            self.user.opened()

    # -- what its user does -------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send bytes; without effect once the connection is over."""
        if self.state is State.OPEN:
            self.sender.write(data)

    def close(self) -> None:
        """Nothing follows from here. What was written still arrives."""
        if self.state is State.CONNECTING:
            self.vanish()
        elif self.state is State.OPEN:
            self._has_told_end = True
            self.sender.finish()
            self._look_if_over()

    def abort(self) -> None:
        """Break it off: the other side is told by a reset, if that arrives."""
        if self.state is not State.OVER:
            self._put(Segment(self.connection, self.sender.next, is_rst=True, sent_at=self._timeline.now))
            self.vanish()

    def vanish(self) -> None:
        """Be gone without a word, as a machine without power is."""
        self._has_told_end = True
        self._finish()

    # -- segments -----------------------------------------------------------------------------------------------------

    def take(self, segment: Segment) -> None:
        """A segment has arrived."""
        if self.state is State.OVER:
            return
        if segment.is_rst:
            self._end(Ending.REFUSED if self.state is State.CONNECTING else Ending.RESET)
        elif segment.is_syn:
            self._take_syn(segment)
        else:
            if self.state is State.CONNECTING and not self._is_caller and segment.acknowledges is not None:
                self._open(segment)
            if self.state is State.OPEN:
                self._take_open(segment)

    def _take_syn(self, segment: Segment) -> None:
        if self.state is State.CONNECTING and self._is_caller:
            if segment.acknowledges is None:
                return
            self.receiver.echo = segment.sent_at
            self._acknowledge()
            self._open(segment)
        elif self._is_caller:
            self._acknowledge()  # the ACK of the handshake was lost
        elif self.state is State.CONNECTING and segment.acknowledges is None:
            self.receiver.echo = segment.sent_at
            self._send_syn()

    def _take_open(self, segment: Segment) -> None:
        now = self._timeline.now
        data = b""
        was_finished = self.receiver.is_finished
        if segment.payload or segment.is_fin:
            data = self.receiver.take(segment, now)
        if segment.acknowledges is not None:
            self.sender.acknowledged(segment)
        if data and self.user is not None and not self._has_told_end:
            self.user.received(data)
        if self.receiver.is_finished and not was_finished:
            self._tell(Ending.FINISHED)
        if self.state is not State.OPEN:
            return
        due = self.receiver.ack_due_s
        if due is not None and due <= now:
            self._acknowledge()
        else:
            self._ack_timer.set(due)
        self._look_if_over()

    def _acknowledge(self) -> None:
        if self.state is State.OVER:
            return
        now = self._timeline.now
        self.receiver.said(now, with_data=False)
        self._put(
            Segment(
                self.connection,
                self.sender.next,
                acknowledges=self.receiver.next,
                sacks=self.receiver.sacks(),
                sent_at=now,
                echo=self.receiver.echo,
            )
        )

    def _transmit(self, sequence: int, payload: bytes, is_fin: bool) -> None:
        now = self._timeline.now
        self.receiver.said(now, with_data=True)
        self._ack_timer.set(None)
        self._put(
            Segment(
                self.connection,
                sequence,
                payload,
                acknowledges=self.receiver.next,
                sacks=self.receiver.sacks(),
                is_fin=is_fin,
                sent_at=now,
                echo=self.receiver.echo,
            )
        )

    # -- ending -------------------------------------------------------------------------------------------------------

    def _look_if_over(self) -> None:
        if self.sender.is_done and self.receiver.is_finished:
            self._finish()

    def _give_up(self) -> None:
        self._end(Ending.TIMED_OUT)

    def _end(self, how: Ending) -> None:
        self._finish()
        self._tell(how)

    def _finish(self) -> None:
        if self.state is not State.OVER:
            self.state = State.OVER
            self.sender.stop()
            self._syn_timer.set(None)
            self._ack_timer.set(None)
            self._over(self)

    def _tell(self, how: Ending) -> None:
        if not self._has_told_end:
            self._has_told_end = True
            if self.user is not None:
                self.user.ended(how)
