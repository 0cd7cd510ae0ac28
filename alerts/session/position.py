"""Where a reader stands in a log, and whether that counts.

A writer begins a new epoch each time it opens its store, so its log is a chain of epochs, its *path*:

        number    1 2 3 4 5 6 7 8 9 ...
        epoch     a a a b b b b c c         path  (a, 1) (b, 4) (c, 8)

Put back from an old copy at number 5, the same store goes on as `a a a b b d d`: numbers 6 and 7 now are other entries
than those that some readers hold. A reader's *as-of* is the highest number by which what it was sent, or spared, has been
judged. If (epoch, as-of) lies on the path, everything that the reader was ever told does; if not, a roll-call follows.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alerts.wire.frames import Resume, Stored

OWES = 1
UNCONFIRMED = 2


class Path:
    """A writer's epochs, each with the first number that it covers, oldest first."""

    def __init__(self, epochs: Iterable[tuple[int, int]] = ()) -> None:
        self._epochs: list[int] = []
        self._firsts: list[int] = []
        self._index: dict[int, int] = {}
        for epoch, first in epochs:
            self.begin(epoch, first)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        return iter(zip(self._epochs, self._firsts, strict=True))

    def begin(self, epoch: int, first: int) -> None:
        """A new epoch whose first number will be `first`."""
        assert epoch > 0, "epoch 0 says that there is none"
        assert epoch not in self._index, f"epoch {epoch} is already on the path"
        assert not self._firsts or first >= self._firsts[-1], "a path only grows"
        self._index[epoch] = len(self._epochs)
        self._epochs.append(epoch)
        self._firsts.append(first)

    def newest(self) -> int:
        """The epoch in which the next entry will be written."""
        return self._epochs[-1]

    def epoch_at(self, number: int) -> int:
        """The epoch of an entry; of number 0 that of the first entry."""
        return self._epochs[max(0, bisect_right(self._firsts, max(number, 1)) - 1)]

    def end(self, epoch: int, head: int) -> int | None:
        """The last number of an epoch in a log that ends at `head`; None where the epoch is not on the path."""
        index = self._index.get(epoch)
        if index is None:
            return None
        return self._firsts[index + 1] - 1 if index + 1 < len(self._firsts) else head

    def holds(self, epoch: int, number: int, head: int) -> bool:
        """Whether the log, which ends at `head`, has the entry (epoch, number)."""
        end = self.end(epoch, head)
        return end is not None and number <= end and self.epoch_at(number) == epoch


@dataclass(frozen=True, slots=True)
class Position:
    """Where a reader stands: what it says in the handshake, in `Stored` and in `Resume`.

    `epoch` is the epoch of `as_of` (0: it was never sent anything); everything up to `cursor`, and each number of `held`
    above it, has been stored; `owes`: a roll-call has begun and is not complete; `unconfirmed`: it holds alerts that a
    fork left without a number; `heard`: the latest time of the hub, in seconds, under which it stored something.
    """

    epoch: int = 0
    cursor: int = 0
    as_of: int = 0
    held: tuple[int, ...] = ()
    owes: bool = False
    unconfirmed: bool = False
    heard: int = 0

    @property
    def flags(self) -> int:
        """`owes` and `unconfirmed` as one small integer."""
        return (OWES if self.owes else 0) | (UNCONFIRMED if self.unconfirmed else 0)

    def stored(self) -> Stored:
        """The position as the frame that confirms it."""
        return Stored(self.epoch, self.cursor, self.as_of, self.held, self.flags, self.heard)

    def resume(self) -> Resume:
        """The position as the frame that asks to be resumed from it."""
        return Resume(self.epoch, self.cursor, self.as_of, self.held, self.flags, self.heard)


def position_of(frame: Stored | Resume) -> Position:
    """The position that a frame states."""
    return Position(
        frame.epoch,
        frame.cursor,
        frame.as_of if frame.as_of is not None else frame.cursor,
        frame.held,
        bool(frame.flags & OWES),
        bool(frame.flags & UNCONFIRMED),
        frame.heard,
    )
