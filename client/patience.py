"""How long to wait for a connection to stand: half a minute, and longer where the link has shown that it takes longer.

A handshake of TCP, one of TLS and the upgrade are three round trips and some kilobytes: most of a minute by short wave.
"""

from __future__ import annotations

PATIENCE_SECONDS_MIN = 30.0
PATIENCE_SECONDS_MAX = 120.0


class Patience:
    """Of one link: doubled when nobody answered in time; twice what it took, once somebody has."""

    def __init__(self) -> None:
        self.seconds = PATIENCE_SECONDS_MIN
        """From the beginning of the next attempt to its 101."""

    def answered(self, took_s: float) -> None:
        """The 101 came after so many seconds."""
        self._set(2 * took_s)

    def unanswered(self) -> None:
        """The time was over before anybody answered."""
        self._set(2 * self.seconds)

    def _set(self, seconds: float) -> None:
        self.seconds = min(max(seconds, PATIENCE_SECONDS_MIN), PATIENCE_SECONDS_MAX)
