"""A recorded course of rate, loss and delay at work on one direction of a link."""

from __future__ import annotations

from netsim.profiles.trace import Track


class Replay:
    """A track that began at `begins_at` (seconds). It is also the rate of a bottleneck: bits pass as its steps allow."""

    def __init__(self, track: Track, begins_at: float) -> None:
        assert any(step.rate_bit_s != 0 for step in track.steps), f"{track.file}: nothing ever passes"
        self._track, self._begins_at = track, begins_at
        self.has_rate = any(step.rate_bit_s is not None for step in track.steps)
        """Whether it says how fast bits pass."""

    def sent_at(self, start: float, bits: int) -> float:
        """When the last of these bits has passed, if the first begins at `start`; a rate of 0 makes them wait."""
        left, now_s = float(bits), start - self._begins_at
        while True:
            rate_bit_s = self._track.at(now_s).rate_bit_s
            if rate_bit_s is None:
                return now_s + self._begins_at
            change_s = self._track.next_change_s(now_s)
            if left <= rate_bit_s * (change_s - now_s):
                return now_s + left / rate_bit_s + self._begins_at
            left -= rate_bit_s * (change_s - now_s)
            now_s = change_s

    def loss(self, at: float) -> float:
        """The share of packets lost at this moment."""
        return self._track.at(at - self._begins_at).loss or 0.0

    def delay_ms(self, at: float) -> float | None:
        """The one-way delay at this moment; None where it says none."""
        return self._track.at(at - self._begins_at).delay_ms
