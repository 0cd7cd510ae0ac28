"""The half of an end that receives: putting the stream together, and saying what has arrived.

What comes too early waits for what is missing before it, however long that takes: head-of-line blocking.
"""

from __future__ import annotations

from netsim.virtual.tcp.segment import Segment, Span
from netsim.virtual.tcp.settings import TcpSettings

SACK_SPANS_MAX = 3
"""RFC 2018 §3, with room taken by timestamps."""


class Receiver:
    """`take` gives the bytes that are complete; `ack_due_s` says when an acknowledgement has to leave by itself."""

    def __init__(self, settings: TcpSettings) -> None:
        self._settings = settings
        self.next = 1
        """The number of the next byte that is expected."""
        self.is_finished = False
        """Everything up to the FIN is here."""
        self.echo: float | None = None
        """The timestamp to give back."""
        self.ack_due_s: float | None = None
        self._early: dict[int, Segment] = {}
        self._spans: list[Span] = []
        self._quick_acks = settings.quick_acks
        self._acknowledged = 1
        self._received_at = float("-inf")
        self._is_conversing = False

    def take(self, segment: Segment, now: float) -> bytes:
        """A segment with payload or FIN has arrived: the bytes that are now complete, in order."""
        if segment.sequence <= self._acknowledged:
            self.echo = segment.sent_at  # RFC 7323 §4.3
        if segment.end <= self.next:
            self.ack_due_s = now
            return b""
        if segment.sequence > self.next:
            self._early[segment.sequence] = segment
            self._spans = _with(self._spans, (segment.sequence, segment.end))
            self.ack_due_s = now
            return b""
        had_early = bool(self._early)
        complete = self._advance(segment)
        self._received_at = now
        self._schedule_ack(now, is_urgent=had_early or segment.is_fin)
        return complete

    def _advance(self, segment: Segment) -> bytes:
        parts = []
        following: Segment | None = segment
        while following is not None:
            parts.append(following.payload[self.next - following.sequence :])
            self.next = following.end
            self.is_finished |= following.is_fin
            following = self._early.pop(self.next, None)
        self._early = {start: early for start, early in self._early.items() if early.end > self.next}
        self._spans = [span for span in self._spans if span[1] > self.next]
        return b"".join(parts)

    def _schedule_ack(self, now: float, *, is_urgent: bool) -> None:
        """RFC 5681 §4.2: the second full segment at once, one alone a little later; Linux is quicker at the beginning."""
        is_quick = self._quick_acks > 0 and not self._is_conversing
        is_much = self.next - self._acknowledged > self._settings.segment_bytes_max
        if is_urgent or is_quick or is_much:
            self.ack_due_s = now
        elif self.ack_due_s is None:
            self.ack_due_s = now + self._settings.delayed_ack_s

    def sacks(self) -> tuple[Span, ...]:
        """What is here beyond what is missing, the newest first."""
        return tuple(self._spans[:SACK_SPANS_MAX])

    def said(self, now: float, *, with_data: bool) -> None:
        """A segment left that acknowledges everything up to `next`."""
        if with_data and now - self._received_at < self._settings.delayed_ack_s:
            self._is_conversing = True  # an answer follows soon, and takes the acknowledgement along
        elif self.ack_due_s is not None and self._is_conversing and self.next > self._acknowledged:
            self._is_conversing = False  # it did not
        if self.next > self._acknowledged and self._quick_acks:
            self._quick_acks -= 1
        self._acknowledged = self.next
        self.ack_due_s = None


def _with(spans: list[Span], new: Span) -> list[Span]:
    """The spans with another, joined where they touch, the newest first."""
    apart = [span for span in spans if span[1] < new[0] or span[0] > new[1]]
    joined = [span for span in spans if span not in apart]
    whole = (min([new[0], *(span[0] for span in joined)]), max([new[1], *(span[1] for span in joined)]))
    return [whole, *apart]
