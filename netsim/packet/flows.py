"""The byte counter: TCP payload of each connection, each way, without what is sent twice, and when each byte passed.

All times and counts are those of the field end, where bytes are paid for: upward at sending, downward at arrival.
The field end opens its connections, so up is from the end that sent the SYN.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self

from netsim.packet.ip import End, Segment


class Mark(NamedTuple):
    """By this moment (monotonic seconds) so many bytes had passed."""

    at: float
    total_bytes: int


@dataclass
class Flow:
    """One connection as the field end saw it, from its SYN on."""

    opener: str
    target: str
    syn_at: float
    up: list[Mark] = field(default_factory=list)
    down: list[Mark] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The form in which a router or proxy process hands it over."""
        return {"opener": self.opener, "target": self.target, "syn_at": self.syn_at, "up": self.up, "down": self.down}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        """The reverse of `as_json`."""
        up, down = ([Mark(*mark) for mark in value[way]] for way in ("up", "down"))
        return cls(value["opener"], value["target"], value["syn_at"], up, down)


def bytes_until(marks: Iterable[Mark], at: float) -> int:
    """How many bytes had passed at this moment."""
    return max((mark.total_bytes for mark in marks if mark.at <= at), default=0)


MARKS_EXACT_MAX = 10_000
_MERGED_SECONDS = 0.1


def note(marks: list[Mark], at: float, new_bytes: int) -> None:
    """Add bytes that passed at this moment; nothing new leaves no mark.

    Of a long connection not every payload leaves one: beyond `MARKS_EXACT_MAX` at most ten a second.
    """
    if not new_bytes:
        return
    mark = Mark(at, (marks[-1].total_bytes if marks else 0) + new_bytes)
    if len(marks) > MARKS_EXACT_MAX and at - marks[-2].at < _MERGED_SECONDS:
        marks[-1] = mark
    else:
        marks.append(mark)


class Coverage:
    """Which bytes of one direction's sequence have been seen, so that none counts twice."""

    def __init__(self, first_sequence: int) -> None:
        self._first_sequence = first_sequence
        self._top = 0
        self._seen: list[tuple[int, int]] = []

    def add(self, sequence: int, length: int) -> int:
        """Take in one segment's payload; returns how many of its bytes are new."""
        start = max(self._offset(sequence), 0)
        end = max(self._offset(sequence) + length, start)
        before = self._total()
        apart = [span for span in self._seen if span[1] < start or span[0] > end]
        joined = [span for span in self._seen if span not in apart] + [(start, end)]
        if end > start:
            self._seen = [*apart, (min(span[0] for span in joined), max(span[1] for span in joined))]
        self._top = max(self._top, end)
        return self._total() - before

    def _offset(self, sequence: int) -> int:
        """The distance from the first byte; sequence numbers wrap at 2³², so take the value nearest to the top."""
        near = (sequence - self._first_sequence - self._top + 2**31) % 2**32 - 2**31
        return self._top + near

    def _total(self) -> int:
        return sum(end - start for start, end in self._seen)


@dataclass
class _Connection:
    flow: Flow
    syn_sequence: int
    up: Coverage
    down: Coverage | None = None


class Tap:
    """Looks at every packet at the field end and keeps one Flow for each connection."""

    def __init__(self) -> None:
        self._connections: dict[tuple[End, End], _Connection] = {}
        self._flows: list[Flow] = []

    @property
    def flows(self) -> list[Flow]:
        """Every connection whose SYN was seen, in that order."""
        return self._flows

    def observe(self, segment: Segment, at: float) -> None:
        """Take one segment into account; what belongs to a connection whose SYN was not seen is passed over."""
        if segment.syn and not segment.ack:
            self._opened(segment, at)
        sent = self._connections.get((segment.source, segment.target))
        received = self._connections.get((segment.target, segment.source))
        if sent:
            note(sent.flow.up, at, sent.up.add(segment.payload_sequence, segment.payload_bytes))
        elif received:
            received.down = received.down or Coverage(segment.payload_sequence)
            note(received.flow.down, at, received.down.add(segment.payload_sequence, segment.payload_bytes))

    def _opened(self, segment: Segment, at: float) -> None:
        ends = (segment.source, segment.target)
        known = self._connections.get(ends)
        if known and known.syn_sequence == segment.sequence:
            return  # the SYN was sent again: the first one counts
        flow = Flow(str(segment.source), str(segment.target), at)
        self._flows.append(flow)
        self._connections[ends] = _Connection(flow, segment.sequence, Coverage(segment.payload_sequence))
