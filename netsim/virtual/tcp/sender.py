"""The half of an end that sends: what leaves when, what counts as lost, and what is sent again.

      acknowledged │ SACKed ▒▒  lost ░░  in flight ▓▓ │ not sent yet
    ───────────────┼──▒▒▒▒──░░░░──▓▓▓▓▓▓▓▓────────────┼───────────────▶ sequence numbers
                 first unacknowledged               next

What is lost is decided by time, as in RFC 8985 (RACK): a segment that was sent before one that has arrived, and is overdue.
A flight whose end is lost has nothing after it: a probe is sent (RFC 8985 §7), and at last the timeout (RFC 6298) goes off.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from netsim.virtual.tcp.congestion import Congestion
from netsim.virtual.tcp.round_trip import RoundTrip
from netsim.virtual.tcp.segment import Segment, Span
from netsim.virtual.tcp.settings import TcpSettings
from netsim.virtual.timeline import Timeline, Timer

DUPLICATES = 3
"""So many segments that came after a missing one, and nobody waits for the missing one any longer."""

PROBE_MARGIN_S = 0.002


class Fate(Enum):
    """What is known of a segment that was sent."""

    IN_FLIGHT = 1
    ARRIVED = 2
    LOST = 3


class Phase(Enum):
    """Whether losses are being repaired."""

    OPEN = 1
    RECOVERY = 2
    LOSS = 3
    """After a timeout."""


@dataclass(slots=True)
class Sent:
    """One segment that was sent and is not acknowledged."""

    start: int
    end: int
    payload: bytes
    is_fin: bool
    sent_at: float
    fate: Fate = Fate.IN_FLIGHT
    times: int = 1


Transmit = Callable[[int, bytes, bool], None]
"""Sends a segment: sequence number, payload, whether it is the last (FIN)."""


class Sender:
    """Sequence numbers of data begin at 1. `gave_up` is called when too many timeouts came in a row."""

    def __init__(
        self, timeline: Timeline, settings: TcpSettings, transmit: Transmit, gave_up: Callable[[], None]
    ) -> None:
        self.round_trip = RoundTrip(settings)
        self.congestion = Congestion(settings)
        self.phase = Phase.OPEN
        self.timeouts = self.retransmissions = 0
        """How often the timeout went off, and how many segments were sent again, in all."""
        self._timeline, self._settings = timeline, settings
        self._transmit, self._gave_up = transmit, gave_up
        self._waiting = bytearray()
        self._sent: list[Sent] = []
        self._fates = dict.fromkeys(Fate, 0)
        self.first, self.next = 1, 1
        self._is_finishing = self._has_sent_fin = False
        self._recovery_ends = 0
        self._window_before = 0.0
        self._delivered = self._resupplied = 0
        self._newest_arrived: tuple[float, int] = (-1.0, 0)
        self._newest_took_s = 0.0
        self._is_reordering = False
        self._probe_ends: int | None = None
        self._last_sent_at = 0.0
        self._is_probe_next = False
        self._timer = Timer(timeline, self._on_timer)
        self._reorder_timer = Timer(timeline, self._on_reorder_timer)

    # -- what its user wants ------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Send these bytes, as far as the window allows at once (Nagle's algorithm is off)."""
        self._waiting += data
        self.push()

    def finish(self) -> None:
        """Say that nothing follows, after all that was written."""
        self._is_finishing = True
        self.push()

    @property
    def is_done(self) -> bool:
        """Whether everything, the FIN too, has been acknowledged."""
        return self._has_sent_fin and not self._sent

    @property
    def unacknowledged_bytes(self) -> int:
        """Written, and not known to have arrived."""
        return self.next - self.first + len(self._waiting)

    def stop(self) -> None:
        """Send nothing any more."""
        self._sent.clear()
        self._fates = dict.fromkeys(Fate, 0)
        self._waiting.clear()
        self._timer.set(None)
        self._reorder_timer.set(None)

    # -- sending ------------------------------------------------------------------------------------------------------

    def in_flight(self) -> int:
        """Segments of which it is not known whether they arrive."""
        return self._fates[Fate.IN_FLIGHT]

    def _set_fate(self, sent: Sent, fate: Fate) -> None:
        self._fates[sent.fate] -= 1
        self._fates[fate] += 1
        sent.fate = fate

    def push(self) -> None:
        """Send what is lost again, then what is new, as far as the window goes."""
        if not self._sent and self._last_sent_at:
            self.congestion.idle(self._timeline.now - self._last_sent_at, self.round_trip.timeout_s)
        room = int(self.congestion.window) - self.in_flight()
        had_none = not self._sent
        has_sent_new = False
        if self.phase is not Phase.OPEN:
            for sent in self._sent:
                if room <= 0:
                    break
                if sent.fate is Fate.LOST:
                    self._send_again(sent)
                    room -= 1
        while room > 0 and self._send_new():
            has_sent_new = True
            room -= 1
        if has_sent_new and (had_none or self._probe_allowed()):
            self._arm()

    def _send_new(self) -> bool:
        if not self._waiting and not (self._is_finishing and not self._has_sent_fin):
            return False
        payload = bytes(self._waiting[: self._settings.segment_bytes_max])
        del self._waiting[: len(payload)]
        is_fin = self._is_finishing and not self._waiting
        self._has_sent_fin |= is_fin
        sent = Sent(self.next, self.next + len(payload) + is_fin, payload, is_fin, self._timeline.now)
        self._sent.append(sent)
        self._fates[Fate.IN_FLIGHT] += 1
        self.next = sent.end
        self._put(sent)
        return True

    def _send_again(self, sent: Sent) -> None:
        self._set_fate(sent, Fate.IN_FLIGHT)
        sent.times += 1
        sent.sent_at = self._timeline.now
        self.retransmissions += 1
        self._put(sent)

    def _put(self, sent: Sent) -> None:
        self._resupplied += 1
        self._last_sent_at = self._timeline.now
        self._transmit(sent.start, sent.payload, sent.is_fin)

    # -- what comes back ----------------------------------------------------------------------------------------------

    def acknowledged(self, segment: Segment) -> None:
        """An acknowledgement has arrived."""
        assert segment.acknowledges is not None, "only the first SYN acknowledges nothing"
        now, upto = self._timeline.now, min(segment.acknowledges, self.next)
        was_in_flight = self.in_flight()
        gone = list(takewhile(lambda sent: sent.end <= upto, self._sent))
        del self._sent[: len(gone)]
        for sent in gone:
            self._fates[sent.fate] -= 1
        sacked = self._sacked(segment.sacks) if segment.sacks else []
        advanced = upto > self.first
        self.first = max(self.first, upto)
        if advanced:
            self._measure(gone, segment, now)
        self._note_arrivals([sent for sent in gone if sent.fate is not Fate.ARRIVED], sacked, now)
        for sent in sacked:
            self._set_fate(sent, Fate.ARRIVED)
        if self._probe_ends is not None and upto >= self._probe_ends:
            self._probe_ends = None
        if self.phase is not Phase.OPEN and upto >= self._recovery_ends:
            if self.phase is Phase.RECOVERY:
                self.congestion.window = self.congestion.threshold
            self.phase = Phase.OPEN
        lost_before = self._fates[Fate.LOST]
        self._find_lost(now)
        if self.phase is Phase.RECOVERY:
            arrived = sum(1 for sent in gone if sent.fate is not Fate.ARRIVED) + len(sacked)
            self._reduce(arrived, is_repairing=advanced and self._fates[Fate.LOST] <= lost_before)
        elif advanced:
            self._grow(len(gone), was_in_flight, now)
        if advanced:
            self._arm()
        self.push()

    def _sacked(self, spans: tuple[Span, ...]) -> list[Sent]:
        return [
            sent
            for sent in self._sent
            if sent.fate is not Fate.ARRIVED and any(first <= sent.start and sent.end <= end for first, end in spans)
        ]

    def _measure(self, gone: list[Sent], segment: Segment, now: float) -> None:
        """RFC 6298 §3 (Karn): what was sent twice is measured only by the timestamp that comes back."""
        once = [sent for sent in gone if sent.times == 1]
        if once and once[0].fate is not Fate.ARRIVED:
            self.round_trip.sample(now - once[0].sent_at, self.first, self.next)
        elif segment.echo is not None:
            self.round_trip.sample(now - segment.echo, self.first, self.next)

    def _note_arrivals(self, gone: list[Sent], sacked: list[Sent], now: float) -> None:
        least_s = self.round_trip.least_s or 0.0
        for sent in (*gone, *sacked):
            took_s = now - sent.sent_at
            if sent.times > 1 and took_s < least_s:
                continue  # RFC 8985 §6.2: an answer to the first time that it was sent
            if (sent.sent_at, sent.end) > self._newest_arrived:
                self._newest_arrived = (sent.sent_at, sent.end)
                self._newest_took_s = took_s
            elif sent.times == 1 and sent.end < self._newest_arrived[1] and sent.sent_at < self._newest_arrived[0]:
                self._is_reordering = True

    def _grow(self, segments: int, was_in_flight: int, now: float) -> None:
        """RFC 7661 in short: a window that is not used says nothing about the path, and does not grow."""
        window = self.congestion.window
        in_slow_start = window < self.congestion.threshold
        if was_in_flight >= int(window) or (in_slow_start and window < 2 * was_in_flight):
            self.congestion.acknowledged(segments, now, self.round_trip.smoothed_s or 0.0)

    def _reduce(self, arrived: int, *, is_repairing: bool) -> None:
        """RFC 6937 (PRR): while repairing, send in proportion to what arrives, so that a full queue empties."""
        self._delivered += arrived
        in_flight, threshold = self.in_flight(), int(self.congestion.threshold)
        if in_flight > threshold:
            share = -(-threshold * self._delivered // max(int(self._window_before), 1))
            more = share - self._resupplied
        else:
            more = max(self._delivered - self._resupplied, arrived) + is_repairing
            more = min(threshold - in_flight, more)
        least = 0 if self._resupplied else 1
        self.congestion.window = float(in_flight + max(more, least))

    # -- what is lost -------------------------------------------------------------------------------------------------

    def _find_lost(self, now: float) -> None:
        """RFC 8985 §6.2: whatever was sent before the newest that arrived, and is overdue."""
        if not self._sent or (
            self.phase is Phase.OPEN and (self._sent[0].sent_at, self._sent[0].end) >= self._newest_arrived
        ):
            self._reorder_timer.set(None)
            return
        arrived = self._fates[Fate.ARRIVED]
        hurry = not self._is_reordering and (self.phase is not Phase.OPEN or arrived >= DUPLICATES)
        patience_s = 0.0 if hurry else min((self.round_trip.least_s or 0.0) / 4, self.round_trip.smoothed_s or 0.0)
        look_at: float | None = None
        has_lost = False
        for sent in self._sent:
            if sent.fate is not Fate.IN_FLIGHT or (sent.sent_at, sent.end) >= self._newest_arrived:
                continue
            overdue_at = sent.sent_at + self._newest_took_s + patience_s
            if overdue_at <= now:
                self._set_fate(sent, Fate.LOST)
                has_lost = True
            else:
                look_at = max(look_at or 0.0, overdue_at)
        self._reorder_timer.set(look_at)
        if has_lost and self.phase is Phase.OPEN:
            self.phase = Phase.RECOVERY
            self._recovery_ends = self.next
            self._window_before, self._delivered, self._resupplied = self.congestion.window, 0, 0
            self.congestion.lost()

    def _on_reorder_timer(self) -> None:
        self._find_lost(self._timeline.now)
        self.push()

    # -- the timer ----------------------------------------------------------------------------------------------------

    def _probe_allowed(self) -> bool:
        return (
            self._settings.has_tail_loss_probe
            and self.phase is Phase.OPEN
            and self._probe_ends is None
            and self.round_trip.smoothed_s is not None
            and self.in_flight() == len(self._sent)
        )

    def _arm(self) -> None:
        if not self._sent:
            self._timer.set(None)
            return
        now, timeout_s = self._timeline.now, self.round_trip.timeout_s
        self._is_probe_next = self._probe_allowed()
        if not self._is_probe_next:
            self._timer.set(now + timeout_s)
            return
        smoothed_s = self.round_trip.smoothed_s or 0.0
        alone = len(self._sent) == 1
        probe_at = now + 2 * smoothed_s + (self._settings.timeout_min_s if alone else PROBE_MARGIN_S)
        self._timer.set(min(probe_at, max(self._sent[0].sent_at + timeout_s, now)))

    def _on_timer(self) -> None:
        if self._is_probe_next:
            self._probe()
        else:
            self._time_out()

    def _probe(self) -> None:
        """RFC 8985 §7.3: something new if there is anything, else the last again."""
        self._is_probe_next = False
        if not self._send_new():
            self._send_again(self._sent[-1])
        self._probe_ends = self.next
        self._timer.set(self._timeline.now + self.round_trip.timeout_s)

    def _time_out(self) -> None:
        now = self._timeline.now
        if self.round_trip.backoff >= self._settings.retries:
            self._gave_up()
            return
        self.timeouts += 1
        self._probe_ends = None
        patience_s = self._newest_took_s + (self.round_trip.least_s or 0.0) / 4
        for index, sent in enumerate(self._sent):
            # Linux: what was sent a moment ago may still arrive.
            is_recent = index > 0 and self._newest_arrived[0] >= 0 and sent.sent_at + patience_s > now
            if sent.fate is Fate.IN_FLIGHT and not is_recent:
                self._set_fate(sent, Fate.LOST)
        if self.phase is not Phase.LOSS:
            self.congestion.timed_out(self.in_flight())
        else:
            self.congestion.window = self.in_flight() + 1.0
        self.phase = Phase.LOSS
        self._recovery_ends = self.next
        self.round_trip.backoff += 1
        self.push()
        self._timer.set(now + self.round_trip.timeout_s)
