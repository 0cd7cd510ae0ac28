"""A whole session at each end: one sender, one receiver, the timers, and the frames between them. No I/O.

A shell (a Tornado handler, a reconnecting link, a simulation) does this, and nothing else:

    command = session.receive(message, …)      one message in
    while command:                             commit what it says, durably, then
        command = session.done(command, outcome, …)
    write(session.messages())                  what may leave now

Times: `clock` is monotonic seconds, `now` the hub's time in whole seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from alerts import limits
from alerts.audience import Reader
from alerts.errors import LocalProtocolError, RemoteProtocolError
from alerts.session import claim as claims
from alerts.session.claim import Claim, Place
from alerts.session.commits import (
    Command,
    DeviceCommand,
    DeviceOutcome,
    FinishRollCall,
    HubCommand,
    HubOutcome,
    KeepItems,
    OutboxRefused,
    OweRollCall,
    SetLanguages,
)
from alerts.session.confirming import Confirming
from alerts.session.goodbye import FAREWELLS, Reason
from alerts.session.inbox import Standing
from alerts.session.keepalive import Keepalive, Pace
from alerts.session.log import Entry, Log
from alerts.session.position import position_of
from alerts.session.receiver import Receiver
from alerts.session.sender import Encoder, LeanEncoder, Live, Sender
from alerts.session.uplink import OutboxView, UplinkReceiver, UplinkSender
from alerts.wire.codec import Codec, Reading
from alerts.wire.dictionary import short_name
from alerts.wire.frames import (
    Ahead,
    Data,
    Dictionary,
    Frame,
    Goodbye,
    Languages,
    Offer,
    Ping,
    Pong,
    Refused,
    Resume,
    Roll,
    Rolled,
    Stand,
    Stored,
    Unknown,
    Want,
    Welcome,
)
from alerts.wire.handshake import Hello


class _Session:
    """What both ends share: messages out, one command at a time, an end."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._messages: list[bytes] = []
        self._command: Command | None = None
        self.ended: Goodbye | None = None

    def messages(self) -> list[bytes]:
        """What may leave now; each is one WebSocket message. Empties the list."""
        messages, self._messages = self._messages, []
        return messages

    def _send(self, frames: Iterable[Frame]) -> None:
        self._messages.extend(self._codec.encode(frame) for frame in frames)

    def _decode(self, message: bytes, reading: Reading | None = None) -> Frame:
        if self._command is not None:
            raise LocalProtocolError("receive: the outcome of the last command is still due")
        if self.ended:
            raise LocalProtocolError("receive: the session has ended")
        return self._codec.decode(message, reading)

    def _out(self, command: Command | None) -> None:
        self._command = command

    def _back(self, command: Command) -> None:
        if command is not self._command:
            raise LocalProtocolError("done: this is not the command that is out")
        self._command = None

    def goodbye(self, reason: Reason, words: str = "", retry_after: int | None = None) -> None:
        """Say why the connection ends and when to come back; nothing is sent after it."""
        farewell = FAREWELLS[reason]
        wait = farewell.retry_after if retry_after is None else retry_after
        self.ended = Goodbye(int(reason), None if wait is None or wait < 0 else wait, words[: limits.WORDS_CHARS_MAX])
        self._send([self.ended])


@dataclass(frozen=True, slots=True)
class Agreed:
    """The dictionary that a connection sends with: which of those that the device named, and the encoder that has it."""

    index: int
    encoder: LeanEncoder


class HubSession(_Session):
    """The hub's end of one connection: it sends the downlink and reads the uplink."""

    def __init__(
        self,
        log: Log,
        device: str,
        hello: Hello,
        claim: Claim,
        encoder: Encoder,
        codec: Codec,
        *,
        now: int,
        clock: float,
        languages: tuple[str, ...] | None = None,
        agreed: Agreed | None = None,
        offered: Dictionary | None = None,
        shown: int = 0,
    ) -> None:
        """`claim` is the hub's row for the device as it stands; `languages` those that ops have set, if they differ;
        `agreed` the dictionary to send with, of those that the device named; `offered` one that it lacks; `shown` what its
        link has shown (see `shown`)."""
        super().__init__(codec)
        self._agreed = agreed
        self._unlike = hello.unlike
        self.opening = hello.opening
        self._log = log
        self._encoder = encoder
        self._heard_at = clock
        position = position_of(hello.at)
        reader = log.enrolled[device].reader
        place = Place(hello.opening, hello.before, position, hello.earlier)
        row = claims.at_handshake(claim, place, log, reader, now)
        self._down = Sender(log, device, position, languages or hello.languages, encoder, row, now, shown=shown)
        self._up = UplinkReceiver()
        self._newest = log.path.newest()
        self._send([Welcome(now, self._newest, agreed.index if agreed else None)])
        if languages is not None and languages != hello.languages:
            self._unlike = log.head
            self._send([Languages(languages)])
        self.wake(now, clock)
        if offered is not None:
            self.offer(offered)  # behind the first alerts

    def offer(self, dictionary: Dictionary) -> None:
        """Offer a dictionary that the device lacks."""
        self._send([dictionary])

    @property
    def claim(self) -> Claim:
        """The hub's row for the device, as this connection has it."""
        return self._down.claim

    @property
    def shown(self) -> int:
        """How many bytes of items at once the device's link has carried in time, for its next connection to begin with."""
        return self._down.pacing.shown()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which the device is sent alerts."""
        return self._down.languages

    def wake(self, now: int, clock: float) -> None:
        """The log grew, the window opened, or time has passed: send what is due."""
        if self.ended:
            return
        for frame in self._down.pull(now, clock):
            if isinstance(frame, Live):
                self._send_live(frame, now)
            else:
                self._send_items(frame, now)

    def _send_live(self, live: Live, now: int) -> None:
        message = None
        if self._agreed:
            message = self._agreed.encoder.live(live.entry, live.languages, self._has(now), self._newest, now)
        self._messages.append(message or self._encoder.live(live.entry, live.languages))

    def _send_items(self, frame: Frame, now: int) -> None:
        message = None
        if self._agreed and isinstance(frame, Data | Ahead) and frame.items:
            languages = self._down.languages
            message = self._agreed.encoder.frame(frame, languages, self._has(now), self._newest, now)
        self._messages.append(message or self._codec.encode(frame))

    def _has(self, now: int) -> Callable[[Entry], bool]:
        """Which earlier alerts the device has, with the text that the hub would send now."""
        return lambda entry: entry.number > self._unlike and self._down.surely_has(entry, now)

    def moved(self, before: Reader, after: Reader) -> None:
        """The device's audience was changed (and the log has the entry)."""
        self._down.claim = claims.moved(self._down.claim, self._log, before, after)

    def set_languages(self, languages: tuple[str, ...]) -> None:
        """Ops have set the device's languages."""
        self._down.languages = languages
        self._unlike = self._log.head
        self._send([Languages(languages)])

    def receive(self, message: bytes, now: int, clock: float) -> HubCommand | None:
        """One message of the device: the command to commit, if there is one.

        Raises RemoteProtocolError: the device broke the protocol; say goodbye with `Reason.PROTOCOL_ERROR`.
        """
        frame = self._decode(message)
        self._heard_at = clock
        command: HubCommand | None = None
        match frame:
            case Stored():
                self._down.stored(position_of(frame), now, clock)
            case Resume():
                self._down.restart(position_of(frame), now, clock)
            case Want():
                for answer in self._down.wanted(frame, now):
                    self._send_items(answer, now)
            case Data():
                command = self._up.data(frame)
            case Offer():
                command = self._up.offer(frame)
            case Ping(token):
                self._send([Pong(token)])
            case Goodbye():
                self.ended = frame
            case Pong() | Unknown():
                pass
            case _:
                raise RemoteProtocolError(f"{type(frame).__name__}: a device does not send this")
        self._out(command)
        if command is None:
            self.wake(now, clock)
        return command

    def done(self, command: HubCommand, outcome: HubOutcome, now: int, clock: float) -> None:
        """A command has been committed."""
        self._back(command)
        if not self.ended:
            self._send(self._up.done(command, outcome))
            self.wake(now, clock)

    def deadline(self) -> float:
        """When `expired` has to be asked next, in monotonic seconds."""
        silent = self._heard_at + limits.SILENT_SECONDS
        stalled = self._down.pacing.stalled_at()
        return silent if stalled is None else min(silent, stalled)

    def expired(self, clock: float) -> Reason | None:
        """The reason to say goodbye, if one of the deadlines has passed."""
        stalled = self._down.pacing.stalled_at()
        if stalled is not None and clock >= stalled:
            return Reason.TOO_SLOW
        return Reason.SILENT if clock >= self._heard_at + limits.SILENT_SECONDS else None


class DeviceSession(_Session):
    """The device's end of one connection: it reads the downlink and sends the uplink."""

    def __init__(
        self,
        standing: Standing,
        opening: int,
        outbox: OutboxView,
        codec: Codec,
        clock: float,
        *,
        keepalive_s: float = limits.KEEPALIVE_SECONDS,
        stored_wait_s: float = 0.0,
        dictionaries: tuple[bytes, ...] = (),
        unlike: int = 0,
    ) -> None:
        """`stored_wait_s` is how long a `Stored` that nobody waits for may wait for company."""
        super().__init__(codec)
        position = standing.position()
        names = tuple(map(short_name, dictionaries))
        self._dictionaries = dictionaries
        before = 0 if standing.welcomed == opening else standing.welcomed
        self.hello = Hello(opening, position.resume(), standing.languages, standing.earlier(), names, unlike, before)
        self._down = Receiver(position)
        self._up = UplinkSender(outbox)
        self._keepalive = Keepalive(clock, keepalive_s)
        self._confirming = Confirming(stored_wait_s)
        self._arrived_at = clock
        self._languages_due = standing.languages_due
        self._hub_time: tuple[int, float] | None = None
        self._newest = 0
        self._agreed: int | None = None
        self.offered: Dictionary | None = None
        """A dictionary that the hub would rather send with, for the shell to fetch when nothing else is to be done."""

    def hub_now(self, clock: float) -> int:
        """The hub's time: as the handshake told it, and what the monotonic clock has counted since."""
        if self._hub_time is None:
            raise LocalProtocolError("hub_now: the hub has not said its time yet")
        time, at = self._hub_time
        return time + int(clock - at)

    @property
    def is_welcome(self) -> bool:
        """Whether the hub has answered."""
        return self._hub_time is not None

    def receive(self, message: bytes, clock: float) -> DeviceCommand | None:
        """One message of the hub: the command to commit, if there is one.

        Raises RemoteProtocolError: the hub broke the protocol; say goodbye with `Reason.PROTOCOL_ERROR` and come back.
        """
        frame = self._decode(message, self._reading(clock))
        self._keepalive.heard(clock)
        self._arrived_at = clock
        if self._hub_time is None and not isinstance(frame, Welcome | Goodbye | Unknown):
            raise RemoteProtocolError(f"{type(frame).__name__}: before Welcome")
        command = self._take(frame, clock)
        self._out(command)
        if command is None:
            self._pull(clock)
        return command

    def _reading(self, clock: float) -> Reading | None:
        """What lean frames count from; None: no dictionary was agreed on."""
        if self._agreed is None:
            return None
        dictionary = self._dictionaries[self._agreed]
        return Reading(self._newest, self.hub_now(clock), self._down.position.cursor, dictionary)

    def _take(self, frame: Frame, clock: float) -> DeviceCommand | None:
        match frame:
            case Welcome(time, epoch, dictionary):
                self._check_named(dictionary, "Welcome")
                self._hub_time = (time, clock)
                self._newest, self._agreed = epoch, dictionary
                self._up.welcomed(epoch)
                return SetLanguages(None, time) if self._languages_due else None
            case Data():
                if self._down.must_resume(frame):
                    self._send([self._down.position.resume()])
                return self._down.data(frame, self.hub_now(clock))
            case Ahead():
                return self._down.ahead(frame, self.hub_now(clock))
            case Roll():
                self._say_stored()  # none may leave once the roll-call is owed
                return self._down.roll(frame, self.hub_now(clock))
            case Rolled():
                return self._down.rolled(frame, self.hub_now(clock))
            case Stored() | Resume():
                return self._up.stored(frame)
            case Stand():
                return self._up.stand(frame)
            case Refused(epoch, number, reason, words):
                return OutboxRefused(epoch, number, reason, words)
            case Languages(languages):
                return SetLanguages(languages, self.hub_now(clock))
            case Dictionary():
                self._check_named(frame.base, "Dictionary")
                self.offered = frame
            case Ping(token):
                self._send([Pong(token)])
            case Goodbye():
                self.ended = frame
            case Pong() | Unknown():
                pass
            case _:
                raise RemoteProtocolError(f"{type(frame).__name__}: a hub does not send this")
        return None

    def _check_named(self, dictionary: int | None, where: str) -> None:
        if dictionary is not None and dictionary >= len(self.hello.dictionaries):
            raise RemoteProtocolError(f"{where}: dictionary {dictionary} of {len(self.hello.dictionaries)} named")

    def done(self, command: DeviceCommand, outcome: DeviceOutcome, clock: float) -> DeviceCommand | None:
        """A command has been committed: the next command, if there is one."""
        self._back(command)
        if self.ended:
            return None
        match command:
            case KeepItems():
                self._kept(command, self._down.done(command, outcome), clock)
            case OweRollCall() | FinishRollCall():
                self._send(self._down.done(command, outcome))
            case SetLanguages():
                self._send(self._down.again(outcome.lacking))
        following = self._next_command(clock)
        self._out(following)
        if following is None:
            self._pull(clock)
        return following

    def _kept(self, command: KeepItems, frames: list[Frame], clock: float) -> None:
        """Items have been committed. That they are stored may be said a little later."""
        is_confirmation = any(isinstance(frame, Stored) for frame in frames)
        if not is_confirmation or self._confirming.stored(command, self._down.position, self._arrived_at, clock):
            self._send(frames)

    def _send(self, frames: Iterable[Frame]) -> None:
        """What leaves takes along the word that was waiting."""
        leaving = list(frames)
        if any(isinstance(frame, Stored) for frame in leaving):
            self._confirming.said()
        elif leaving:
            self._say_stored()
        super()._send(leaving)

    def _say_stored(self) -> None:
        if self._confirming.is_waiting():
            self._send([self._down.position.stored()])

    def _next_command(self, clock: float) -> DeviceCommand | None:
        if done := self._down.is_again_done():
            return done
        if self._down.must_ask_again():
            return SetLanguages(None, self.hub_now(clock))
        return None

    def outbox_grew(self, clock: float) -> None:
        """Something was written into the outbox (and committed)."""
        if not self.ended and self._command is None:
            self._pull(clock)

    def _pull(self, clock: float) -> None:
        if self.ended:
            return
        frames = self._up.pull()
        self._send(frames)
        if frames:
            self._keepalive.expect(clock)

    def ask_roll_call(self, clock: float) -> None:
        """Have the hub list everything that is in force (what a person asks for who doubts what is shown).

        One that is under way already is the answer.
        """
        if not self._down.is_following():
            return
        self._send([self._down.owing().resume()])
        self._keepalive.expect(clock)

    # -- timers -------------------------------------------------------------------------------------------------------

    def adapt(self, pace: Pace) -> None:
        """From now on this connection is quiet for as long as its network survives; the interval given before is void."""
        self._keepalive.adapt(pace)

    def heard(self, clock: float) -> None:
        """Bytes arrived, even if they are no whole message yet."""
        self._keepalive.heard(clock)

    def broken(self, clock: float) -> None:
        """The connection is over, and neither end wanted that."""
        if not self.ended:
            self._keepalive.broken(clock)

    def deadline(self) -> float:
        """When `tick` has to be called next, in monotonic seconds."""
        due_at, asks_at = self._confirming.due_at, self._keepalive.deadline()
        return asks_at if due_at is None else min(due_at, asks_at)

    def tick(self, clock: float) -> bool:
        """Say what is due, or something if it has been quiet for long. False: the link is dead, an answer is overdue."""
        if self._keepalive.is_dead(clock):
            self.broken(clock)
            return False
        if self._confirming.due_at is not None and clock >= self._confirming.due_at and self._command is None:
            self._say_stored()
        token = self._keepalive.ping_due(clock)
        if token is not None:
            self._send([Ping(token)])
            self._keepalive.expect(clock)
        return True
