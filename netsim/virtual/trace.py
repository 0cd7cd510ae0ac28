"""What happened in a run, line by line; costs nothing when nobody reads it."""

from __future__ import annotations

from collections.abc import Callable

from alerts.wire.codec import Codec
from alerts.wire.lean_frames import LEAN


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


def said(codec: Codec, message: bytes) -> object:
    """What a message says, for a line of the trace; a lean one can be read only by who stands where its reader does."""
    return f"a lean message of {len(message)} bytes" if message[0] >= LEAN else codec.decode(message)
