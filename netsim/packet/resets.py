"""Breaking TCP connections from the middle: what each end expects next is watched, as a reset must hit it exactly.

field end                router                 hub end
    │ ── … ────────────────> │ ── … ───────────────> │    who acknowledged what, what was delivered
    │                        ×                       │    break_all
    │ <──── RST, expected ── │ ── RST, expected ───> │
    │ ── … ────────────────> │                       │    an end that expected something else by then
    │ <────────────── RST ── │                       │    gets another as soon as it speaks
"""

from __future__ import annotations

from dataclasses import dataclass

from netsim.packet.ip import End, Segment, answering_reset, breaking_reset

CONNECTIONS_MAX = 4096
"""Of more than this the oldest are forgotten."""


@dataclass(slots=True)
class _Half:
    """One end's view of a connection: from `End` to `End` is its key."""

    expected: int | None = None
    is_broken: bool = False


def _is_ahead(sequence: int, of: int) -> bool:
    """Sequence numbers wrap at 2³² (RFC 9293 §3.4)."""
    return 0 < (sequence - of) % 2**32 < 2**31


class Resets:
    """All connections through one router, each end by itself."""

    def __init__(self) -> None:
        self._halves: dict[tuple[End, End], _Half] = {}

    def sent(self, segment: Segment) -> bytes | None:
        """An end has sent this; if its connection is broken, it must not pass, and this is the packet to answer with."""
        ends = (segment.source, segment.target)
        half = self._halves.get(ends)
        if segment.syn and not segment.ack:
            half = self._open(ends)
        if half is None:
            half = self._add(ends)
        if half.is_broken:
            return answering_reset(segment)
        if segment.ack and (half.expected is None or _is_ahead(segment.expected, half.expected)):
            half.expected = segment.expected
        return None

    def _open(self, ends: tuple[End, End]) -> _Half:
        """The ports of a broken connection may be used again."""
        self._halves.pop(ends[::-1], None)
        self._halves.pop(ends, None)
        return self._add(ends)

    def _add(self, ends: tuple[End, End]) -> _Half:
        if len(self._halves) >= 2 * CONNECTIONS_MAX:
            del self._halves[next(iter(self._halves))]
        half = self._halves[ends] = _Half()
        return half

    def delivered(self, segment: Segment) -> None:
        """An end has been given this."""
        half = self._halves.get((segment.target, segment.source))
        if half is None or half.expected is None or segment.rst or _is_ahead(segment.sequence, half.expected):
            return
        if _is_ahead(segment.next_sequence, half.expected):
            half.expected = segment.next_sequence

    def break_all(self) -> list[tuple[End, bytes]]:
        """Break every connection that is known: packets, and to which end each is to be given."""
        packets = []
        for (own, other), half in self._halves.items():
            half.is_broken = True
            if half.expected is not None:
                packets.append((own, breaking_reset(other, own, half.expected)))
        return packets
