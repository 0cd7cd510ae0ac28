"""Questions for tests, one of each kind, and how they stand in the parameters of an info."""

from __future__ import annotations

from typing import Any

from alerts.cap.question import AnswerKind, Question

YES_NO = Question("Is the fridge cold?", AnswerKind.YES_NO)
ONE_OF = Question("How is the road?", AnswerKind.ONE_OF, ("open", "flooded", "closed"))
NUMBER = Question("How many doses are left?", AnswerKind.NUMBER, (), "doses", 0, 500)
IN_WORDS = Question("What is needed?", AnswerKind.TEXT)


def parameters_for(question: Question) -> list[tuple[str, str]]:
    """A question as parameters."""
    named: list[tuple[str, Any]] = [("tocsin.question", question.text), ("tocsin.answer", question.kind)]
    named += [("tocsin.choice", choice) for choice in question.choices]
    named += [("tocsin.unit", question.unit), ("tocsin.min", question.minimum), ("tocsin.max", question.maximum)]
    return [(name, str(value)) for name, value in named if value is not None]
