"""How much to send before the reader has confirmed: small steps on bad links, larger ones as they are confirmed in time.

Batches start at one item, or with what the link carried in time on the connection before, and double with each `Stored` that
comes in time; one that comes late halves them. At most two
frames are under way, so what is urgent and new waits for one batch, not for a minute of buffered history.
"""

from __future__ import annotations

from dataclasses import dataclass

from alerts import limits
from alerts.session.spans import Spans

ITEM_BYTES = 512
"""What an item is reckoned with where only bytes are known: most are smaller."""

FIRST_ITEMS_MAX = 32


@dataclass(frozen=True, slots=True)
class InFlight:
    """A frame that the reader has not confirmed. `upto` None: its `numbers` went ahead. Times are monotonic seconds."""

    upto: int | None
    numbers: tuple[int, ...]
    spared: Spans
    size: int
    sent_at: float

    def is_covered(self, cursor: int, held: frozenset[int]) -> bool:
        """Whether a reader that states this has stored the frame."""
        if self.upto is not None:
            return self.upto <= cursor
        return all(number <= cursor or number in held for number in self.numbers)


class Pacing:
    """The window of one sender. Only frames with items wait for their confirmation; the others ride with the next one."""

    def __init__(self, shown: int = 0) -> None:
        """`shown`: bytes of items in one frame that the reader's link has lately carried in time."""
        self.batch_items = min(max(shown // ITEM_BYTES, 1), FIRST_ITEMS_MAX)
        self._shown = 0
        self._in_flight: list[InFlight] = []

    def shown(self) -> int:
        """The bytes of items in the largest frame that was confirmed in time; 0 where one is still out: its link may be
        gone, and whoever comes back on a worse one must not be sent much at once."""
        return 0 if any(frame.numbers for frame in self._in_flight) else self._shown

    def is_open(self) -> bool:
        """Whether another frame may be sent now."""
        return sum(1 for frame in self._in_flight if frame.numbers) < limits.FRAMES_IN_FLIGHT_MAX

    def ahead_in_flight(self) -> int:
        """How many of the frames under way went ahead."""
        return sum(1 for frame in self._in_flight if frame.upto is None)

    def sent(self, frame: InFlight) -> None:
        """A frame has been sent."""
        self._in_flight.append(frame)

    def confirmed(self, cursor: int, held: frozenset[int], clock: float) -> list[InFlight]:
        """The frames that a position confirms; the batch size follows how long they took."""
        done = [frame for frame in self._in_flight if frame.is_covered(cursor, held)]
        self._in_flight = [frame for frame in self._in_flight if frame not in done]
        for frame in done:
            if frame.numbers:
                self._adapt(frame, clock)
        return done

    def _adapt(self, frame: InFlight, clock: float) -> None:
        is_late = clock - frame.sent_at > limits.BATCH_SECONDS
        size = self.batch_items // 2 if is_late and len(frame.numbers) > 1 else self.batch_items * 2
        self.batch_items = min(max(size, 1), limits.BATCH_ITEMS_MAX)
        self._shown = self._shown // 2 if is_late else max(self._shown, frame.size)

    def forget(self) -> None:
        """Nothing is under way any more: the reader starts again from its cursor."""
        self._in_flight = []

    def stalled_at(self) -> float | None:
        """When the oldest frame will have gone unconfirmed for longer than on the slowest link that is served."""
        waiting = [frame for frame in self._in_flight if frame.numbers]
        if not waiting:
            return None
        size = sum(frame.size for frame in waiting)
        return waiting[0].sent_at + 3 * limits.ANSWER_SECONDS + size / limits.SLOWEST_BYTES_PER_SECOND
