"""Whether a value can be given as the answer to an alert here and now, in words for whoever gives it."""

from __future__ import annotations

from alerts.cap.question import AnswerKind, AnswerValue, Question, check_answer
from alerts.errors import UserError
from client.exits import ExitCode
from client.store.inbox import EntryState, InboxEntry


def checked_answer(entry: InboxEntry, value: AnswerValue) -> AnswerValue:
    """The value, if it can be given as the answer to an alert now.

    Raises UserError: the alert asks nothing, is no longer in force here, or asks for something else.
    """
    question = entry.question
    if question is None:
        raise UserError(f"{entry.identifier} asks nothing", "`tocsin-field inbox` shows what does.", ExitCode.USAGE)
    if entry.state in (EntryState.WITHDRAWN, EntryState.ENDED):
        why = "was replaced or cancelled" if entry.state is EntryState.WITHDRAWN else "is not for this device any more"
        raise UserError(
            f"{entry.identifier} {why}: nobody waits for an answer to it",
            "If something took its place that asks, `tocsin-field inbox` shows it.",
            ExitCode.OVER,
        )
    problem = check_answer(question, value)
    if problem:
        raise UserError(f"the answer {problem}", hint_for(question), ExitCode.USAGE)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def hint_for(question: Question) -> str:
    """What can be answered."""
    match question.kind:
        case AnswerKind.YES_NO:
            return "Answer yes or no."
        case AnswerKind.ONE_OF:
            choices = ", ".join(f"{at} {choice}" for at, choice in enumerate(question.choices, 1))
            return f"Give the number of a choice, or its name: {choices}."
        case AnswerKind.NUMBER:
            bounds = ((question.minimum, "at least"), (question.maximum, "at most"))
            said = " and ".join(f"{words} {bound}" for bound, words in bounds if bound is not None)
            unit = f" of {question.unit}" if question.unit else ""
            return f"Give a number{unit}, like 12 or 4.5{f'; {said}' if said else ''}."
        case AnswerKind.TEXT:
            return "Answer in your own words, 1 to 1000 characters."
