"""CAP's <references>: the earlier alerts that one is about, as `sender,identifier,sent` triples (CAP 1.2 §3.2.1)."""

from __future__ import annotations

from typing import NamedTuple

from alerts.cap import times


class Reference(NamedTuple):
    """One earlier alert, as it is named; an alert is found by sender and identifier alone."""

    sender: str
    identifier: str
    sent: str

    @property
    def key(self) -> str:
        """The identity of the alert that is meant, as `Alert.key` has it."""
        return f"{self.sender},{self.identifier}"

    @property
    def time_problem(self) -> str | None:
        """What is wrong with the time; the reference counts all the same."""
        try:
            times.read_loosely(self.sent)
        except ValueError as problem:
            return f"{problem}; the alert is found by sender and identifier"
        return None

    @staticmethod
    def problem(text: str) -> str | None:
        """Why `text` is not a triple, or None."""
        parts = text.split(",")
        if len(parts) == 3 and all(parts):
            return None
        return f"{text[:80]!r} is not a triple sender,identifier,sent"


def references_in(text: str | None) -> tuple[Reference, ...]:
    """The triples in the text, white space between them; what is no triple is passed over (rules.py names it)."""
    return tuple(Reference(*word.split(",")) for word in (text or "").split() if Reference.problem(word) is None)
