"""One connection's session with the store that it commits to. All of it runs on the store's thread, one turn after another."""

from __future__ import annotations

from dataclasses import dataclass

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session.commits import DeviceCommand, DeviceOutcome, OutboxStored
from alerts.session.goodbye import Reason
from alerts.session.keepalive import Pace
from alerts.session.session import DeviceSession
from alerts.wire.frames import Goodbye
from alerts.wire.lean_codec import LeanCodec
from client.clocks import Clocks
from client.dictionaries import Offered
from client.events import AnswerStored, Event, ReceiptsStored, events_of
from client.network import Paces
from client.store import Store


@dataclass(frozen=True, slots=True)
class Turn:
    """What a turn led to: messages that may leave, events to tell, and where the session is now."""

    messages: tuple[bytes, ...]
    events: tuple[Event, ...]
    is_welcome: bool
    is_caught_up: bool
    """Everything that the hub had for this device, as far as it has said, is stored."""
    is_dead: bool
    """An answer is overdue."""
    ended: Goodbye | None
    deadline: float
    """When to poll again at the latest, in monotonic seconds."""
    offered: Offered | None = None
    """A dictionary that the hub would rather send with."""


class Conversation:
    """A `DeviceSession` and the commits that it asks for."""

    def __init__(
        self,
        store: Store,
        clocks: Clocks,
        keepalive_s: float | None,
        paces: Paces | None = None,
        *,
        is_whole: bool = False,
    ) -> None:
        """`keepalive_s` None: what the network survives, by what `paces` know of it. `is_whole`: no dictionary is named, so
        that every alert comes whole."""
        self._store = store
        self._clock = clocks.monotonic
        self._is_fixed = keepalive_s is not None
        self._paces = paces or Paces()
        self._pace: Pace | None = None
        dictionaries = () if is_whole else store.dictionaries()
        self._named = tuple(dictionary.address for dictionary in dictionaries)
        self._session = DeviceSession(
            *(store.standing(), store.opening, store.outbox, LeanCodec(dictionaries, store.earlier), self._clock()),
            keepalive_s=limits.KEEPALIVE_SECONDS if keepalive_s is None else keepalive_s,
            stored_wait_s=limits.STORED_SECONDS,
            dictionaries=self._named,
            unlike=store.unlike() if dictionaries else 0,
        )
        self._position = store.standing().position()
        self._was_welcome = False
        self._heard_at = self._clock()
        self._waiting = store.waiting()
        self._unanswered = store.answers_waiting()
        """The alerts whose answer is still to go."""
        self.hello = self._session.hello

    def connected(self, network: str) -> None:
        """The connection stands, on this network."""
        if not self._is_fixed:
            self._pace = self._paces.on(network, self._store)
            self._session.adapt(self._pace)

    def broken(self) -> None:
        """The connection is over, and neither end wanted that."""
        self._session.broken(self._clock())

    def receive(self, message: bytes | str, heard_at: float) -> Turn:
        """One message of the hub, committed and answered.

        Raises RemoteProtocolError: the hub broke the protocol. StoreError: it could not be committed; nothing was.
        """
        if isinstance(message, str):
            raise RemoteProtocolError("a text message; the protocol has binary ones only")
        self._heard(heard_at)
        command = self._session.receive(message, self._clock())
        events: list[Event] = []
        while command is not None:
            outcome = self._store.execute(command)
            self._position = outcome.position
            events += self._events(command, outcome)
            command = self._session.done(command, outcome, self._clock())
        if self._session.is_welcome and not self._was_welcome:
            self._was_welcome = True
            self._store.welcome(self._session.hub_now(self._clock()))
            if self._pace is not None:
                self._pace.connected(self._clock())
        return self._turn(events, is_dead=False)

    def _events(self, command: DeviceCommand, outcome: DeviceOutcome) -> list[Event]:
        if not isinstance(command, OutboxStored):
            return events_of(outcome, self._store)
        before, self._waiting = self._waiting, self._store.waiting()
        answers, self._unanswered = self._unanswered, self._store.answers_waiting()
        told: list[Event] = [ReceiptsStored(self._waiting)] if self._waiting != before else []
        return told + [AnswerStored(entry) for entry in self._store.some(sorted(answers - self._unanswered))]

    def poll(self, heard_at: float, *, is_nudged: bool) -> Turn:
        """Time has passed, or this process wrote something: look for what was written, by another process too."""
        self._heard(heard_at)
        if self._store.has_changed() or is_nudged:
            self._waiting, self._unanswered = self._store.waiting(), self._store.answers_waiting()
            self._session.outbox_grew(self._clock())
        is_alive = self._session.ended is not None or self._session.tick(self._clock())
        return self._turn([], is_dead=not is_alive)

    def ask_roll_call(self) -> Turn:
        """Have the hub list everything that is in force. One that is under way already is that list."""
        try:
            self._session.ask_roll_call(self._clock())
        except RemoteProtocolError:
            return self._turn([], is_dead=False)
        return self._turn([], is_dead=False)

    def goodbye(self, reason: Reason, words: str = "") -> tuple[bytes, ...]:
        """Say why the connection ends."""
        if self._session.ended is None:
            self._session.goodbye(reason, words)
        return tuple(self._session.messages())

    def _heard(self, at: float) -> None:
        """Bytes arrived at this time; said again without new ones it means nothing."""
        if at > self._heard_at:
            self._heard_at = at
            self._session.heard(at)

    def _turn(self, events: list[Event], *, is_dead: bool) -> Turn:
        position = self._position
        self._paces.save(self._store)
        return Turn(
            messages=tuple(self._session.messages()),
            events=tuple(events),
            is_welcome=self._session.is_welcome,
            is_caught_up=not position.owes and position.cursor >= position.as_of,
            is_dead=is_dead,
            ended=self._session.ended,
            deadline=self._session.deadline(),
            offered=self._offered(),
        )

    def _offered(self) -> Offered | None:
        offered = self._session.offered
        if offered is None:
            return None
        base = None if offered.base is None else self._named[offered.base]
        return Offered(offered.address, offered.transfer, offered.saves, offered.monthly, base)
