"""Answers, counted."""

from __future__ import annotations

import pytest

from alerts.cap.question import AnswerValue, Question
from server.answers import Answers, DeviceAnswer, Numbers, Tally, tally
from tests.support.questions import IN_WORDS, NUMBER, ONE_OF, YES_NO


def given(*values: AnswerValue, areas: tuple[str, ...] = (), late: int = 0) -> list[DeviceAnswer]:
    """Devices that answered this; the first `late` of them when the alert was over."""
    return [
        DeviceAnswer(f"d-{number}", "", areas, value, 100, 110, number < late) for number, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("question", "values", "counted"),
    [
        (YES_NO, (True, False, True), Tally(3, 0, yes=2, no=1)),
        (ONE_OF, (0, 2, 2, 1, 2), Tally(5, 0, choices=(1, 1, 3))),
        (ONE_OF, (), Tally(0, 0, choices=(0, 0, 0))),
        (NUMBER, (5, 1.5, 10, 0), Tally(4, 0, numbers=Numbers(0, 3.25, 10, 16.5))),
        (NUMBER, (7,), Tally(1, 0, numbers=Numbers(7, 7, 7, 7))),
        (NUMBER, (), Tally(0, 0, numbers=Numbers(None, None, None, 0))),
        (IN_WORDS, ("chlorine", "chlorine"), Tally(2, 0)),
        (None, (), Tally(0, 0)),
    ],
)
def test_each_kind_is_counted_in_its_way(
    question: Question | None, values: tuple[AnswerValue, ...], counted: Tally
) -> None:
    assert tally(question, given(*values)) == counted


def test_what_came_late_counts_and_is_said() -> None:
    assert tally(YES_NO, given(True, True, False, late=2)) == Tally(3, 2, yes=2, no=1)


def test_by_area() -> None:
    one = DeviceAnswer("a", "", ("KE-1", "KE-2"), True, 1, 1, False)
    two = DeviceAnswer("b", "", ("KE-2",), False, 1, 1, False)
    three = DeviceAnswer("c", "", (), False, 1, 1, False)
    answers = Answers(5, (("en", YES_NO),), (one, two, three))
    assert answers.tally() == Tally(3, 0, yes=1, no=2)
    assert answers.by_area() == {"KE-1": Tally(1, 0, yes=1, no=0), "KE-2": Tally(2, 0, yes=1, no=1)}
    assert answers.within(("KE-1",)).devices == (one,)
    assert answers.within(("KE",)).devices == (one, two)
    assert answers.within(("KE-1", "UG")).tally() == Tally(1, 0, yes=1, no=0)
