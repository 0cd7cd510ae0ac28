"""CAP's enumerations: each term with the small integer that stands for it on the wire.

A number is never changed and never given to another term: devices in the field hold records that use it. A new term
takes the next free number. Severity, urgency and certainty are numbered from the gravest on, so the smaller the graver.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self


class Term(StrEnum):
    """A term of one of CAP's lists: as text CAP's own word, with its number on the wire."""

    number: int

    def __new__(cls, word: str, number: int = -1) -> Self:
        """Make the member `word`, numbered `number`. The default lets a type checker accept `Severity("Minor")`."""
        term = str.__new__(cls, word)
        term._value_ = word
        term.number = number
        return term

    @classmethod
    def numbered(cls, number: int) -> Self | None:
        """The term with this number, or None: the writer was newer, or wrong."""
        return next((term for term in cls if term.number == number), None)


class Status(Term):
    """How the alert is to be handled."""

    ACTUAL = "Actual", 0
    EXERCISE = "Exercise", 1
    SYSTEM = "System", 2
    TEST = "Test", 3
    DRAFT = "Draft", 4


class MsgType(Term):
    """What the alert is to those before it."""

    ALERT = "Alert", 0
    UPDATE = "Update", 1
    CANCEL = "Cancel", 2
    ACK = "Ack", 3
    ERROR = "Error", 4


class Scope(Term):
    """Who may see the alert."""

    PUBLIC = "Public", 0
    RESTRICTED = "Restricted", 1
    PRIVATE = "Private", 2


class Category(Term):
    """The kind of event."""

    GEO = "Geo", 0
    MET = "Met", 1
    SAFETY = "Safety", 2
    SECURITY = "Security", 3
    RESCUE = "Rescue", 4
    FIRE = "Fire", 5
    HEALTH = "Health", 6
    ENV = "Env", 7
    TRANSPORT = "Transport", 8
    INFRA = "Infra", 9
    CBRNE = "CBRNE", 10
    OTHER = "Other", 11


class ResponseType(Term):
    """What people should do."""

    SHELTER = "Shelter", 0
    EVACUATE = "Evacuate", 1
    PREPARE = "Prepare", 2
    EXECUTE = "Execute", 3
    AVOID = "Avoid", 4
    MONITOR = "Monitor", 5
    ASSESS = "Assess", 6
    ALL_CLEAR = "AllClear", 7
    NONE = "None", 8


class Urgency(Term):
    """How soon people must act."""

    IMMEDIATE = "Immediate", 0
    EXPECTED = "Expected", 1
    FUTURE = "Future", 2
    PAST = "Past", 3
    UNKNOWN = "Unknown", 4


class Severity(Term):
    """How bad it is; the smaller the number, the worse."""

    EXTREME = "Extreme", 0
    SEVERE = "Severe", 1
    MODERATE = "Moderate", 2
    MINOR = "Minor", 3
    UNKNOWN = "Unknown", 4


class Certainty(Term):
    """How sure it is."""

    OBSERVED = "Observed", 0
    LIKELY = "Likely", 1
    POSSIBLE = "Possible", 2
    UNLIKELY = "Unlikely", 3
    UNKNOWN = "Unknown", 4
