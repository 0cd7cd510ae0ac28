"""Questions: an alert can ask one, and whoever has it answers from the device.

CAP has no element for that, but a place for what systems add, `info.parameter`. So a question travels in CAP XML like
everything else, each info asks in its own language, and who does not know these names sees parameters:

    tocsin.question   the question
    tocsin.answer     yes-no | one-of | number | text
    tocsin.choice     one-of: a choice; repeated, 2 to 20
    tocsin.unit       number: what it counts, like "doses"; may be absent
    tocsin.min        number: the least that is taken; may be absent
    tocsin.max        number: the most; may be absent

An answer has no language: true or false, the place of the choice from 0 on, a number, or text. What is wrong in a
question of JSON is a violation, in one of XML a remark (see rules.py); a question with a fault asks nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from alerts.cap.language import UNSTATED
from alerts.errors import Violation
from alerts.limits import ANSWER_CHARS_MAX, NUMBER_MAX

if TYPE_CHECKING:
    from alerts.cap.model import Alert, Info

TEXT, KIND, CHOICE = "tocsin.question", "tocsin.answer", "tocsin.choice"
UNIT, MINIMUM, MAXIMUM = "tocsin.unit", "tocsin.min", "tocsin.max"

QUESTION_CHARS_MAX = 500
CHOICE_CHARS_MAX = 100
UNIT_CHARS_MAX = 30
CHOICES_MIN, CHOICES_MAX = 2, 20

AnswerValue = bool | int | float | str
Parameters = Sequence[tuple[str, str]]
"""The parameters of an info: names and values, in their order."""

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)


class AnswerKind(StrEnum):
    """What a question wants to hear."""

    YES_NO = "yes-no"
    ONE_OF = "one-of"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """A question in one language. `choices` are there for one-of, `unit`, `minimum` and `maximum` for a number."""

    text: str
    kind: AnswerKind
    choices: tuple[str, ...] = ()
    unit: str | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None

    @property
    def shape(self) -> tuple[AnswerKind, int, int | float | None, int | float | None]:
        """What must be the same in all languages, because answers have none."""
        return self.kind, len(self.choices), self.minimum, self.maximum


def question_of(info: Info) -> Question | None:
    """What an info asks; None: nothing, or in a way that cannot be understood."""
    return read_question(parameters_of(info))


def read_question(parameters: Parameters) -> Question | None:
    """What an info with these parameters asks."""
    return _Reader(parameters, "").question()


def questions_of(alert: Alert) -> list[tuple[str | None, Question]]:
    """What an alert asks, with the language of each info that does. Answers are judged by the first one."""
    found = ((info.language, question_of(info)) for info in alert.info)
    return [(language, question) for language, question in found if question]


def parameters_of(info: Info) -> Parameters:
    """The names and values of an info's parameters."""
    return [(parameter.value_name, parameter.value) for parameter in info.parameter]


def problems(infos: Sequence[Parameters]) -> Iterator[Violation]:
    """What is wrong with the questions of an alert's infos, and where they do not ask for the same."""
    first: tuple[str, Question] | None = None
    for index, parameters in enumerate(infos):
        at = f"info[{index}].parameter"
        reader = _Reader(parameters, at)
        question = reader.question()
        yield from reader.violations
        if question and first and question.shape != first[1].shape:
            wanted, found = _shape(first[1]), _shape(question)
            yield Violation(at, f"asks for {found}, {first[0]} for {wanted}; all languages must ask for the same")
        if question and not first:
            first = at, question


def languages_not_asked(alert: Alert) -> list[str]:
    """The languages of an alert that asks in which nothing is asked: who reads them cannot answer."""
    asking = {(language or UNSTATED).lower() for language, _ in questions_of(alert)}
    stated = dict.fromkeys(info.language or UNSTATED for info in alert.info)
    return [language for language in stated if asking and language.lower() not in asking]


def check_answer(question: Question, value: AnswerValue) -> str | None:
    """What is wrong with a value as the answer to a question, in words; None: it fits."""
    match question.kind:
        case AnswerKind.YES_NO:
            return None if isinstance(value, bool) else f"must be true or false; found {_kind_of(value)}"
        case AnswerKind.ONE_OF:
            return _choice_problem(len(question.choices), value)
        case AnswerKind.NUMBER:
            return _number_problem(question, value)
        case AnswerKind.TEXT:
            return f"must be text; found {_kind_of(value)}" if not isinstance(value, str) else value_problem(value)


def value_problem(value: object) -> str | None:
    """What is wrong with a value whatever was asked; None: it can be an answer."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        if not value.strip():
            return "is empty; expected at least one character"
        too_long = len(value) > ANSWER_CHARS_MAX
        return f"expected at most {ANSWER_CHARS_MAX} characters, found {len(value)}" if too_long else None
    if isinstance(value, int):
        return None if abs(value) <= NUMBER_MAX else f"is larger than {NUMBER_MAX}"
    if isinstance(value, float):
        return None if math.isfinite(value) else "is not a finite number"
    return f"must be true or false, a number or text; found {type(value).__name__}"


def number_of(text: str) -> int | float | None:
    """The number that a text is: a whole one as such; None: it is none."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text) if "." in text else int(text)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if abs(value) <= NUMBER_MAX else None


def _choice_problem(count: int, value: AnswerValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return f"must be the place of a choice, from 0 on; found {_kind_of(value)}"
    return None if 0 <= value < count else f"must be the place of a choice, 0 to {count - 1}; found {value}"


def _number_problem(question: Question, value: AnswerValue) -> str | None:
    if isinstance(value, bool | str):
        return f"must be a number; found {_kind_of(value)}"
    if question.minimum is not None and value < question.minimum:
        return f"{value} is below the least that is taken, {question.minimum}"
    if question.maximum is not None and value > question.maximum:
        return f"{value} is above the most that is taken, {question.maximum}"
    return value_problem(value)


def _kind_of(value: AnswerValue) -> str:
    if isinstance(value, bool):
        return "true or false"
    return "text" if isinstance(value, str) else "a number"


def _shape(question: Question) -> str:
    words = {AnswerKind.ONE_OF: f"one of {len(question.choices)}"}.get(question.kind, question.kind.value)
    bounds = (("min", question.minimum), ("max", question.maximum))
    return " ".join([words, *(f"{name} {bound}" for name, bound in bounds if bound is not None)])


@dataclass
class _Reader:
    """One pass over the parameters of an info: the question, and what is wrong with it."""

    parameters: Parameters
    at: str
    violations: list[Violation] = field(default_factory=list)

    def question(self) -> Question | None:
        """The question; None where there is none, or one with a fault."""
        text = self._one(TEXT, QUESTION_CHARS_MAX)
        if text is None:
            for name in (KIND, CHOICE, UNIT, MINIMUM, MAXIMUM):
                self._not_here(name, f"belongs to a question, and no {TEXT} is here")
            return None
        kind = self._kind()
        choices = self._choices() if kind is AnswerKind.ONE_OF else ()
        unit, least, most = self._measure() if kind is AnswerKind.NUMBER else (None, None, None)
        if kind is not None and kind is not AnswerKind.ONE_OF:
            self._not_here(CHOICE, f"belongs to one-of, and {kind} is asked for")
        if kind is not None and kind is not AnswerKind.NUMBER:
            for name in (UNIT, MINIMUM, MAXIMUM):
                self._not_here(name, f"belongs to a number, and {kind} is asked for")
        return None if self.violations or kind is None else Question(text, kind, choices, unit, least, most)

    def _kind(self) -> AnswerKind | None:
        word = self._one(KIND)
        if word is None:
            self._say(self.at, f"{TEXT} stands without {KIND}: {', '.join(AnswerKind)}")
        elif word not in tuple(AnswerKind):
            self._say(self._paths(KIND)[0], f"{word[:40]!r} is not one of {', '.join(AnswerKind)}")
        return AnswerKind(word) if word in tuple(AnswerKind) else None

    def _choices(self) -> tuple[str, ...]:
        found = [(path, self._word(path, value, CHOICE_CHARS_MAX)) for path, value in self._all(CHOICE)]
        if not CHOICES_MIN <= len(found) <= CHOICES_MAX:
            self._say(self.at, f"one-of has {CHOICES_MIN} to {CHOICES_MAX} times {CHOICE}; found {len(found)}")
        labels: set[str] = set()
        for path, label in found:
            if label.casefold() in labels:
                self._say(path, f"{label[:40]!r} is a choice already")
            labels.add(label.casefold())
        return tuple(label for _, label in found)

    def _measure(self) -> tuple[str | None, int | float | None, int | float | None]:
        least, most = self._number(MINIMUM), self._number(MAXIMUM)
        if least is not None and most is not None and least > most:
            self._say(self._paths(MAXIMUM)[0], f"{most} lies below {MINIMUM}, {least}: no number fits")
        return self._one(UNIT, UNIT_CHARS_MAX), least, most

    def _number(self, name: str) -> int | float | None:
        text = self._one(name)
        number = None if text is None else number_of(text)
        if text is not None and number is None:
            self._say(self._paths(name)[0], f"{text[:40]!r} is not a number")
        return number

    def _one(self, name: str, chars_max: int = 40) -> str | None:
        found = self._all(name)
        for path, _ in found[1:]:
            self._say(path, f"{name} stands here once more; a question has it once")
        return self._word(*found[0], chars_max) if found else None

    def _word(self, path: str, value: str, chars_max: int) -> str:
        word = value.strip()
        if not word:
            self._say(path, "is empty")
        if len(word) > chars_max:
            self._say(path, f"has {len(word)} characters; at most {chars_max}")
        return word

    def _not_here(self, name: str, problem: str) -> None:
        for path in self._paths(name)[:1]:
            self._say(path, f"{name} {problem}")

    def _all(self, name: str) -> list[tuple[str, str]]:
        return [(f"{self.at}[{at}].value", value) for at, (named, value) in enumerate(self.parameters) if named == name]

    def _paths(self, name: str) -> list[str]:
        return [path for path, _ in self._all(name)]

    def _say(self, path: str, problem: str) -> None:
        self.violations.append(Violation(path, problem))
