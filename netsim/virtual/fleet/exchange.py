"""What one device and its hub say to each other, in bytes of WebSocket frames: see `netsim.virtual.meeting`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.session.goodbye import Reason
from alerts.session.log import draft_of
from netsim.virtual.meeting import MASK_BYTES, Flight, Meeting
from server.push.websocket import frame_of

CLOSE_BYTES = len(frame_of(b"\0\0"))
"""A close frame with its code (RFC 6455 §5.5.1); the device's is masked."""


@dataclass(frozen=True, slots=True)
class Catchup:
    """One resume behind the 101. `arrives[k]`: (flights of the hub, bytes down so far) when the k-th missed alert is there."""

    bytes_up: int
    bytes_down: int
    arrives: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Bytes of WebSocket frames. `catchups[n]`: with the newest n alerts missed; `live[n]`: the n-th alert, to who is there."""

    catchups: tuple[Catchup, ...]
    live: tuple[int, ...]
    stored: int
    ping: int
    pong: int
    goodbye_down: int
    goodbye_up: int


def measure_exchange(alerts: Sequence[Alert], now: int) -> Exchange:
    """Let the real sessions meet. `alerts` are all in force at `now` (seconds since 1970) and addressed to the device."""
    meeting = _Meeting(now)
    meeting.connect()  # the roll-call of a device that joins
    live, stored = [], 0
    for alert in alerts:
        down, up = meeting.publish(alert)
        live.append(down)
        stored = max(stored, up)
    ping, pong = (flight.frame_bytes for flight in meeting.ping())
    return Exchange(
        tuple(meeting.catch_up(alerts, missed) for missed in range(len(alerts) + 1)),
        *(tuple(live), stored, ping, pong, meeting.goodbye(Reason.STOPPING), meeting.goodbye(Reason.DONE)),
    )


class _Meeting(Meeting):
    """A meeting in which alerts are published."""

    def __init__(self, now: int) -> None:
        super().__init__(now)
        self._since = now

    def publish(self, alert: Alert) -> tuple[int, int]:
        """An alert to a device that is connected: bytes down and up."""
        self.keep(alert)
        live = _catchup(self.wake())
        assert live.arrives, f"{alert.key} is in force, addressed to the device, and arrives"
        return live.bytes_down, live.bytes_up

    def keep(self, alert: Alert) -> None:
        """An alert that nobody is told of yet."""
        draft = draft_of(alert, Audience(everyone=True), default_life_s=86_400, payload=alert)
        self.append([self.log.inherit(draft)])

    def catch_up(self, alerts: Sequence[Alert], missed: int) -> Catchup:
        """A device comes back and has missed the newest alerts."""
        other = _Meeting(self._since)
        other.connect()
        for alert in alerts[: len(alerts) - missed]:
            other.publish(alert)
        for alert in alerts[len(alerts) - missed :]:
            other.keep(alert)
        return _catchup(other.connect())

    def goodbye(self, reason: Reason) -> int:
        """A goodbye from the end that leaves for this reason, and its close frame."""
        self.connect()
        end = self.device if reason is Reason.DONE else self.hub
        end.goodbye(reason)
        frames = sum(len(frame_of(message)) for message in end.messages()) + CLOSE_BYTES
        return frames + (2 * MASK_BYTES if reason is Reason.DONE else 0)


def _catchup(flights: Sequence[Flight]) -> Catchup:
    down, arrives, turn = 0, list[tuple[int, int]](), 0
    for flight in flights:
        turn += not flight.is_up
        for sent in flight.frames if not flight.is_up else ():
            down += sent.frame_bytes
            arrives += [(turn, down)] * sent.alerts
    return Catchup(sum(flight.frame_bytes for flight in flights if flight.is_up), down, tuple(arrives))
