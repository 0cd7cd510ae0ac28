"""One STOMP 1.2 connection as the hub sees it: states, subscriptions, acks, receipts, transactions, heart-beats. No sockets.

    bytes ──▶ receive ──▶ next_event ──▶ the shell does it ──▶ done, or refuse ──▶ take ──▶ bytes
              deliver ─────────────────────────────────────────────────────────────▲

Frames are dealt with one after the other, so a RECEIPT says that everything before it has been done too. What is refused ends
the connection with an ERROR frame, as STOMP has it: it is the problem that the HTTP API would answer, by name and words.

A message that waits for its ack is *outstanding*; of those a subscription has at most its window, so that a slow subscriber
is never sent more. One that is refused (NACK) is due again later, a few times, and then given up, which counts as settled:
nothing blocks the line.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from alerts.errors import LocalProtocolError, RemoteProtocolError
from alerts.session.states import step
from server.api.problems import MEDIA_TYPE, PROBLEMS, ProblemError, to_json
from server.bridges.stomp import VERSION, Beat, Decoder, Frame, Limits, encode

EOL = b"\n"
MESSAGE_CHARS_MAX = 250
TRANSACTIONS_MAX = 4
IN_TRANSACTION_MAX = 1000
LATENESS = 2.0
"""A peer may be so many times later with a heart-beat than it said; links and schedulers take their time."""

_BEATS = re.compile(r"([0-9]{1,9}),([0-9]{1,9})", re.ASCII)
_COUNT = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


class State(StrEnum):
    """Where a connection stands."""

    OPENED = "not connected"
    JUDGED = "being authenticated"
    READY = "connected"
    CLOSED = "closed"


class Step(StrEnum):
    """What happens to a connection: a frame of the client's, or what the hub decides."""

    CONNECT = "CONNECT"
    STOMP = "STOMP"
    SEND = "SEND"
    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"
    BEGIN = "BEGIN"
    COMMIT = "COMMIT"
    ABORT = "ABORT"
    ACK = "ACK"
    NACK = "NACK"
    DISCONNECT = "DISCONNECT"
    ACCEPTED = "the client was let in"
    ENDED = "the connection ends"


TRANSITIONS: Mapping[tuple[State, Step], State] = {
    (State.OPENED, Step.CONNECT): State.JUDGED,
    (State.OPENED, Step.STOMP): State.JUDGED,
    (State.OPENED, Step.ENDED): State.CLOSED,
    (State.JUDGED, Step.ACCEPTED): State.READY,
    (State.JUDGED, Step.ENDED): State.CLOSED,
    (State.READY, Step.SEND): State.READY,
    (State.READY, Step.SUBSCRIBE): State.READY,
    (State.READY, Step.UNSUBSCRIBE): State.READY,
    (State.READY, Step.BEGIN): State.READY,
    (State.READY, Step.COMMIT): State.READY,
    (State.READY, Step.ABORT): State.READY,
    (State.READY, Step.ACK): State.READY,
    (State.READY, Step.NACK): State.READY,
    (State.READY, Step.DISCONNECT): State.READY,
    (State.READY, Step.ENDED): State.CLOSED,
    (State.CLOSED, Step.ENDED): State.CLOSED,
}
"""An absent pair is the client's mistake. After DISCONNECT the shell ends the connection, when its receipt has left."""


class AckMode(StrEnum):
    """When a message counts as settled."""

    AUTO = "auto"
    """As soon as it has been written."""
    CLIENT = "client"
    """With its ACK, and with that of any later one of the subscription."""
    INDIVIDUAL = "client-individual"
    """With its own ACK."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one connection may ask for. Times in seconds."""

    frame: Limits = field(default_factory=Limits)
    subscriptions_max: int = 20
    window: int = 100
    tries_max: int = 5
    again_after_s: float = 5.0
    """After a first refusal; twice as long after each further one."""
    beat_s: float = 10.0
    """How often the hub can send heart-beats, and how often it would like to get them."""
    connect_s: float = 30.0
    """To the CONNECT frame."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the headers of a SUBSCRIBE ask for, beside destination and ack."""

    after: str | None = None
    durable: str | None = None
    in_force: bool = False
    accept: str | None = None


@dataclass(slots=True)
class _Outstanding:
    """A message that waits for its ack. `again_at`: when it is due again; None: it is with the client."""

    number: int
    tries: int = 1
    again_at: float | None = None


@dataclass(slots=True)
class Subscription:
    """One subscription. `settled` are numbers above the lowest outstanding one that need not be sent again."""

    id: str
    destination: str
    mode: AckMode
    wish: Wish
    window: int
    outstanding: dict[str, _Outstanding] = field(default_factory=dict)
    settled: set[int] = field(default_factory=set)
    upto: int = 0
    """The highest number that was delivered."""
    is_over: bool = False

    @property
    def room(self) -> int:
        """How many messages may be sent now."""
        return self.window if self.mode is AckMode.AUTO else max(0, self.window - len(self.outstanding))

    def standing(self, looked_at: int) -> tuple[int, tuple[int, ...]]:
        """(cursor, settled above it): up to the cursor all is settled. `looked_at`: up to it all that there is was delivered, or
        is not for this subscription."""
        cursor = min((one.number for one in self.outstanding.values()), default=looked_at + 1) - 1
        self.settled = {number for number in self.settled if number > cursor}
        return cursor, tuple(sorted(self.settled))


# -- what a session asks of its shell ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connect:
    """Let this client in (`accept`), or `refuse`."""

    login: str
    passcode: str


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Begin to deliver, or `refuse`."""

    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Deliver no more. `forget`: and forget how far a durable one has come."""

    subscription: Subscription
    forget: bool


@dataclass(frozen=True, slots=True)
class Send:
    """Publish, or `refuse`."""

    destination: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Settled:
    """Messages of a subscription are settled: there is room for others. `given_up`: those that were refused too often."""

    subscription: Subscription
    given_up: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Disconnect:
    """Close when what is to be taken has been written."""


Event = Connect | Subscribe | Unsubscribe | Send | Settled | Disconnect


class StompSession:
    """One connection. `now` is monotonic seconds."""

    def __init__(self, bounds: Bounds, session: str, now: float, *, server: str = "tocsin") -> None:
        self._bounds = bounds
        self._session = session
        self._server = server
        self._decoder = Decoder(limits=bounds.frame)
        self._out: list[bytes] = []
        self._current: Frame | None = None
        self._queue: deque[Frame] = deque()
        self._said: dict[str, str] = {}
        self._transactions: dict[str, list[Frame]] = {}
        self._delivered = 0
        self._beats = (0, 0)
        self._wrote_at = self._heard_at = self._opened_at = now
        self._write_every = self._hear_every = math.inf
        self.state = State.OPENED
        self.subscriptions: dict[str, Subscription] = {}

    # -- what comes ---------------------------------------------------------------------------------------------------

    def receive(self, data: bytes, now: float) -> None:
        """Take bytes from the client."""
        self._heard_at = now
        if self.state is not State.CLOSED:
            self._decoder.feed(data)

    def next_event(self, now: float) -> Event | None:
        """What to do next; the one before has been answered by `done`, `accept` or `refuse`. None: nothing for now."""
        assert self._current is None, "one frame after the other"
        while self.state is not State.CLOSED:
            try:
                frame = self._queue.popleft() if self._queue else self._decoder.next()
                if frame is None:
                    return None
                if isinstance(frame, Beat):
                    continue
                self._current = frame
                event = self._dispatch(frame, now)
            except RemoteProtocolError as error:
                self.refuse(ProblemError("bad-request", str(error)))
                return None
            except ProblemError as problem:
                self.refuse(problem)
                return None
            if event is not None:
                return event
            self.done()
        return None

    def _dispatch(self, frame: Frame, now: float) -> Event | None:
        self.state = step(TRANSITIONS, self.state, Step(frame.command))
        transaction = frame.headers.get("transaction")
        match frame.command:
            case "CONNECT" | "STOMP":
                return self._connect(frame)
            case "BEGIN":
                self._begin(self._needed("transaction"))
            case "COMMIT":
                self._commit(self._needed("transaction"))
            case "ABORT":
                self._abort(self._needed("transaction"))
            case "SEND" | "ACK" | "NACK" if transaction is not None:
                self._keep(transaction, frame)
            case "SUBSCRIBE":
                return self._subscribe()
            case "UNSUBSCRIBE":
                return self._unsubscribe()
            case "SEND":
                return Send(self._needed("destination"), frame.headers, frame.body)
            case "ACK" | "NACK":
                return self._settle(self._needed("id"), now, is_taken=frame.command == "ACK")
            case "DISCONNECT":
                return Disconnect()
        return None

    def _needed(self, name: str) -> str:
        assert self._current is not None, "a frame is being dealt with"
        value = self._current.headers.get(name)
        if value is None:
            raise RemoteProtocolError(f"a {self._current.command} frame needs the header {name}")
        return value

    # -- connecting ---------------------------------------------------------------------------------------------------

    def _connect(self, frame: Frame) -> Connect:
        versions = frame.headers.get("accept-version", "1.0").split(",")
        if VERSION not in (version.strip() for version in versions):
            raise RemoteProtocolError(
                f"the hub speaks STOMP {VERSION} only, and accept-version has {versions[0][:20]!r}"
            )
        beats = _BEATS.fullmatch(frame.headers.get("heart-beat", "0,0"))
        if beats is None:
            raise RemoteProtocolError(
                "heart-beat must read like 10000,10000: milliseconds that can be sent, and are wished"
            )
        self._beats = (int(beats[1]), int(beats[2]))
        return Connect(frame.headers.get("login", ""), frame.headers.get("passcode", ""))

    def accept(self, name: str) -> None:
        """The client is who it says."""
        self.state = step(TRANSITIONS, self.state, Step.ACCEPTED)
        own = round(self._bounds.beat_s * 1000)
        can, wants = self._beats
        self._write_every = max(own, wants) / 1000 if wants else math.inf
        self._hear_every = max(own, can) / 1000 if can else math.inf
        headers = {
            "version": VERSION,
            "session": self._session,
            "server": self._server,
            "heart-beat": f"{own},{own}",
        }
        if name.isprintable():
            headers["user-name"] = name
        self._current = None
        self._write(Frame("CONNECTED", headers))

    # -- subscriptions ------------------------------------------------------------------------------------------------

    def _subscribe(self) -> Subscribe:
        assert self._current is not None, "a frame is being dealt with"
        headers = self._current.headers
        name, destination = self._needed("id"), self._needed("destination")
        if name in self.subscriptions:
            raise RemoteProtocolError(f"there is a subscription {name[:80]!r} already on this connection")
        if len(self.subscriptions) >= self._bounds.subscriptions_max:
            most = self._bounds.subscriptions_max
            raise ProblemError(
                "overloaded", f"a connection has at most {most} subscriptions (limits.subscriptions_max)"
            )
        mode = headers.get("ack", AckMode.AUTO)
        if mode not in set(AckMode):
            raise RemoteProtocolError(f"ack must be one of {', '.join(AckMode)}; found {mode[:40]!r}")
        wish = Wish(headers.get("after"), headers.get("durable"), _flag(headers, "in-force"), headers.get("accept"))
        one = Subscription(name, destination, AckMode(mode), wish, self._window(headers.get("prefetch-count")))
        self.subscriptions[name] = one
        return Subscribe(one)

    def _window(self, wished: str | None) -> int:
        if wished is None:
            return self._bounds.window
        if not _COUNT.fullmatch(wished):
            raise RemoteProtocolError(f"prefetch-count is a number of messages, at least 1; found {wished[:40]!r}")
        return min(int(wished), self._bounds.window)

    def _unsubscribe(self) -> Unsubscribe:
        assert self._current is not None, "a frame is being dealt with"
        one = self.subscriptions.pop(self._needed("id"), None)
        if one is None:
            raise RemoteProtocolError("there is no such subscription on this connection")
        one.is_over = True
        return Unsubscribe(one, _flag(self._current.headers, "forget"))

    # -- messages -----------------------------------------------------------------------------------------------------

    def deliver(self, subscription: Subscription, number: int, headers: Mapping[str, str], body: bytes) -> None:
        """Send a message of a subscription that has room; one that is due again too."""
        known = next(
            (
                name
                for name, one in subscription.outstanding.items()
                if one.number == number and one.again_at is not None
            ),
            None,
        )
        said = {"subscription": subscription.id, **headers}
        if subscription.mode is not AckMode.AUTO:
            name = str(self._delivered + 1)
            again = subscription.outstanding.pop(known) if known is not None else None
            tries = again.tries + 1 if again is not None else 1
            if again is not None:
                said |= {"redelivered": "true", "delivery": str(tries)}
            elif not subscription.room:
                raise LocalProtocolError(f"subscription {subscription.id!r} has its window full")
            subscription.outstanding[name] = _Outstanding(number, tries)
            said["ack"] = name
        self._delivered += 1
        subscription.upto = max(subscription.upto, number)
        self._write(Frame("MESSAGE", _writable(said), body))

    def _settle(self, name: str, now: float, *, is_taken: bool) -> Settled | None:
        self._check_ack(name)
        owner = next((one for one in self.subscriptions.values() if name in one.outstanding), None)
        if owner is None:
            return None
        given_up: list[int] = []
        for ack in self._meant(owner, name):
            one = owner.outstanding[ack]
            if is_taken or one.tries >= self._bounds.tries_max:
                del owner.outstanding[ack]
                owner.settled.add(one.number)
                given_up += [] if is_taken else [one.number]
            else:
                one.again_at = now + self._bounds.again_after_s * 2 ** (one.tries - 1)
        return Settled(owner, tuple(given_up))

    def _check_ack(self, name: str) -> None:
        """That a message was sent under this name. One that was settled by a later one, or whose subscription has ended since,
        is nobody's mistake."""
        if not (_COUNT.fullmatch(name) and int(name) <= self._delivered):
            raise RemoteProtocolError(f"no message was sent here whose header ack was {name[:40]!r}")

    def pass_over(self, subscription: Subscription, number: int) -> None:
        """A message that is due again cannot be sent any more: it is settled."""
        for name, one in list(subscription.outstanding.items()):
            if one.number == number and one.again_at is not None:
                del subscription.outstanding[name]
                subscription.settled.add(number)

    def _meant(self, owner: Subscription, name: str) -> list[str]:
        """Which of the outstanding messages an ACK or NACK is about; one that is due again is with the hub, not the client."""
        upto = int(name) if owner.mode is AckMode.CLIENT else 0
        meant = [ack for ack in owner.outstanding if ack == name or int(ack) <= upto]
        return [ack for ack in meant if owner.outstanding[ack].again_at is None]

    def due(self, subscription: Subscription, now: float) -> list[int]:
        """The numbers of messages to be sent again now."""
        waiting = subscription.outstanding.values()
        return [one.number for one in waiting if one.again_at is not None and one.again_at <= now]

    # -- transactions -------------------------------------------------------------------------------------------------

    def _begin(self, name: str) -> None:
        if name in self._transactions:
            raise RemoteProtocolError(f"the transaction {name[:80]!r} has begun already")
        if len(self._transactions) >= TRANSACTIONS_MAX:
            raise ProblemError("overloaded", f"a connection has at most {TRANSACTIONS_MAX} transactions at once")
        self._transactions[name] = []

    def _keep(self, name: str, frame: Frame) -> None:
        one = self._transaction(name)
        if frame.command == "SEND" and any(kept.command == "SEND" for kept in one):
            raise ProblemError("bad-request", "a transaction has one SEND: alerts are published one at a time")
        if frame.command == "SEND":
            self._needed("destination")
        else:
            self._check_ack(self._needed("id"))
        if len(one) >= IN_TRANSACTION_MAX:
            raise ProblemError("overloaded", f"a transaction has at most {IN_TRANSACTION_MAX} frames")
        headers = {key: value for key, value in frame.headers.items() if key not in ("transaction", "receipt")}
        one.append(Frame(frame.command, headers, frame.body))

    def _commit(self, name: str) -> None:
        """What was kept is done now: first the SEND, which can be refused, then the acks; the receipt is that of the last."""
        assert self._current is not None, "a frame is being dealt with"
        frames = sorted(self._transaction(name), key=lambda frame: frame.command != "SEND")
        del self._transactions[name]
        receipt = self._current.headers.get("receipt")
        if receipt is not None and frames:
            self._current = None
            last = frames[-1]
            frames[-1] = Frame(last.command, {**last.headers, "receipt": receipt}, last.body)
        self._queue.extend(frames)

    def _abort(self, name: str) -> None:
        self._transaction(name)
        del self._transactions[name]

    def _transaction(self, name: str) -> list[Frame]:
        one = self._transactions.get(name)
        if one is None:
            raise RemoteProtocolError(f"no transaction {name[:80]!r} has begun")
        return one

    # -- answers ------------------------------------------------------------------------------------------------------

    def done(self, headers: Mapping[str, str] | None = None) -> None:
        """What was asked for has been done; its receipt, if there is to be one, may have more to say."""
        current, self._current = self._current, None
        self._said |= _writable(headers or {})
        if current is not None and "receipt" in current.headers:
            self._write(Frame("RECEIPT", {**self._said, "receipt-id": current.headers["receipt"]}))
        if not self._queue:  # of a transaction the last one tells what all have to say
            self._said = {}

    def refuse(self, problem: ProblemError) -> None:
        """End the connection with a problem: that of the frame that is being dealt with, or of none."""
        if self.state is State.CLOSED:
            return
        current, self._current = self._current, None
        words = (problem.detail or PROBLEMS[problem.name].meaning).replace("\0", "\ufffd")
        headers = {
            "message": words[:MESSAGE_CHARS_MAX],
            "problem": problem.name,
            "version": VERSION,
            "content-type": MEDIA_TYPE,
        }
        # A connection that has no version yet reads ERROR as it may: nothing that needs an escape stands in it.
        if self.state in (State.OPENED, State.JUDGED):
            headers["message"] = re.sub(r"[\r\n\\:]", " ", headers["message"])
        if current is not None and "receipt" in current.headers:
            headers["receipt-id"] = current.headers["receipt"]
        self._write(Frame("ERROR", headers, to_json(problem)))
        self.end()

    def end(self) -> None:
        """The connection is over."""
        self.state = step(TRANSITIONS, self.state, Step.ENDED)
        self._current = None
        self._queue.clear()
        for one in self.subscriptions.values():
            one.is_over = True

    def _write(self, frame: Frame) -> None:
        self._out.append(encode(frame))

    def take(self, now: float) -> list[bytes]:
        """What is to be written now: frames, and heart-beats."""
        taken, self._out = self._out, []
        if taken:
            self._wrote_at = now
        return taken

    # -- time ---------------------------------------------------------------------------------------------------------

    def tick(self, now: float) -> str | None:
        """Look at the time: a heart-beat may be due. Why the connection is to be cut, or None."""
        if self.state in (State.OPENED, State.JUDGED) and now >= self._opened_at + self._bounds.connect_s:
            return "no CONNECT frame came in time"
        if now >= self._heard_at + LATENESS * self._hear_every:
            return "no heart-beat came in time"
        if self.state is State.READY and now >= self._wrote_at + self._write_every:
            self._out.append(EOL)
        return None

    def deadline(self) -> float:
        """When to look again."""
        again = [
            one.again_at
            for subscription in self.subscriptions.values()
            for one in subscription.outstanding.values()
            if one.again_at is not None
        ]
        unknown = self._opened_at + self._bounds.connect_s if self.state in (State.OPENED, State.JUDGED) else math.inf
        beats = (self._wrote_at + self._write_every, self._heard_at + LATENESS * self._hear_every)
        return min(*beats, unknown, *again) if again else min(*beats, unknown)


def _writable(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers with nothing in them that STOMP cannot write."""
    return {name: value.replace("\0", "\ufffd") for name, value in headers.items()}


def _flag(headers: Mapping[str, str], name: str) -> bool:
    said = headers.get(name, "false")
    if said not in ("true", "false"):
        raise RemoteProtocolError(f"{name} must be true or false; found {said[:40]!r}")
    return said == "true"


def refuse_destination(destination: str) -> NoReturn:
    """A destination that is none. Raises ProblemError."""
    raise ProblemError(
        "not-found",
        f"{destination[:100]!r} is no destination here; there are /alerts, /alerts/area/CODE and /events to subscribe to, "
        "and /alerts to send to",
    )
