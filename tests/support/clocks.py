"""Clocks that a test sets."""

from __future__ import annotations

from client.clocks import Clocks


class TestClock:
    """A monotonic clock in the test's hands, of a boot that the test names."""

    __test__ = False

    def __init__(self, at: float = 1000.0, boot: str = "boot-1") -> None:
        self.at = at
        self.boot = boot

    def __call__(self) -> float:
        return self.at

    def clocks(self) -> Clocks:
        return Clocks(self, self.boot)
