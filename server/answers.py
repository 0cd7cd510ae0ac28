"""The answers to an alert's question, counted."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from alerts.audience import contains
from alerts.cap.question import AnswerKind, AnswerValue, Question


@dataclass(frozen=True, slots=True)
class DeviceAnswer:
    """What a device answered last. `at`: hub time as the device reckoned it; `is_late`: it came when the alert was over."""

    device: str
    name: str
    areas: tuple[str, ...]
    value: AnswerValue
    at: int
    taken_at: int
    is_late: bool


@dataclass(frozen=True, slots=True)
class Numbers:
    """What is said of numbers that were answered."""

    least: int | float | None
    median: int | float | None
    most: int | float | None
    total: int | float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many devices have answered, and what; of yes-no, one-of and numbers. `late` of them came when the alert was over."""

    count: int
    late: int
    yes: int | None = None
    no: int | None = None
    choices: tuple[int, ...] | None = None
    numbers: Numbers | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """An alert's questions, with their languages, and the latest answer of each device, in the devices' order."""

    number: int
    questions: tuple[tuple[str | None, Question], ...]
    devices: tuple[DeviceAnswer, ...]

    @property
    def question(self) -> Question | None:
        """By which answers are judged."""
        return self.questions[0][1] if self.questions else None

    def tally(self) -> Tally:
        """All of them, counted."""
        return tally(self.question, self.devices)

    def by_area(self) -> dict[str, Tally]:
        """Each area that a device which has answered is in, as its devices answered; whoever is in two counts in both."""
        codes = sorted({code for one in self.devices for code in one.areas})
        return {code: tally(self.question, [one for one in self.devices if code in one.areas]) for code in codes}

    def within(self, areas: Sequence[str]) -> Answers:
        """Only devices that are in one of these areas or below."""
        inside = (one for one in self.devices if any(contains(area, code) for area in areas for code in one.areas))
        return Answers(self.number, self.questions, tuple(inside))


def tally(question: Question | None, answers: Iterable[DeviceAnswer]) -> Tally:
    """Answers to a question, counted."""
    given = list(answers)
    values, late = [one.value for one in given], sum(one.is_late for one in given)
    match question:
        case Question(kind=AnswerKind.YES_NO):
            yes = sum(value is True for value in values)
            return Tally(len(values), late, yes=yes, no=len(values) - yes)
        case Question(kind=AnswerKind.ONE_OF, choices=choices):
            return Tally(len(values), late, choices=tuple(values.count(place) for place in range(len(choices))))
        case Question(kind=AnswerKind.NUMBER):
            return Tally(len(values), late, numbers=_numbers([value for value in values if not isinstance(value, str)]))
    return Tally(len(values), late)


def _numbers(values: list[int | float]) -> Numbers:
    if not values:
        return Numbers(None, None, None, 0)
    median = statistics.median(values)
    return Numbers(min(values), median, max(values), sum(values))
