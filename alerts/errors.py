"""Every error that Tocsin raises on purpose, in one tree.

TocsinError
├── InvalidAlertError      an alert breaks CAP or our rules; carries every violation with its path
├── RemoteProtocolError    the peer broke the protocol: say goodbye with its reason, resume from the cursor
├── LocalProtocolError     our own caller broke the protocol: a bug on this side
└── UserError              what a person asked for cannot be done; the text says what, where and what to do
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class TocsinError(Exception):
    """The root of the tree; never raised itself."""


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong: where (`info[0].area[1].polygon[0]`), what, and the line of the file where known."""

    path: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"line {self.line}: {self.path}" if self.line else self.path
        return f"{where}: {self.problem}"


class InvalidAlertError(TocsinError):
    """An alert that cannot be accepted, with all that is wrong with it, not only the first thing."""

    def __init__(self, violations: Sequence[Violation]) -> None:
        assert violations, "an error without a violation says nothing"
        self.violations = tuple(violations)
        super().__init__("; ".join(str(violation) for violation in violations))


class RemoteProtocolError(TocsinError):
    """The peer sent what the protocol does not allow."""


class LocalProtocolError(TocsinError):
    """This side asked its session for something that the protocol does not allow now."""


class UserError(TocsinError):
    """What a person asked for cannot be done. `hint` says what to do next, `exit_code` what a command returns."""

    def __init__(self, message: str, hint: str = "", exit_code: int = 1) -> None:
        super().__init__(message)
        self.hint = hint
        self.exit_code = exit_code
