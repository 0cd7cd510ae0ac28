"""What `/v1/alerts/{identifier}/answers` takes and answers."""

from __future__ import annotations

from pydantic import Field

from alerts.cap.question import AnswerKind, AnswerValue, Question
from server.answers import Answers, DeviceAnswer, Numbers, Tally
from server.api.types import AreaCode, Asked, DeviceId, Moment, Said, time_of


class AnswersQuery(Asked):
    """Whose answers, and which page of the list of devices."""

    area: AreaCode | None = None
    """Only devices in this area or below it, in the counts too."""
    after: DeviceId | None = None
    """Only devices behind this one in the list; the `next` of the page before. The counts stay those of all."""
    limit: int = Field(default=100, ge=1, le=1000)
    """How many devices at most."""


class QuestionAnswer(Said):
    """A question in one language."""

    language: str | None
    text: str
    answer: AnswerKind
    """What it wants to hear."""
    choices: tuple[str, ...]
    """Of one-of; an answer is the place of its choice, from 0 on."""
    unit: str | None
    min: float | None
    max: float | None

    @classmethod
    def of(cls, language: str | None, question: Question) -> QuestionAnswer:
        """From the core's."""
        return cls(
            language=language,
            text=question.text,
            answer=question.kind,
            choices=question.choices,
            unit=question.unit,
            min=question.minimum,
            max=question.maximum,
        )


class NumbersAnswer(Said):
    """What is said of numbers that were answered; null where there are none."""

    min: int | float | None
    median: int | float | None
    max: int | float | None
    sum: int | float

    @classmethod
    def of(cls, numbers: Numbers) -> NumbersAnswer:
        """From the hub's."""
        return cls(min=numbers.least, median=numbers.median, max=numbers.most, sum=numbers.total)


class TallyAnswer(Said):
    """How many devices have answered, and what; each counts once, with its latest answer."""

    count: int
    late: int
    """How many of them came when the alert had expired or been replaced."""
    yes: int | None
    """Of yes-no."""
    no: int | None
    """Of yes-no."""
    choices: tuple[int, ...] | None
    """Of one-of: how many for each choice, in the order of the choices."""
    numbers: NumbersAnswer | None
    """Of a number."""

    @classmethod
    def of(cls, tally: Tally) -> TallyAnswer:
        """From the hub's."""
        numbers = None if tally.numbers is None else NumbersAnswer.of(tally.numbers)
        return cls(
            count=tally.count, late=tally.late, yes=tally.yes, no=tally.no, choices=tally.choices, numbers=numbers
        )


class AreaTallyAnswer(TallyAnswer):
    """What the devices of an area answered; whoever is in two areas counts in both."""

    area: str


class DeviceAnswerAnswer(Said):
    """What a device answered last."""

    device: str
    name: str
    areas: tuple[str, ...]
    value: AnswerValue
    """True or false, the place of the choice, a number, or text."""
    answered_at: Moment
    """As the device reckoned the hub's time."""
    taken_at: Moment
    """When the hub had it."""
    late: bool
    """It came when the alert had expired or been replaced."""

    @classmethod
    def of(cls, one: DeviceAnswer) -> DeviceAnswerAnswer:
        """From the hub's."""
        return cls(
            device=one.device,
            name=one.name,
            areas=one.areas,
            value=one.value,
            answered_at=time_of(one.at),
            taken_at=time_of(one.taken_at),
            late=one.is_late,
        )


class AnswersAnswer(Said):
    """What was answered to an alert's question."""

    identifier: str
    number: int
    questions: tuple[QuestionAnswer, ...]
    """The question in each language; none: the alert asks nothing."""
    tally: TallyAnswer
    areas: tuple[AreaTallyAnswer, ...]
    """The same for each area of a device that has answered."""
    devices: tuple[DeviceAnswerAnswer, ...]
    """A page of the devices, in the order of their identifiers."""
    next: str | None
    """Give this as `after` for the next page; null: there is none."""

    @classmethod
    def of(cls, identifier: str, answers: Answers, asked: AnswersQuery) -> AnswersAnswer:
        """From the hub's: the counts of all, and the page that was asked for."""
        rest = [one for one in answers.devices if asked.after is None or one.device > asked.after]
        page = rest[: asked.limit]
        return cls(
            identifier=identifier,
            number=answers.number,
            questions=tuple(QuestionAnswer.of(language, question) for language, question in answers.questions),
            tally=TallyAnswer.of(answers.tally()),
            areas=tuple(
                AreaTallyAnswer(area=area, **TallyAnswer.of(tally).model_dump())
                for area, tally in answers.by_area().items()
            ),
            devices=tuple(DeviceAnswerAnswer.of(one) for one in page),
            next=page[-1].device if len(rest) > asked.limit else None,
        )
