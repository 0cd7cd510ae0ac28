"""From what a person types to the answer of an alert's question."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.cap.question import AnswerKind, AnswerValue, Question, number_of
from alerts.errors import UserError
from client.exits import ExitCode
from client.store import InboxEntry
from client.store.answers import hint_for

YES = frozenset(
    {"yes", "y", "true", "ja", "j", "oui", "o", "si", "sí", "s", "sim", "ndiyo", "ndio", "نعم", "हाँ", "हां", "አዎ"}
)
NO = frozenset({"no", "n", "false", "nein", "non", "não", "nao", "hapana", "la", "لا", "नहीं", "አይ", "አይደለም"})


def read_answer(entry: InboxEntry, text: str) -> AnswerValue:
    """The answer that a person means by a text. Raises UserError: it cannot be one; says what can."""
    question = entry.question
    if question is None:
        return text  # `checked_answer` says what is wrong with that
    match question.kind:
        case AnswerKind.YES_NO:
            return _yes_or_no(question, text)
        case AnswerKind.ONE_OF:
            return _choice(question, entry.questions, text)
        case AnswerKind.NUMBER:
            return _number(question, entry.questions, text)
        case AnswerKind.TEXT:
            return text.strip()


def _wrong(question: Question, text: str, problem: str) -> UserError:
    return UserError(f"{text[:60]!r} {problem}", hint_for(question), ExitCode.USAGE)


def _yes_or_no(question: Question, text: str) -> bool:
    word = text.strip().casefold()
    if word not in YES | NO:
        raise _wrong(question, text, "is neither yes nor no")
    return word in YES


def _choice(question: Question, languages: Sequence[Question], text: str) -> int:
    """A label goes before a number: a choice may be called 2 and be the first."""
    word = text.strip().casefold()
    for asked in languages:
        labels = [choice.casefold() for choice in asked.choices]
        if word in labels and len(labels) == len(question.choices):
            return labels.index(word)
    if word.isascii() and word.isdigit() and 1 <= int(word[:9]) <= len(question.choices):
        return int(word[:9]) - 1
    raise _wrong(question, text, "is none of the choices")


def _number(question: Question, languages: Sequence[Question], text: str) -> int | float:
    number, unit = text.strip(), ""
    if number_of(number) is None:
        number, _, unit = (part.strip() for part in number.partition(" "))
    found = number_of(number)
    if found is None:
        raise _wrong(question, text, "is not a number")
    units = {asked.unit.casefold() for asked in languages if asked.unit}
    if unit and unit.casefold() not in units:
        wanted = f"{question.unit} are asked for" if question.unit else "a number without a unit is asked for"
        raise _wrong(question, text, f"is in {unit}; {wanted}")
    return found
