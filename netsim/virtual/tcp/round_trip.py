"""How long an answer takes, and how long to wait for one: RFC 6298 in the way of Linux."""

from __future__ import annotations

from netsim.virtual.tcp.settings import TcpSettings


class RoundTrip:
    """The estimate of one sender. Times in seconds.

    Linux differs from RFC 6298 in two ways that show: the least is that of the variation (RTO = SRTT + 200 ms on a calm
    link), and the variation is the largest of the last round trip, falling by a quarter each, so that one calm answer
    does not end the caution.
    """

    def __init__(self, settings: TcpSettings) -> None:
        self._settings = settings
        self.smoothed_s: float | None = None
        self.least_s: float | None = None
        self._deviation_s = self._deviation_max_s = 0.0
        self._variation_s = settings.timeout_min_s
        self._window_ends = 0
        self.backoff = 0
        """Timeouts in a row."""

    def sample(self, seconds: float, acknowledged: int, sent: int) -> None:
        """An answer took so long. `acknowledged` and `sent` are the sequence numbers up to which that holds now."""
        self.backoff = 0
        self.least_s = seconds if self.least_s is None else min(self.least_s, seconds)
        least = self._settings.timeout_min_s
        if self.smoothed_s is None:
            self.smoothed_s = seconds
            self._deviation_s = 2 * seconds
            self._variation_s = self._deviation_max_s = max(self._deviation_s, least)
            self._window_ends = sent
            return
        off = seconds - self.smoothed_s
        self.smoothed_s += off / 8
        grows = abs(off) - self._deviation_s / 4
        if off < 0 < grows:
            grows /= 8  # an answer that came early is no reason to wait much longer
        self._deviation_s += grows
        if self._deviation_s > self._deviation_max_s:
            self._deviation_max_s = self._deviation_s
            self._variation_s = max(self._variation_s, self._deviation_max_s)
        if acknowledged > self._window_ends:
            if self._deviation_max_s < self._variation_s:
                self._variation_s -= (self._variation_s - self._deviation_max_s) / 4
            self._window_ends = sent
            self._deviation_max_s = least

    @property
    def timeout_s(self) -> float:
        """How long to wait before sending again; doubled with each timeout in a row."""
        first = self._settings.syn_timeout_s if self.smoothed_s is None else self.smoothed_s + self._variation_s
        return min(first * 2.0**self.backoff, self._settings.timeout_max_s)
