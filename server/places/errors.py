"""Why something about places is refused; server/api/problems.py says what each is to whoever asked."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.errors import RefusedError

NAMED_MAX = 10


class _ReferencesError(RefusedError):
    """It is about rows of the roster; `references` names them."""

    words = ""

    def __init__(self, references: Sequence[str]) -> None:
        self.references = tuple(references)
        super().__init__(f"{self.words}: {', '.join(references[:NAMED_MAX])}")


class UnknownReferenceError(_ReferencesError):
    """Rows do not stand in the roster, or not in the areas of whoever asks."""

    words = "the roster has no such rows"


class AlreadyEnrolledError(_ReferencesError):
    """Rows have a device already."""

    words = "these are enrolled already; revoke the device first, if it is lost"


class TooManyChosenError(RefusedError):
    """More devices are chosen than are moved at once."""


class ShapeError(RefusedError):
    """A shape cannot be used: what is the matter, and what would be right."""

    def __init__(self, problem: str, expected: str) -> None:
        super().__init__(f"{problem}; needed: {expected}")
        self.problem = problem
        self.expected = expected
