"""A hub in virtual time: the real log, claims and sessions, on a store that keeps what was committed and nothing else.

What is in `HubStore` survives a kill; everything else in `VirtualHub` does not. Each of its steps is one that a kill can
come before or after: a commit, the sessions' turn, what they send.
"""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

from alerts import limits
from alerts.audience import Reader
from alerts.errors import RemoteProtocolError
from alerts.session import claim as claims
from alerts.session.claim import Claim
from alerts.session.commits import HubCommand, HubOutcome, ReadStand, Refusal, TakeUplink
from alerts.session.goodbye import Reason
from alerts.session.log import Draft, Entry, Log, Purpose
from alerts.session.position import Path
from alerts.session.sender import Encoder
from alerts.session.session import HubSession
from alerts.wire.codec import Codec
from alerts.wire.handshake import unpack_hello
from netsim.judge.invariants import ViolationError, check_takes_effect_once
from netsim.virtual.clock import HubWall
from netsim.virtual.items import VirtualEncoder
from netsim.virtual.network import Link
from netsim.virtual.trace import Trace, said
from server.push.lean import LeanEncoders

REFUSED = b"!"
"""An uplink item that begins so cannot be used by the hub."""


@dataclass(slots=True)
class HubStore:
    """What is durable at a hub."""

    path: list[tuple[int, int]] = field(default_factory=list)
    head: int = 0
    entries: list[Entry] = field(default_factory=list)
    enrolments: list[tuple[int, Reader]] = field(default_factory=list)
    languages: dict[str, tuple[str, ...]] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    outboxes: dict[tuple[str, int], int] = field(default_factory=dict)
    taken: dict[tuple[str, int, int], bytes] = field(default_factory=dict)

    def copy(self) -> HubStore:
        """The store as a backup has it."""
        return HubStore(
            *(list(self.path), self.head, list(self.entries), list(self.enrolments), dict(self.languages)),
            *(dict(self.claims), dict(self.outboxes), dict(self.taken)),
        )

    def read_log(self, now: int) -> Log:
        """The living part, as a hub that opens the store holds it in memory."""
        log = Log(Path(self.path), 0)
        for number, reader in self.enrolments:
            log.head = number - 1
            log.enrol(number, reader)
        log.head = self.head
        for entry in self.entries:
            if entry.lives > now:
                log.restore(entry)
        return log

    def readers_since(self, device: str, number: int) -> list[Reader]:
        """The audiences of a device from the one that held at `number` on."""
        readers: list[Reader] = []
        for first, reader in self.enrolments:
            if reader.device == device:
                readers = [reader] if first <= number else [*readers, reader]
        return readers


@dataclass(slots=True)
class HubEnd:
    """The hub's end of a connection."""

    link: Link
    device: str
    session: HubSession
    received: deque[bytes] = field(default_factory=deque)
    command: HubCommand | None = None
    outcome: HubOutcome | None = None
    must_wake: bool = False


class VirtualHub:
    """One process on one store at a time; `kill` and `start` change the process, `put_back` the store."""

    def __init__(self, wall: HubWall, rng: random.Random, codec: Codec, trace: Trace) -> None:
        self.wall = wall
        self.store = HubStore()
        self.encoder: Encoder = VirtualEncoder(codec)
        self.make_lean: Callable[[], LeanEncoders | None] = lambda: None
        """Makes what devices that name a dictionary are sent with; each process makes its own."""
        self.lean: LeanEncoders | None = None
        self._shown: dict[str, int] = {}
        self.ends: dict[int, HubEnd] = {}
        self._rng = rng
        self._codec = codec
        self._trace = trace
        self._newest: dict[str, int] = {}
        self._openings: dict[int, int] = {}
        self.unwritten: dict[str, Claim] = {}
        self.log = Log(Path(), 0)
        self.changes = 0
        """Grows with every change of what is judged: the log, the claims."""
        self.start()

    # -- the process --------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Open the store: begin an epoch, load what lives."""
        self.changes += 1
        self.lean = self.make_lean()
        self._begin_epoch()
        self.log = self.store.read_log(self.wall.now())

    def _begin_epoch(self) -> None:
        epoch = self._rng.randint(1, limits.EPOCH_MAX)
        self.store.path.append((epoch, self.store.head + 1))
        self._trace.say("hub", "begins epoch {:08x} at #{}", epoch, self.store.head + 1)

    def kill(self) -> list[Link]:
        """Kill -9: only the store is left. Returns the links that hang in the air."""
        links = [end.link for end in self.ends.values()]
        self.ends.clear()
        self._newest.clear()
        self._openings.clear()
        self._shown.clear()
        self.unwritten.clear()
        return links

    def set_clock(self, offset: int) -> None:
        """Somebody sets the wall clock, and the hub sees it step: a new epoch, and goodbye to all."""
        self.wall.offset = offset
        self.start()
        for end in list(self.ends.values()):
            self._say_goodbye(end, Reason.CLOCK_CHANGED)

    # -- the log ------------------------------------------------------------------------------------------------------

    def inherit(self, draft: Draft) -> Entry:
        """The entry of a draft, with what it inherits from alerts that only the store still has."""
        return self.log.inherit(draft, [entry for entry in self.store.entries if entry.key in draft.references])

    def commit_alert(self, draft: Draft) -> Entry:
        """Commit a draft: from here on it is durable, whatever happens next."""
        entry = self.inherit(draft)
        self.changes += 1
        self.store.entries.append(entry)
        self.store.head = entry.number
        return entry

    def take_up(self, entry: Entry) -> None:
        """What was committed is in the log, and every session has something to do."""
        self.changes += 1
        self.log.append(entry)
        self.wake_all()

    def commit_move(self, reader: Reader) -> tuple[int, Reader | None]:
        """Commit a device's audience, and the claim that holds under it. Returns its number and the audience before."""
        self.changes += 1
        number = self.store.head + 1
        before = self.log.enrolled[reader.device].reader if reader.device in self.log.enrolled else None
        self.store.enrolments.append((number, reader))
        self.store.head = number
        if before is not None:
            row = self.unwritten.pop(reader.device, None) or self.claim(reader.device)
            self.store.claims[reader.device] = claims.moved(row, self.log, before, reader)
        return number, before

    def take_up_move(self, number: int, before: Reader | None, reader: Reader) -> None:
        """The committed audience is in the log."""
        self.changes += 1
        self.log.enrol(number, reader)
        if before is not None:
            for end in self.ends.values():
                if end.device == reader.device:
                    end.session.moved(before, reader)
        self.wake_all()

    def wake_all(self) -> None:
        """Every session has its turn, some time."""
        for end in self.ends.values():
            end.must_wake = True

    def set_languages(self, device: str, languages: tuple[str, ...]) -> None:
        """Ops set a device's languages."""
        self.store.languages[device] = languages
        for end in self.ends.values():
            if end.device == device:
                end.session.set_languages(languages)
                self._flush(end)

    # -- connections --------------------------------------------------------------------------------------------------

    def accept(self, link: Link, device: str, hello_value: str) -> None:
        """A handshake has arrived; the newest connection wins for each opening of a store."""
        hello = unpack_hello(hello_value)
        older = self.ends.get(self._openings.get(hello.opening, -1))
        if older is not None:
            self._say_goodbye(older, Reason.REPLACED)
        languages = self.store.languages.get(device)
        agreed = self.lean.agree(hello.dictionaries) if self.lean else None
        session = HubSession(
            *(self.log, device, hello, self.claim(device), self.encoder, self._codec),
            now=self.wall.now(),
            clock=self.wall.monotonic(),
            languages=languages,
            agreed=agreed,
            shown=self._shown.get(device, 0),
        )
        if agreed is not None:
            agreed.encoder.warm(session.languages)
        end = HubEnd(link, device, session)
        self.ends[link.number] = end
        self._newest[device] = self._openings[hello.opening] = link.number
        self._flush(end)

    def claim(self, device: str) -> Claim:
        """The row of a device, as this process knows it."""
        return self.unwritten.get(device) or self.store.claims.get(device, Claim())

    def write_claims(self) -> None:
        """What the newest connections stated becomes durable, in groups."""
        self.store.claims.update(self.unwritten)
        self.unwritten.clear()

    def _say_goodbye(self, end: HubEnd, reason: Reason) -> None:
        self._trace.say("hub", "says goodbye on link {}: {}", end.link.number, reason.name)
        end.session.goodbye(reason)
        self._flush(end)
        self.close(end)

    def close(self, end: HubEnd) -> None:
        """The connection is over for the hub."""
        if self.lean is not None:
            self._shown[end.device] = end.session.shown
        self.ends.pop(end.link.number, None)
        self._newest = {name: number for name, number in self._newest.items() if number != end.link.number}
        self._openings = {opening: number for opening, number in self._openings.items() if number != end.link.number}

    def _flush(self, end: HubEnd) -> None:
        is_newest = self._newest.get(end.device) == end.link.number
        if is_newest and self.unwritten.get(end.device) is not end.session.claim:
            self.changes += 1
            self.unwritten[end.device] = end.session.claim
        messages = end.session.messages()
        if self._trace.is_on:
            for message in messages:
                self._trace.say("hub", "▶ link {}: {}", end.link.number, said(self._codec, message))
        if end.link.is_up:
            end.link.down.send(messages)

    # -- one step of one connection -----------------------------------------------------------------------------------

    def step(self, end: HubEnd) -> bool:
        """The next thing that this connection does: commit, answer, read, or its turn. False: nothing to do."""
        now, clock = self.wall.now(), self.wall.monotonic()
        if end.command is not None and end.outcome is None:
            end.outcome = self._commit(end.device, end.command)
            return True
        if end.command is not None and end.outcome is not None:
            command, outcome = end.command, end.outcome
            end.command = end.outcome = None
            end.session.done(command, outcome, now, clock)
        elif end.received:
            end.command = self._read(end, end.received.popleft(), now, clock)
        elif end.must_wake:
            end.must_wake = False
            end.session.wake(now, clock)
        else:
            return False
        self._flush(end)
        if end.session.ended:
            self.close(end)
        return True

    def _read(self, end: HubEnd, message: bytes, now: int, clock: float) -> HubCommand | None:
        try:
            return end.session.receive(message, now, clock)
        except RemoteProtocolError as error:
            raise ViolationError(6, f"the hub calls {end.device} a breaker of the protocol: {error}") from error

    def _commit(self, device: str, command: HubCommand) -> HubOutcome:
        outboxes = self.store.outboxes
        if isinstance(command, ReadStand):
            return HubOutcome(tuple((epoch, outboxes.get((device, epoch), 0)) for epoch in command.epochs))
        last = outboxes.get((device, command.epoch), 0)
        if command.after > last:
            return HubOutcome(((command.epoch, last),), gap=True)
        refusals = self._take(device, command, last)
        outboxes[device, command.epoch] = max(last, command.upto)
        return HubOutcome(((command.epoch, max(last, command.upto)),), refusals=tuple(refusals))

    def _take(self, device: str, command: TakeUplink, last: int) -> list[Refusal]:
        refusals = []
        for number, raw in command.items:
            if number > last:
                assert (device, command.epoch, number) not in self.store.taken, "the unique key of an uplink item"
                self.store.taken[device, command.epoch, number] = raw
                self._trace.say("hub", "takes {} of {}", raw, device)
                if raw.startswith(REFUSED):
                    refusals.append(Refusal(number, 1, "a stale form"))
        if command.items:
            check_takes_effect_once(Counter(map(str, self.store.taken.values())))
        return refusals

    def tick(self) -> None:
        """Connections whose time has run out are ended."""
        clock = self.wall.monotonic()
        for end in list(self.ends.values()):
            reason = end.session.expired(clock) if clock >= end.session.deadline() else None
            if reason is not None:
                self._say_goodbye(end, reason)

    def is_withdrawal(self, entry: Entry) -> bool:
        """Whether having an entry means having withdrawn what it names."""
        return entry.purpose is Purpose.CANCEL
