"""The half of a session that owns the log: decides what its one reader is sent, and believes only what it says it stored.

It holds no bytes and no clock. `pull` gives the next frames for as long as the window is open; the encoder, which knows
variants and languages, makes their items.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from alerts import limits
from alerts.audience import Reader, is_for
from alerts.errors import RemoteProtocolError
from alerts.session import catchup
from alerts.session.claim import Claim, rolled, spared_between, spares, stored
from alerts.session.log import Entry, Form, Log, Purpose, grouped
from alerts.session.pacing import InFlight, Pacing
from alerts.session.position import Position
from alerts.session.spans import Spans
from alerts.session.states import SENDER_TRANSITIONS, SenderEvent, Sending, step
from alerts.wire.frames import Ahead, Data, Frame, Roll, Rolled, Want


class Encoder(Protocol):
    """Makes the bytes of an item, once for each variant."""

    def item(self, entry: Entry, form: Form, languages: tuple[str, ...]) -> bytes:
        """The item's bytes in the languages of the reader."""
        ...

    def live(self, entry: Entry, languages: tuple[str, ...]) -> bytes:
        """The finished message of `live_frame`, made once and sent as it is to everybody who asked for these languages."""
        ...


class LeanEncoder(Protocol):
    """Makes lean messages, with the one dictionary that a connection agreed on. None: there is no lean form for this."""

    def live(
        self, entry: Entry, languages: tuple[str, ...], has: Callable[[Entry], bool], newest: int, now: int
    ) -> bytes | None:
        """The message of `live_frame`, made once for each variant; `has` says which earlier alerts the reader surely has."""
        ...

    def is_warm(self, languages: tuple[str, ...]) -> bool:
        """Whether `warm` need not be called for these languages."""
        ...

    def warm(self, languages: tuple[str, ...]) -> None:
        """Get ready to refer to what there is already; may be called on another thread."""
        ...

    def prepare(self, entry: Entry, languages: tuple[str, ...], newest: int, now: int) -> None:
        """Make the message of a new entry before it is asked for; may be called on another thread."""
        ...

    def frame(
        self, frame: Data | Ahead, languages: tuple[str, ...], has: Callable[[Entry], bool], newest: int, now: int
    ) -> bytes | None:
        """The message of a frame of one reader, or of all that stand where it stands."""
        ...


@dataclass(frozen=True, slots=True)
class Live:
    """The frame `Data(n-1, n, [item])` of a new entry: the same bytes for every reader of these languages."""

    entry: Entry
    languages: tuple[str, ...]


def live_frame(entry: Entry, raw: bytes) -> Data:
    """The frame of a new entry that all readers of a variant share; it is judged by itself alone."""
    return Data(entry.epoch, entry.number - 1, entry.number, ((entry.number, raw),), entry.number)


class Sender:
    """Sends one reader what it is due. `now` is the hub's time in whole seconds, `clock` a monotonic one in seconds."""

    def __init__(
        self,
        log: Log,
        device: str,
        position: Position,
        languages: tuple[str, ...],
        encoder: Encoder,
        claim: Claim,
        now: int,
        *,
        shown: int = 0,
    ) -> None:
        self._log = log
        self._device = device
        self._encoder = encoder
        self.languages = languages
        self.claim = claim
        self.pacing = Pacing(shown)
        self.state = Sending.FOLLOWING
        self._roll_upto = 0
        self._roll_listed: frozenset[int] = frozenset()
        self._rolls_unconfirmed: list[tuple[int, frozenset[int]]] = []
        self._begin(position, now)

    # -- where the reader stands --------------------------------------------------------------------------------------

    def _begin(self, position: Position, now: int) -> None:
        counts = self._log.counts(position.epoch, position.as_of) and not position.owes and position.heard <= now
        self._step(SenderEvent.POSITION_COUNTS if counts else SenderEvent.POSITION_FAILS)
        self._unconfirmed = position.unconfirmed
        self._base = self._sent = position.cursor if counts else 0
        self._ahead = set(position.held) if counts else set[int]()
        self._given = set(self._ahead)
        self._given_whole = set[int]()  # of what is held above the cursor it may have the bare withdrawal only
        self.pacing.forget()

    def _step(self, event: SenderEvent) -> None:
        self.state = step(SENDER_TRANSITIONS, self.state, event)

    def reader(self) -> Reader:
        """The reader with its newest audience."""
        return self._log.enrolled[self._device].reader

    def stored(self, position: Position, now: int, clock: float) -> None:
        """The reader says what it has committed.

        Raises RemoteProtocolError: it claims more than it was sent.
        """
        self._step(SenderEvent.STORED)
        if position.cursor > self._sent or not self._ahead.issuperset(position.held):
            raise RemoteProtocolError(
                f"Stored: cursor {position.cursor} and held {list(position.held)}, "
                f"but {self._sent} and {sorted(self._ahead)} were sent"
            )
        self._unconfirmed = position.unconfirmed
        self._ahead = {number for number in self._ahead if number > position.cursor}
        self._believe(position, now, clock)

    def _believe(self, position: Position, now: int, clock: float) -> None:
        """What the hub may now say that the device has."""
        if not self._log.counts(position.epoch, position.as_of):
            return
        before = self.claim
        confirmed = self.pacing.confirmed(position.cursor, frozenset(position.held), clock)
        self.claim = stored(before, position, (frame.spared for frame in confirmed), now)
        while self._rolls_unconfirmed and position.cursor >= self._rolls_unconfirmed[0][0] and not position.owes:
            upto, listed = self._rolls_unconfirmed.pop(0)
            self.claim = rolled(self.claim, before, self._log, self.reader(), upto, listed, now)

    def restart(self, position: Position, now: int, clock: float) -> None:
        """The reader asks to be resumed. One that crossed a list on its way is answered by that list."""
        self._believe(position, now, clock)
        if self.state is Sending.ROLLING:
            self._step(SenderEvent.POSITION_FAILS)
        else:
            self._begin(position, now)

    def close(self) -> None:
        """Nothing more will be sent."""
        self._step(SenderEvent.CLOSE)

    # -- what it is sent ----------------------------------------------------------------------------------------------

    def pull(self, now: int, clock: float) -> Iterator[Frame | Live]:
        """The frames that are due, for as long as the window is open."""
        mark = self._log.enrolled[self._device].number
        if self.state is Sending.FOLLOWING and mark > max(self._sent, self._roll_upto):
            self._step(SenderEvent.AUDIENCE_CHANGED)
        if self.state is Sending.ROLL_DUE:
            yield self._roll(now)
        if self.state is Sending.FOLLOWING:
            while self.pacing.is_open() and (batch := self._choose(now)):
                yield from self._frames(batch, clock)
        if self.state in (Sending.FOLLOWING, Sending.ROLLING):
            yield from self._extreme(now, clock)

    def _may_have(self, key: str) -> bool:
        """Whether the reader may have this alert: from before, held then, given on this connection, or in some other way."""
        entry = self._log.find(key)
        if self._unconfirmed or entry is None:
            return True
        return entry.number <= self._base or entry.number in self._given

    def surely_has(self, entry: Entry, now: int) -> bool:
        """Whether the reader has this alert in full, or will when it has read what was sent before, and nothing else under
        its number: until a roll-call is over, the reader may hold an alert that the log lost under a number given again."""
        if self.state is not Sending.FOLLOWING or self._rolls_unconfirmed:
            return False
        if entry.purpose is Purpose.CANCEL or not is_for(entry.audience, self.reader()):
            return False
        return entry.number in self._given_whole or self.claim.has(entry.number, entry.expires, now)

    def _choose(self, now: int) -> catchup.Batch | None:
        return catchup.choose(
            self._log,
            self.reader(),
            now,
            after=self._sent,
            ahead=self._ahead,
            room_ahead=limits.HELD_MAX - sum(1 for number in self._ahead if number > self._sent),
            items_max=self.pacing.batch_items,
            may_have=self._may_have,
            size=lambda entry, form: len(self._encoder.item(entry, form, self.languages)),
        )

    def _extreme(self, now: int, clock: float) -> Iterator[Frame]:
        """One Extreme entry goes beyond the window, and past a roll-call: it waits for nothing."""
        under_way = limits.EXTREMES_IN_ROLL_CALL if self.state is Sending.ROLLING else 1
        if self.pacing.ahead_in_flight() < under_way and len(self._ahead) < limits.HELD_MAX:
            batch = catchup.choose_extreme(
                self._log, self.reader(), now, after=self._sent, ahead=self._ahead, may_have=self._may_have
            )
            if batch:
                yield self._ahead_frame(batch, clock)

    def _frames(self, batch: catchup.Batch, clock: float) -> Iterator[Frame | Live]:
        if batch.upto is None:
            yield self._ahead_frame(batch, clock)
        elif len(batch.entries) == 1 and batch.entries[0][1] is Form.FULL and self._log.is_newest(batch.entries[0][0]):
            yield from self._live_frames(batch, clock)
        else:
            yield self._data_frame(batch, clock)

    def _ahead_frame(self, batch: catchup.Batch, clock: float) -> Ahead:
        items = self._items(batch)
        numbers = tuple(number for number, _ in items)
        spared = Spans.of(entry.number for entry, form in batch.entries if spares(entry, form))
        self._ahead.update(numbers)
        self.pacing.sent(InFlight(None, numbers, spared, _size(items), clock))
        as_of_epoch, as_of = self._log.as_of()
        return Ahead(batch.epoch, items, as_of, _unless(batch.epoch, as_of_epoch))

    def _data_frame(self, batch: catchup.Batch, clock: float) -> Data:
        assert batch.upto is not None, "a data frame moves the cursor"
        items = self._items(batch)
        given = [entry.number for entry, form in batch.entries if not spares(entry, form)]
        spared = spared_between(self._log, self.reader(), self._sent, batch.upto, {*given, *self._ahead})
        numbers = tuple(number for number, _ in items)
        self.pacing.sent(InFlight(batch.upto, numbers, spared, _size(items), clock))
        as_of_epoch, as_of = self._log.as_of()
        after, self._sent = self._sent, batch.upto
        return Data(batch.epoch, after, batch.upto, items, as_of, _unless(batch.epoch, as_of_epoch))

    def _live_frames(self, batch: catchup.Batch, clock: float) -> Iterator[Frame | Live]:
        """A new entry in the frame that all share; a reader that stands lower gets an empty one before it."""
        entry, form = batch.entries[0]
        below = entry.number - 1
        if self._sent < below:
            yield self._data_frame(catchup.Batch((), self._log.path.epoch_at(below), below), clock)
        self._give([entry.number])
        size = len(self._encoder.item(entry, form, self.languages))
        self.pacing.sent(InFlight(entry.number, (entry.number,), Spans(), size, clock))
        self._sent = entry.number
        yield Live(entry, self.languages)

    def _items(self, batch: catchup.Batch) -> tuple[tuple[int, bytes], ...]:
        """The bytes of a batch; from here on the reader counts as having been given them."""
        self._give(entry.number for entry, form in batch.entries if form is Form.FULL)
        return tuple((entry.number, self._encoder.item(entry, form, self.languages)) for entry, form in batch.entries)

    def _give(self, numbers: Iterable[int]) -> None:
        """These have been put into a frame in full."""
        given = set(numbers)
        self._given |= given
        self._given_whole |= given

    # -- the roll-call ------------------------------------------------------------------------------------------------

    def _roll(self, now: int) -> Roll:
        """The list. Until the reader wants nothing more, no data frame is sent."""
        self._step(SenderEvent.LISTED)
        entries = self._log.roll(self.reader(), now)
        self._roll_listed = frozenset(entry.number for entry in entries)
        self._roll_upto = self._sent = self._log.head
        return Roll(self._log.path.epoch_at(self._log.head), self._log.head, grouped(entries))

    def wanted(self, want: Want, now: int) -> Iterator[Frame]:
        """The answer to a `Want`: one frame of items, and at the end of a roll-call the word that it is complete."""
        if want.roll != (self._roll_upto if self.state is Sending.ROLLING else 0):
            return
        rest = sum(len(numbers) for _, numbers in want.groups)
        if rest:
            frame = self._answer(want, now)
            rest -= frame.answered or 0
            yield frame
        if want.last and rest == 0 and self.state is Sending.ROLLING:
            yield self._rolled(want.epochs)

    def _answer(self, want: Want, now: int) -> Ahead:
        """As many of the first group's numbers as one frame holds; what is no longer in force is passed over."""
        self._step(SenderEvent.WANTED)
        wanted_epoch, numbers = want.groups[0]
        items: list[tuple[int, bytes]] = []
        size = answered = 0
        for number in numbers[: limits.BATCH_ITEMS_MAX]:
            entry = self._log.at(number)
            if entry and entry.epoch == wanted_epoch and self._is_listed(entry, now):
                raw = self._encoder.item(entry, Form.FULL, self.languages)
                size += len(raw)
                if items and size > limits.BATCH_BYTES_MAX:
                    break
                items.append((number, raw))
                self._give([number])
            else:
                self._roll_listed -= {number}
            answered += 1
        as_of_epoch, as_of = self._log.as_of()
        return Ahead(wanted_epoch, tuple(items), as_of, _unless(wanted_epoch, as_of_epoch), answered)

    def _is_listed(self, entry: Entry, now: int) -> bool:
        return self._log.in_force(entry, now) and is_for(entry.audience, self.reader())

    def _rolled(self, epochs: tuple[int, ...]) -> Rolled:
        self._step(SenderEvent.WANTED_LAST)
        upto = self._base = self._sent = self._roll_upto
        self._rolls_unconfirmed.append((upto, self._roll_listed))
        self._ahead = {number for number in self._ahead if number > upto}
        ends = tuple((epoch, end) for epoch in epochs if (end := self._log.path.end(epoch, self._log.head)) is not None)
        epoch = self._log.path.epoch_at(upto)
        as_of_epoch, as_of = self._log.as_of()
        return Rolled(epoch, upto, ends, as_of, _unless(epoch, as_of_epoch))


def _size(items: tuple[tuple[int, bytes], ...]) -> int:
    return sum(len(raw) for _, raw in items)


def _unless(epoch: int, as_of_epoch: int) -> int | None:
    """The epoch of as-of, where the frame does not already say it."""
    return None if as_of_epoch == epoch else as_of_epoch
