"""A hub's log and one device's store, and the real sessions and the real codec between them, met in memory without a network.

    hub  ── Welcome, Data ──────▶  device      a flight: all that one end sends before it hears from the other again;
    hub  ◀──────── Stored ───────  device      each costs half a round trip

Every message counts with its WebSocket frame (RFC 6455 §5.2), a device's with its mask.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from alerts.audience import Reader
from alerts.dictionary.shipped import shipped
from alerts.errors import LocalProtocolError
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
from alerts.session.log import Entry, Log
from alerts.session.position import Path
from alerts.session.session import DeviceSession, HubSession
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.handshake import Hello
from alerts.wire.items import decode_item
from alerts.wire.lean_codec import LeanCodec
from alerts.wire.lean_frames import Earlier
from netsim.virtual.device_store import DeviceStore
from server.push.lean import LeanEncoders
from server.push.variants import Variants
from server.push.websocket import frame_of

DEVICE = "d4f0c2a81b9e"
EPOCH, OPENING = 0x7F3A91C5, 0x5B21E8D3
"""As long on the wire as nearly all random ones: five bytes each."""
MASK_BYTES = 4
_AHEAD_S = 60.0
_FLIGHTS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Sent:
    """A frame: its bytes, and how many alerts the device has stored once it is dealt with."""

    frame_bytes: int
    alerts: int


@dataclass(frozen=True, slots=True)
class Flight:
    """What one end sends before it hears from the other again."""

    is_up: bool
    frames: tuple[Sent, ...]

    @property
    def frame_bytes(self) -> int:
        """All of it."""
        return sum(sent.frame_bytes for sent in self.frames)


class Meeting:
    """A device that has enrolled with number `head` of the log, and is not connected yet.

    `now`: seconds since 1970; `languages`: those that the device asks for, best first; `dictionary`: the one that both ends
    have, None: that which ships.
    """

    def __init__(
        self, now: int, *, head: int = 1, languages: tuple[str, ...] = (), dictionary: Dictionary | None = None
    ) -> None:
        self._now = now
        self._clock = 0.0
        self._codec = Codec()
        self._variants = Variants(self._codec)
        self.log = Log(Path([(EPOCH, 1)]), head - 1)
        self.log.enrol(head, Reader(DEVICE))
        self._dictionary = dictionary or shipped()
        self._lean = LeanEncoders([self._dictionary], self._variants, lambda: self.log)
        self._claim = Claim()
        self._shown = 0
        self._store = DeviceStore()
        self._store.set_standing(replace(self._store.standing(), languages=languages))
        self._store.now = now
        self.hub: HubSession
        self.device: DeviceSession

    def hello(self) -> Hello:
        """What the device would say in a handshake now."""
        return self._session().hello

    def _session(self) -> DeviceSession:
        codec = LeanCodec([self._dictionary], self._earlier)
        return DeviceSession(
            *(self._store.standing(), OPENING, self._store, codec, self._clock),
            dictionaries=(self._dictionary.address,),
        )

    def _earlier(self, number: int) -> Earlier | None:
        found = next((row for row in self._store.rows.values() if row.number == number), None)
        return Earlier(found.epoch, number, found.item) if found else None

    def connect(self) -> list[Flight]:
        """A connection, until both ends have nothing more to say."""
        self.device = self._session()
        agreed = self._lean.agree(self.device.hello.dictionaries)
        if agreed is not None:
            agreed.encoder.warm(self.device.hello.languages)
        self.hub = HubSession(
            *(self.log, DEVICE, self.device.hello, self._claim, self._variants, self._codec),
            now=self._now,
            clock=self._clock,
            agreed=agreed,
            shown=self._shown,
        )
        return self._run()

    def append(self, entries: Iterable[Entry]) -> None:
        """The log grows, and nobody is told."""
        for entry in entries:
            self.log.append(entry)

    def wake(self) -> list[Flight]:
        """The device, which is connected, is sent what is new."""
        self.hub.wake(self._now, self._clock)
        return self._run()

    def ping(self) -> list[Flight]:
        """A keep-alive."""
        self._clock = self.device.deadline() + _AHEAD_S
        if not self.device.tick(self._clock):
            raise LocalProtocolError("ping: something is overdue")
        return self._run()

    def _run(self) -> list[Flight]:
        flights: list[Flight] = []
        for _ in range(_FLIGHTS_MAX):
            down = tuple(self._heard(message) for message in self.hub.messages())
            up = tuple(self._taken(message) for message in self.device.messages())
            flights += [Flight(is_up, frames) for is_up, frames in ((False, down), (True, up)) if frames]
            if not down and not up:
                break
        self._claim, self._shown = self.hub.claim, self.hub.shown
        return flights

    def _heard(self, message: bytes) -> Sent:
        before = len(self._store.rows)
        command = self.device.receive(message, self._clock)
        while command is not None:
            command = self.device.done(command, self._commit(command), self._clock)
        return Sent(len(frame_of(message)), len(self._store.rows) - before)

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

    def _taken(self, message: bytes) -> Sent:
        command = self.hub.receive(message, self._now, self._clock)
        if command is not None:
            self.hub.done(command, HubOutcome(()), self._now, self._clock)
        return Sent(len(frame_of(message)) + MASK_BYTES, 0)
