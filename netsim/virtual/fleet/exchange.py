"""What one device and its hub say to each other, in bytes: the real sessions and the real codec, met once in memory.

    hub  ── Welcome, Data ──────▶  device      a flight: all that one end sends before it hears from the other again;
    hub  ◀──────── Stored ───────  device      each costs half a round trip

Every message counts with its WebSocket frame (RFC 6455 §5.2), a device's with its mask.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from alerts.audience import Audience, Reader
from alerts.cap.model import Alert
from alerts.session import inbox
from alerts.session.claim import Claim
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    HubOutcome,
    KeepItems,
    OweRollCall,
)
from alerts.session.goodbye import Reason
from alerts.session.log import Log, draft_of
from alerts.session.position import Path
from alerts.session.session import DeviceSession, HubSession
from alerts.wire.codec import Codec
from alerts.wire.handshake import Hello
from alerts.wire.items import decode_item
from netsim.virtual.device_store import DeviceStore
from server.push.variants import Variants
from server.push.websocket import frame_of

DEVICE = "d4f0c2a81b9e"
EPOCH, OPENING = 0x7F3A91C5, 0x5B21E8D3
"""As long on the wire as nearly all random ones: five bytes each."""
LANGUAGES = ("en",)
MASK_BYTES = 4
CLOSE_BYTES = len(frame_of(b"\0\0"))
"""A close frame with its code (RFC 6455 §5.5.1); the device's is masked."""
_AHEAD_S = 60.0
_FLIGHTS_MAX = 1000


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
    ping, pong = meeting.ping()
    return Exchange(
        tuple(meeting.catch_up(alerts, missed) for missed in range(len(alerts) + 1)),
        *(tuple(live), stored, ping, pong, meeting.goodbye(Reason.STOPPING), meeting.goodbye(Reason.DONE)),
    )


class _Meeting:
    """A hub's log and a device's store, and the sessions between them."""

    def __init__(self, now: int) -> None:
        self._now = now
        self._clock = 0.0
        self._codec = Codec()
        self._variants = Variants(self._codec)
        self._log = Log(Path([(EPOCH, 1)]))
        self._log.enrol(1, Reader(DEVICE))
        self._claim = Claim()
        self._store = DeviceStore()
        self._store.now = now
        self._hub: HubSession
        self._device: DeviceSession

    def connect(self) -> Catchup:
        """A connection, until both ends have nothing more to say."""
        self._device = DeviceSession(self._store.standing(), OPENING, self._store, self._codec, self._clock)
        self._hub = self._greet(self._device.hello)
        return self._run()

    def _greet(self, hello: Hello) -> HubSession:
        return HubSession(
            *(self._log, DEVICE, hello, self._claim, self._variants, self._codec), now=self._now, clock=self._clock
        )

    def _run(self) -> Catchup:
        up = down = 0
        arrives: list[tuple[int, int]] = []
        for flight in range(1, _FLIGHTS_MAX):
            messages = self._hub.messages()
            for message in messages:
                down += len(frame_of(message))
                before = len(self._store.rows)
                self._hear(message)
                arrives += [(flight, down)] * (len(self._store.rows) - before)
            answers = self._device.messages()
            for answer in answers:
                up += len(frame_of(answer)) + MASK_BYTES
                self._take(answer)
            if not messages and not answers:
                break
        self._claim = self._hub.claim
        return Catchup(up, down, tuple(arrives))

    def _hear(self, message: bytes) -> None:
        command = self._device.receive(message, self._clock)
        while command is not None:
            command = self._device.done(command, self._commit(command), self._clock)

    def _commit(self, command: DeviceCommand) -> DeviceOutcome:
        match command:
            case KeepItems():
                tries = inbox.begin_items(self._store, command)
                return inbox.keep_items(self._store, command, tries, decode_item)
            case OweRollCall():
                return inbox.owe_roll_call(self._store, command)
            case FinishRollCall():
                return inbox.finish_roll_call(self._store, command)
        return DeviceOutcome(self._store.standing().position())

    def _take(self, message: bytes) -> None:
        command = self._hub.receive(message, self._now, self._clock)
        if command is not None:
            self._hub.done(command, HubOutcome(()), self._now, self._clock)

    # -- what is measured ---------------------------------------------------------------------------------------------

    def publish(self, alert: Alert) -> tuple[int, int]:
        """An alert to a device that is connected: bytes down and up."""
        draft = draft_of(alert, Audience(everyone=True), default_life_s=86_400, payload=alert)
        self._log.append(self._log.inherit(draft))
        self._hub.wake(self._now, self._clock)
        live = self._run()
        assert live.arrives, f"{alert.key} is in force, addressed to the device, and arrives"
        return live.bytes_down, live.bytes_up

    def ping(self) -> tuple[int, int]:
        """A keep-alive: bytes up and down."""
        self._clock = self._device.deadline() + _AHEAD_S
        assert self._device.tick(self._clock), "nothing is overdue"
        alive = self._run()
        return alive.bytes_up, alive.bytes_down

    def catch_up(self, alerts: Sequence[Alert], missed: int) -> Catchup:
        """A device comes back and has missed the newest alerts."""
        other = _Meeting(self._now)
        other.connect()
        for alert in alerts[: len(alerts) - missed]:
            other.publish(alert)
        for alert in alerts[len(alerts) - missed :]:
            draft = draft_of(alert, Audience(everyone=True), default_life_s=86_400, payload=alert)
            other._log.append(other._log.inherit(draft))
        return other.connect()

    def goodbye(self, reason: Reason) -> int:
        """A goodbye from the end that leaves for this reason, and its close frame."""
        self.connect()
        end = self._device if reason is Reason.DONE else self._hub
        end.goodbye(reason)
        frames = sum(len(frame_of(message)) for message in end.messages()) + CLOSE_BYTES
        return frames + (2 * MASK_BYTES if reason is Reason.DONE else 0)
