"""What happened in a run, line by line; costs nothing when nobody reads it."""

from __future__ import annotations

from collections.abc import Callable


class Trace:
    """The lines of one run. `time` gives the virtual seconds since its start."""

    def __init__(self, *, is_on: bool, time: Callable[[], float]) -> None:
        self.is_on = is_on
        self.lines: list[str] = []
        self._time = time

    def say(self, who: str, what: str, *values: object) -> None:
        """One line: when, who, what. `what` is a format for `values`, filled only if somebody reads."""
        if self.is_on:
            self.lines.append(f"{self._time():>12.1f} s  {who:<6} {what.format(*values)}")

    def text(self) -> str:
        """The whole trace."""
        return "\n".join(self.lines)
