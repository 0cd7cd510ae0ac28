"""Questions in the parameters of an alert, and what answers them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cap.from_xml import from_xml
from alerts.cap.model import Alert
from alerts.cap.question import (
    AnswerKind,
    AnswerValue,
    Question,
    check_answer,
    languages_not_asked,
    number_of,
    question_of,
    questions_of,
    value_problem,
)
from alerts.cap.to_xml import to_xml
from alerts.errors import InvalidAlertError
from alerts.limits import ANSWER_CHARS_MAX, NUMBER_MAX
from tests.support.cap_alerts import example
from tests.support.questions import IN_WORDS, NUMBER, ONE_OF, YES_NO, parameters_for


def asking(*infos: list[tuple[str, str]], languages: tuple[str, ...] = ("en", "sw", "fr")) -> dict[str, Any]:
    """An alert as JSON whose infos have these parameters."""
    (info,) = example()["info"]
    made = [
        {**info, "language": language, "parameter": [{"valueName": name, "value": value} for name, value in named]}
        for language, named in zip(languages, infos, strict=False)
    ]
    return example(info=made)


def violations(*infos: list[tuple[str, str]]) -> list[str]:
    """What is wrong with an alert in JSON."""
    with pytest.raises(InvalidAlertError) as refused:
        Alert.from_json(asking(*infos))
    return [str(violation) for violation in refused.value.violations]


@pytest.mark.parametrize("question", [YES_NO, ONE_OF, NUMBER, IN_WORDS])
def test_a_question_is_read_and_travels_through_xml(question: Question) -> None:
    alert = Alert.from_json(asking([("county", "KE-047"), *parameters_for(question)]))
    assert question_of(alert.info[0]) == question
    reading = from_xml(to_xml(alert))
    assert reading.alert == alert
    assert reading.remarks == ()


def test_an_alert_without_a_question_asks_nothing() -> None:
    alert = Alert.from_json(asking([("county", "KE-047")]))
    assert question_of(alert.info[0]) is None
    assert questions_of(alert) == []


def test_each_language_asks_in_its_own_words() -> None:
    swahili = Question("Barabara ikoje?", AnswerKind.ONE_OF, ("wazi", "imefurika", "imefungwa"))
    alert = Alert.from_json(asking(parameters_for(ONE_OF), parameters_for(swahili)))
    assert questions_of(alert) == [("en", ONE_OF), ("sw", swahili)]
    assert languages_not_asked(alert) == []


def test_a_language_that_is_not_asked_is_remarked() -> None:
    alert = Alert.from_json(asking(parameters_for(YES_NO), []))
    assert languages_not_asked(alert) == ["sw"]
    (remark,) = from_xml(to_xml(alert)).remarks
    assert "not in sw" in remark.text


Q, A, C = "tocsin.question", "tocsin.answer", "tocsin.choice"


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ([(Q, "Cold?")], "info[0].parameter: tocsin.question stands without tocsin.answer: yes-no, one-of"),
        ([(A, "yes-no")], "info[0].parameter[0].value: tocsin.answer belongs to a question"),
        ([("x", "y"), (C, "a")], "info[0].parameter[1].value: tocsin.choice belongs to a question"),
        ([(Q, "Cold?"), (A, "maybe")], "info[0].parameter[1].value: 'maybe' is not one of yes-no"),
        ([(Q, ""), (A, "yes-no")], "info[0].parameter[0].value: is empty"),
        ([(Q, "x" * 501), (A, "yes-no")], "info[0].parameter[0].value: has 501 characters; at most 500"),
        ([(Q, "Cold?"), (A, "yes-no"), (Q, "Warm?")], "info[0].parameter[2].value: tocsin.question stands here once"),
        ([(Q, "Cold?"), (A, "yes-no"), (C, "a")], "info[0].parameter[2].value: tocsin.choice belongs to one-of"),
        ([(Q, "Cold?"), (A, "text"), ("tocsin.unit", "l")], "info[0].parameter[2].value: tocsin.unit belongs to a num"),
        (
            [(Q, "Which?"), (A, "one-of"), (C, "a")],
            "info[0].parameter: one-of has 2 to 20 times tocsin.choice; found 1",
        ),
        ([(Q, "Which?"), (A, "one-of"), *[(C, f"c{n}") for n in range(21)]], "info[0].parameter: one-of has 2 to 20"),
        ([(Q, "Which?"), (A, "one-of"), (C, "a"), (C, "A")], "info[0].parameter[3].value: 'A' is a choice already"),
        ([(Q, "Which?"), (A, "one-of"), (C, "a"), (C, "")], "info[0].parameter[3].value: is empty"),
        ([(Q, "Which?"), (A, "one-of"), (C, "a"), (C, "b" * 101)], "info[0].parameter[3].value: has 101 characters"),
        ([(Q, "Many?"), (A, "number"), ("tocsin.min", "few")], "info[0].parameter[2].value: 'few' is not a number"),
        ([(Q, "Many?"), (A, "number"), ("tocsin.min", "1e400")], "info[0].parameter[2].value: '1e400' is not a number"),
        (
            [(Q, "Many?"), (A, "number"), ("tocsin.min", "3"), ("tocsin.max", "2.5")],
            "info[0].parameter[3].value: 2.5 lies below tocsin.min, 3",
        ),
    ],
)
def test_a_question_with_a_fault(named: list[tuple[str, str]], problem: str) -> None:
    (said,) = violations(named)
    assert said.startswith(problem)
    alert = Alert.from_json(asking(named), strict=False)
    assert question_of(alert.info[0]) is None, "it asks nothing"
    reading = from_xml(to_xml(alert))
    assert [remark.path for remark in reading.remarks if "kept as it is" in remark.text][:1] == [problem.split(":")[0]]
    assert all(remark.line for remark in reading.remarks)


@pytest.mark.parametrize(
    ("other", "problem"),
    [
        (Question("?", AnswerKind.TEXT), "asks for text, info[0].parameter for one of 3"),
        (Question("?", AnswerKind.ONE_OF, ("a", "b")), "asks for one of 2, info[0].parameter for one of 3"),
    ],
)
def test_all_languages_ask_for_the_same(other: Question, problem: str) -> None:
    (said,) = violations(parameters_for(ONE_OF), parameters_for(ONE_OF), parameters_for(other))
    assert said.startswith(f"info[2].parameter: {problem}")


def test_the_bounds_are_the_same_in_all_languages() -> None:
    (said,) = violations(parameters_for(NUMBER), parameters_for(Question("?", AnswerKind.NUMBER, (), "dozi", 0, 400)))
    assert "number min 0 max 400, info[0].parameter for number min 0 max 500" in said


def test_faults_of_a_question_come_with_all_others() -> None:
    value = asking([(Q, "Cold?")])
    value["status"] = "actual"
    with pytest.raises(InvalidAlertError) as refused:
        Alert.from_json(value)
    assert [violation.path for violation in refused.value.violations] == ["status", "info[0].parameter"]


@pytest.mark.parametrize("parameter", [None, {}, [None, 3], [{"valueName": 3}], "x"])
def test_parameters_of_any_shape_are_judged(parameter: Any) -> None:
    value = asking([])
    value["info"].append({"parameter": parameter})
    with pytest.raises(InvalidAlertError):
        Alert.from_json(value)


# -- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "value"),
    [
        *((YES_NO, value) for value in (True, False)),
        *((ONE_OF, value) for value in (0, 2)),
        *((NUMBER, value) for value in (0, 500, 1.5, 2.0)),
        *((IN_WORDS, value) for value in ("x", "x" * ANSWER_CHARS_MAX, " y")),
    ],
)
def test_what_fits(question: Question, value: AnswerValue) -> None:
    assert check_answer(question, value) is None


@pytest.mark.parametrize(
    ("question", "value", "words"),
    [
        (YES_NO, 1, "must be true or false; found a number"),
        (YES_NO, "yes", "must be true or false; found text"),
        (ONE_OF, 3, "must be the place of a choice, 0 to 2; found 3"),
        (ONE_OF, -1, "0 to 2; found -1"),
        (ONE_OF, True, "found true or false"),
        (ONE_OF, 1.0, "must be the place of a choice"),
        (NUMBER, True, "must be a number; found true or false"),
        (NUMBER, "7", "must be a number; found text"),
        (NUMBER, -0.5, "below the least that is taken, 0"),
        (NUMBER, 501, "above the most that is taken, 500"),
        (NUMBER, math.nan, "not a finite number"),
        (Question("?", AnswerKind.NUMBER), NUMBER_MAX + 1, "is larger than"),
        (IN_WORDS, 7, "must be text; found a number"),
        (IN_WORDS, " \n", "is empty"),
        (IN_WORDS, "x" * (ANSWER_CHARS_MAX + 1), "at most 1000 characters, found 1001"),
    ],
)
def test_what_does_not_fit_is_said(question: Question, value: AnswerValue, words: str) -> None:
    assert words in (check_answer(question, value) or "")


@given(st.booleans() | st.integers() | st.floats() | st.text() | st.none() | st.binary())
def test_what_is_no_answer_at_all(value: Any) -> None:
    fits = any(
        check_answer(question, value) is None
        for question in (YES_NO, ONE_OF, NUMBER, IN_WORDS, Question("?", AnswerKind.NUMBER))
        if isinstance(value, bool | int | float | str)
    )
    assert not fits or value_problem(value) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("-3", -3), ("+2.50", 2.5), ("4.0", 4), ("x", None), ("", None), ("1e5", None), ("9" * 17, None)],
)
def test_numbers(text: str, number: float | None) -> None:
    assert number_of(text) == number
    assert type(number_of(text)) is type(number)
