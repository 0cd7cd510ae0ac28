"""The congestion window, in segments: slow start, and what comes after it by CUBIC (RFC 9438) or Reno (RFC 5681)."""

from __future__ import annotations

from netsim.virtual.tcp.settings import TcpSettings

CUBIC_FACTOR, CUBIC_BETA = 0.4, 0.7
"""C and β of RFC 9438 §5.1."""

RENO_BETA = 0.5
WINDOW_MIN = 2.0


class Congestion:
    """The window of one sender. `window` is in segments, times in seconds."""

    def __init__(self, settings: TcpSettings) -> None:
        self._settings = settings
        self._is_cubic = settings.congestion == "cubic"
        self.window = float(settings.initial_window_segments)
        self.threshold = float("inf")
        """Below it is slow start."""
        self._window_max = 0.0
        self._began_at: float | None = None
        self._reno_window = 0.0

    def acknowledged(self, segments: int, now: float, rtt_s: float) -> None:
        """So many segments arrived while the window was in use to the full."""
        if self.window < self.threshold:
            room = self.threshold - self.window
            self.window += min(segments, room)
            segments -= int(min(segments, room))
        if segments <= 0:
            return
        if self._is_cubic:
            self._grow_cubic(segments, now, rtt_s)
        else:
            self.window += segments / self.window

    def _grow_cubic(self, segments: int, now: float, rtt_s: float) -> None:
        if self._began_at is None:
            self._began_at = now
            self._reno_window = self.window
            self._window_max = max(self._window_max, self.window)
            self._flat_after_s = ((self._window_max - self.window) / CUBIC_FACTOR) ** (1 / 3)
        target = self._window_max + CUBIC_FACTOR * (now - self._began_at + rtt_s - self._flat_after_s) ** 3
        target = min(max(target, self.window), 1.5 * self.window)
        # RFC 9438 §4.3: never slower than Reno would be with the same β.
        self._reno_window += segments * 3 * (1 - CUBIC_BETA) / (1 + CUBIC_BETA) / self.window
        self.window = max(self.window + segments * (target - self.window) / self.window, self._reno_window)

    def lost(self) -> None:
        """Something was lost and found by what came after it: slower from here on."""
        self._lower_threshold()
        self.window = self.threshold

    def timed_out(self, in_flight: int) -> None:
        """Nothing came back: one segment at a time, then slow start up to the lowered threshold."""
        self._lower_threshold()
        self.window = in_flight + 1.0

    def _lower_threshold(self) -> None:
        beta = CUBIC_BETA if self._is_cubic else RENO_BETA
        # RFC 9438 §4.7: whoever lost before it came back to the old maximum leaves room to others.
        falls_again = self.window < self._window_max
        self._window_max = self.window * (1 + CUBIC_BETA) / 2 if falls_again else self.window
        self._began_at = None
        self.threshold = max(self.window * beta, WINDOW_MIN)

    def idle(self, seconds: float, timeout_s: float) -> None:
        """Nothing was sent for so long: what the window said of the path is old (RFC 5681 §4.1)."""
        restart = min(float(self._settings.initial_window_segments), self.window)
        if not self._settings.has_slow_start_after_idle or seconds <= timeout_s:
            return
        self.threshold = max(self.threshold, 0.75 * self.window) if self.threshold != float("inf") else self.threshold
        while seconds > timeout_s and self.window > restart:
            self.window /= 2
            seconds -= timeout_s
        self.window = max(self.window, restart)
        self._began_at = None
