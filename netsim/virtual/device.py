"""A device in virtual time: the real session and the real rules of the inbox, between a store and a link.

Every commit is a step of its own, and so is what follows it: a kill can come between any two.

        message ─▶ session ─▶ command ─▶ │ begin an item │ decode │ … │ keep them all │ ─▶ session ─▶ frames
                                         └ commit        └ may kill   └ commit        └ may be killed before this
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import replace

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session import inbox
from alerts.session.commits import (
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    KeepItems,
    LanguagesDone,
    OutboxRefused,
    OutboxStored,
    OweRollCall,
    SetLanguages,
)
from alerts.session.goodbye import Reason
from alerts.session.inbox import Decoder
from alerts.session.keepalive import Pace
from alerts.session.session import DeviceSession
from alerts.wire.codec import Codec
from alerts.wire.dictionary import Dictionary
from alerts.wire.handshake import pack_hello
from alerts.wire.lean_codec import LeanCodec
from netsim.judge.invariants import ViolationError
from netsim.virtual.clock import VirtualClock
from netsim.virtual.device_store import DeviceStore
from netsim.virtual.items import decode
from netsim.virtual.network import Link
from netsim.virtual.trace import Trace

Carrying = Generator[None, None, DeviceOutcome]
Watcher = Callable[["VirtualDevice", DeviceCommand, int], None]
"""Is told of each commit: the device, the command, and the cursor before."""


class VirtualDevice:
    """One process on one store. `life` names the store: one that was put back or cloned is another."""

    def __init__(
        self,
        name: str,
        life: int,
        store: DeviceStore,
        clock: VirtualClock,
        rng: random.Random,
        codec: Codec,
        trace: Trace,
        name_item: Callable[[], str],
        committed: Watcher,
        decode: Decoder = decode,
        dictionaries: tuple[Dictionary, ...] = (),
    ) -> None:
        self.name = name
        self.life = life
        self.store = store
        self.title = f"{name}/{life}"
        self._clock = clock
        self._rng = rng
        self._codec = codec
        self._trace = trace
        self._name_item = name_item
        self._committed = committed
        self._decode = decode
        self._dictionaries = dictionaries
        self.openings: set[int] = set()
        """All openings of this life of the store: what one of them stored, the store has."""
        self.changes = 0
        """Grows with every change of what is judged."""
        self.pace = Pace()
        """How long it may be quiet on its network; what was learned survives its processes."""
        self.start()

    def start(self) -> None:
        """A process opens the store."""
        self.opening = self._rng.randint(1, limits.EPOCH_MAX)
        self.openings.add(self.opening)
        self.changes += 1
        self._booted = self._clock.elapsed() - self._rng.randint(0, 10**6)
        self.store.open(lambda: self._rng.randint(1, limits.EPOCH_MAX), self._name_item)
        self.link: Link | None = None
        self.session: DeviceSession | None = None
        self.received: deque[bytes] = deque()
        self.pace = Pace(self.pace.reach)
        self._is_greeted = False
        self._carrying: Carrying | None = None
        self._command: DeviceCommand | None = None
        self.refusals: list[str] = []

    def monotonic(self) -> float:
        """The device's own count of seconds."""
        return self._clock.elapsed() - self._booted

    def reckon(self) -> int:
        """The hub's time as this device has it: as last heard, and what has passed since."""
        if self.session is not None and self.session.is_welcome:
            self.store.hub_base = self.session.hub_now(self.monotonic()) - self._clock.elapsed()
        self.store.now = int(self.store.hub_base + self._clock.elapsed())
        return self.store.now

    # -- the connection -----------------------------------------------------------------------------------------------

    def connect(self, link: Link) -> str:
        """Begin a connection: what is said in its handshake. What the one before had received is dropped with it."""
        self.drop()
        self.link = link
        codec = LeanCodec(self._dictionaries, self.store.earlier) if self._dictionaries else self._codec
        self.session = DeviceSession(
            *(self.store.standing(), self.opening, self.store, codec, self.monotonic()),
            stored_wait_s=limits.STORED_SECONDS,
            dictionaries=tuple(dictionary.address for dictionary in self._dictionaries),
        )
        self.session.adapt(self.pace)
        self._is_greeted = False
        return pack_hello(self.session.hello)

    def drop(self) -> None:
        """The connection is over for this device, in the middle of whatever it was doing."""
        self.link = self.session = self._carrying = self._command = None
        self.received.clear()

    def broken(self) -> None:
        """The connection is over, and neither end wanted that."""
        if self.session is not None:
            self.session.broken(self.monotonic())

    def say_goodbye(self) -> None:
        """Leave in good order."""
        if self.session is not None and not self.session.ended:
            self.session.goodbye(Reason.DONE)
            self._flush()
        self.drop()

    def _flush(self) -> None:
        if self.session is None or self.link is None:
            return
        messages = self.session.messages()
        if self._trace.is_on:
            for message in messages:
                self._trace.say(self.title, "▶ link {}: {}", self.link.number, self._codec.decode(message))
        if self.link.is_up:
            self.link.up.send(messages)

    # -- one step -----------------------------------------------------------------------------------------------------

    def step(self) -> bool:
        """The next thing that it does: a commit, what follows one, or reading a message. False: nothing to do.

        Raises ProcessDiedError: it died of an item; the caller starts it again.
        """
        if self.session is None:
            return False
        if self._carrying is not None:
            self._carry_on(self.session)
        elif self.received and not self.session.ended:
            self._set_out(self._read(self.session, self.received.popleft()))
            self._flush()
        else:
            return False
        if self.session.ended and self._carrying is None:
            self.drop()
        return True

    def has_work(self) -> bool:
        """Whether `step` would find something to do."""
        return self._carrying is not None or (
            bool(self.received) and self.session is not None and not self.session.ended
        )

    @property
    def under_way(self) -> DeviceCommand | None:
        """What is being carried out."""
        return self._command if self._carrying is not None else None

    def _read(self, session: DeviceSession, message: bytes) -> DeviceCommand | None:
        try:
            command = session.receive(message, self.monotonic())
        except RemoteProtocolError as error:
            raise ViolationError(6, f"{self.title} calls the hub a breaker of the protocol: {error}") from error
        if session.is_welcome and not self._is_greeted:
            self._is_greeted = True
            inbox.welcome(self.store, self.opening)
            self.pace.connected(self.monotonic())
        return command

    def _set_out(self, command: DeviceCommand | None) -> None:
        self._command = command
        self._carrying = self._carry_out(command) if command is not None else None

    def _carry_on(self, session: DeviceSession) -> None:
        assert self._carrying is not None, "there is something to carry out"
        assert self._command is not None, "something is being carried out"
        try:
            next(self._carrying)
        except StopIteration as finished:
            self._set_out(session.done(self._command, finished.value, self.monotonic()))
            self._flush()

    def _carry_out(self, command: DeviceCommand) -> Carrying:
        """Commit a command, one durable step after the other."""
        before = self.store.standing().cursor
        self.reckon()
        tries: dict[int, int] = {}
        if isinstance(command, KeepItems):
            for index, (number, raw) in enumerate(command.items):
                if index:
                    self.store.forget_try(command.epoch, command.items[index - 1][0])
                tries |= inbox.begin_items(self.store, replace(command, items=((number, raw),)))
                yield
                if tries.get(number, limits.TRIES_MAX + 1) <= limits.TRIES_MAX:
                    self._try_out(raw, command.epoch, number)
        outcome = self._commit(command, tries)
        self.changes += 1
        self._trace.say(self.title, "commits {}", command)
        self._committed(self, command, before)
        yield
        return outcome

    def _try_out(self, raw: bytes, epoch: int, number: int) -> None:
        """Decode, for what it does to the process; what cannot be used is found again when it is kept."""
        try:
            self._decode(raw, epoch, number)
        except RemoteProtocolError:
            return

    def _commit(self, command: DeviceCommand, tries: dict[int, int]) -> DeviceOutcome:
        match command:
            case KeepItems():
                return inbox.keep_items(self.store, command, tries, self._decode)
            case OweRollCall():
                return inbox.owe_roll_call(self.store, command)
            case FinishRollCall():
                return inbox.finish_roll_call(self.store, command)
            case SetLanguages():
                return inbox.set_languages(self.store, command)
            case LanguagesDone():
                return inbox.languages_done(self.store, command)
            case OutboxStored(outboxes, hub_epoch):
                self.store.mark_stored(outboxes, hub_epoch)
            case OutboxRefused(_, _, _, words):
                self.refusals.append(words)
        return DeviceOutcome(self.store.standing().position())

    # -- what people do -----------------------------------------------------------------------------------------------

    def write(self, words: str) -> str:
        """Something for the hub: a receipt, an answer. Sent now if there is a connection. Returns its words."""
        self.reckon()
        _, _, named = self.store.write(words)
        if self.session is not None:
            self.session.outbox_grew(self.monotonic())
            self._flush()
        return named

    def choose_languages(self, languages: tuple[str, ...]) -> None:
        """The user wants other languages; a connection that there was is made anew."""
        self.say_goodbye()
        inbox.set_languages(self.store, SetLanguages(languages, self.reckon()))

    def ask_roll_call(self) -> None:
        """The user doubts what is shown."""
        if self.session is not None and self.session.is_welcome and not self.session.ended:
            self.session.ask_roll_call(self.monotonic())
            self._flush()

    def tick(self) -> None:
        """Say something if it has been quiet for long; notice a dead link."""
        if self.session is None or self.monotonic() < self.session.deadline():
            return
        if self.session.tick(self.monotonic()):
            self._flush()
        else:
            self._trace.say(self.title, "notices that link {} is dead", self.link.number if self.link else None)
            self.drop()
