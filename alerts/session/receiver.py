"""The half of a session that reads a log: takes what follows its cursor, says where there is a gap, and answers roll-calls.

It turns frames into commands for the store and outcomes into frames. What it has not committed it does not confirm.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from alerts import limits
from alerts.errors import RemoteProtocolError
from alerts.session.commits import DeviceOutcome, FinishRollCall, KeepItems, LanguagesDone, OweRollCall
from alerts.session.position import Position
from alerts.session.states import READER_TRANSITIONS, ReaderEvent, Reading, step
from alerts.wire.frames import Ahead, Data, Frame, Group, Roll, Rolled, Want


class Receiver:
    """Reads the downlink. One command is out at a time; `done` takes its outcome and gives the frames that may now leave."""

    def __init__(self, position: Position) -> None:
        self.position = position
        self.state = Reading.OWING if position.owes else Reading.FOLLOWING
        self._resuming = False
        self._roll: Roll | None = None
        self._asked_epochs: tuple[int, ...] = ()
        self._wanted: deque[tuple[int, int]] = deque()
        self._want_items = 1
        self._is_unanswered = False
        self._again = False
        self._again_interrupted = False

    def _step(self, event: ReaderEvent) -> None:
        self.state = step(READER_TRANSITIONS, self.state, event)

    def close(self) -> None:
        """Nothing more will be read."""
        self._step(ReaderEvent.CLOSE)

    # -- frames in ----------------------------------------------------------------------------------------------------

    def data(self, frame: Data, now: int) -> KeepItems | None:
        """A data frame: what to store, or None where it is left aside (a repetition, a gap, a roll-call is owed).

        Raises RemoteProtocolError: it contradicts itself.
        """
        check_data(frame)
        if frame.after > self.position.cursor:
            self._step(ReaderEvent.GAP)
            return None
        self._step(ReaderEvent.DATA)
        if self.state is Reading.OWING or frame.upto <= self.position.cursor:
            return None
        self._resuming = False
        epoch = frame.epoch if frame.as_of_epoch is None else frame.as_of_epoch
        as_of = frame.upto if frame.as_of is None else frame.as_of
        return KeepItems(frame.epoch, frame.items, frame.upto, as_of, epoch, False, now)

    def must_resume(self, frame: Data) -> bool:
        """Whether a gap is news to the sender: it is told once, not for every frame that was already on its way."""
        news = frame.after > self.position.cursor and self.state is Reading.FOLLOWING and not self._resuming
        self._resuming = self._resuming or news
        return news

    def ahead(self, frame: Ahead, now: int) -> KeepItems:
        """Items out of their order: stored in every state."""
        self._step(ReaderEvent.AHEAD)
        epoch = frame.epoch if frame.as_of_epoch is None else frame.as_of_epoch
        wanted = frame.answered is not None
        if wanted:
            self._answered(frame)
        return KeepItems(frame.epoch, frame.items, None, frame.as_of, epoch, wanted, now)

    def _answered(self, frame: Ahead) -> None:
        answered = frame.answered or 0
        if answered < 1 or answered > len(self._wanted):
            raise RemoteProtocolError(f"Ahead.answered: {answered}, but {len(self._wanted)} were wanted")
        self._is_unanswered = False
        numbers = {self._wanted.popleft() for _ in range(answered)}
        if any((frame.epoch, number) not in numbers for number, _ in frame.items):
            raise RemoteProtocolError("Ahead: an answer with items that were not wanted")

    def roll(self, frame: Roll, now: int) -> OweRollCall:
        """A list: it is owed from its commit on."""
        self._step(ReaderEvent.ROLL)
        self._roll = frame
        self._wanted.clear()
        self._is_unanswered = False
        self._again_interrupted = self._again_interrupted or self._again
        self._again = False
        return OweRollCall(frame.groups, now)

    def rolled(self, frame: Rolled, now: int) -> FinishRollCall:
        """All that was wanted is here: the roll-call can be completed."""
        self._step(ReaderEvent.ROLLED)
        assert self._roll is not None, "the state table lets Rolled in only after a Roll"
        if (frame.epoch, frame.upto) != (self._roll.epoch, self._roll.upto):
            raise RemoteProtocolError(f"Rolled: upto {frame.upto}, but the list went up to {self._roll.upto}")
        epoch = frame.epoch if frame.as_of_epoch is None else frame.as_of_epoch
        groups, self._roll = self._roll.groups, None
        asked = self._asked_epochs
        return FinishRollCall(frame.epoch, frame.upto, groups, asked, frame.ends, frame.as_of, epoch, now)

    # -- commits done -------------------------------------------------------------------------------------------------

    def done(self, command: KeepItems | OweRollCall | FinishRollCall, outcome: DeviceOutcome) -> list[Frame]:
        """What may leave now that a command has been committed."""
        assert outcome.position.cursor >= self.position.cursor or isinstance(command, FinishRollCall), (
            "the cursor moves back only by a roll-call"
        )
        self.position = outcome.position
        if isinstance(command, OweRollCall):
            self._asked_epochs = outcome.epochs
            self._want(outcome.lacking)
            return self._next_want()
        if isinstance(command, FinishRollCall):
            # Somebody may have asked for another roll-call while this one was being committed.
            return [self.position.stored()] if self.state is Reading.FOLLOWING else []
        if command.wanted:
            self._want_items = min(self._want_items * 2, limits.BATCH_ITEMS_MAX)
            if self.must_ask_again():
                self._wanted.clear()
                self._again = False
            return self._next_want()
        if self.state is Reading.FOLLOWING and command.items:
            return [self.position.stored()]
        return []

    def again(self, groups: Iterable[Group]) -> list[Frame]:
        """Ask once more for what is in force, in other languages.

        During a roll-call that has to wait for its end, and while an answer is due, for that: then `must_ask_again`.
        """
        if self.state is not Reading.FOLLOWING or self._is_unanswered:
            self._again_interrupted = True
            return []
        self._again_interrupted = False
        self._again = True
        self._want(groups)
        return self._next_want()

    def must_ask_again(self) -> bool:
        """Whether asking once more had to wait, and need not any longer."""
        return self._again_interrupted and self.state is Reading.FOLLOWING and not self._is_unanswered

    def is_following(self) -> bool:
        """Whether no roll-call is owed."""
        return self.state is Reading.FOLLOWING

    def owing(self) -> Position:
        """Ask for a roll-call: the position, marked as owing one. What still arrives in its order is left aside until then."""
        self._step(ReaderEvent.OWE)
        return replace(self.position, owes=True, held=())

    def is_again_done(self) -> LanguagesDone | None:
        """The command to give once everything that was asked for again is here, or is no longer in force."""
        if self.state is Reading.FOLLOWING and self._again and not self._wanted:
            self._again = False
            return LanguagesDone()
        return None

    # -- asking -------------------------------------------------------------------------------------------------------

    def _want(self, groups: Iterable[Group]) -> None:
        self._wanted = deque((epoch, number) for epoch, numbers in groups for number in numbers)
        self._want_items = 1

    def _next_want(self) -> list[Frame]:
        """The next few numbers of one epoch; in a roll-call the last of them says so."""
        if self.state is Reading.FINISHING:
            return [] if not self._wanted else self._want_frame(last=True)
        if self.state is Reading.FETCHING:
            last = len(self._chunk()) == len(self._wanted)
            if last:
                self._step(ReaderEvent.ASKED_LAST)
            return self._want_frame(last=last)
        return self._want_frame(last=False) if self._wanted else []

    def _chunk(self) -> tuple[int, ...]:
        epoch = self._wanted[0][0] if self._wanted else 0
        chunk: list[int] = []
        for wanted_epoch, number in self._wanted:
            if wanted_epoch != epoch or len(chunk) == self._want_items:
                break
            chunk.append(number)
        return tuple(chunk)

    def _want_frame(self, *, last: bool) -> list[Frame]:
        chunk = self._chunk()
        groups = ((self._wanted[0][0], chunk),) if chunk else ()
        self._is_unanswered = bool(chunk)
        return [Want(groups, self._roll.upto if self._roll else 0, last, self._asked_epochs if last else ())]


def check_data(frame: Data) -> None:
    """That a data frame does not contradict itself; raises RemoteProtocolError."""
    if frame.upto < frame.after:
        raise RemoteProtocolError(f"Data: upto {frame.upto} lies below after {frame.after}")
    before = frame.after
    for number, _ in frame.items:
        if not before < number <= frame.upto:
            raise RemoteProtocolError(f"Data: item {number} is not in order within ({frame.after}, {frame.upto}]")
        before = number
