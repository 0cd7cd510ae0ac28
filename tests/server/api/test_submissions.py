"""Bodies to alerts, without a hub."""

from __future__ import annotations

from typing import Any

import pytest

from alerts.audience import Audience
from alerts.cap.model import Alert
from alerts.cap.question import AnswerKind, Question, questions_of
from alerts.cap.to_xml import to_xml
from server.api.problems import ProblemError
from server.api.submissions import PLACEHOLDER, from_json_alert, from_xml_alert, geocoded, with_question
from server.api.types import QuestionBody
from tests.support.cap_alerts import example

EVERYONE = Audience(everyone=True)
NOW = 1_800_000_000


def test_the_hub_fills_identifier_and_time_only_where_they_are_absent() -> None:
    filled = from_json_alert(example(identifier=None, sent=None), EVERYONE, NOW)
    assert filled.make_identifier and filled.alert.identifier == PLACEHOLDER and filled.alert.sent.seconds == NOW
    kept = from_json_alert(example(), EVERYONE, NOW)
    assert not kept.make_identifier and kept.alert.identifier == example()["identifier"]


def test_null_is_not_absent() -> None:
    with pytest.raises(ProblemError) as caught:
        from_json_alert({**example(), "identifier": None}, EVERYONE, NOW)
    assert "alert.identifier" in str(caught.value.members["violations"])


def geocode(*codes: tuple[str, str]) -> Alert:
    members = example()
    members["info"][0]["area"][0]["geocode"] = [{"valueName": name, "value": value} for name, value in codes]
    return Alert.from_json(members)


def test_geocodes_that_are_mapped_name_areas_each_once() -> None:
    alert = geocode(("P", "1"), ("Q", "2"), ("P", "1"), ("R", "UG-3"), ("P", ""))
    assert geocoded(alert, {"P": "KE-", "R": ""}) == ("KE-1", "UG-3")
    assert geocoded(alert, {}) == ()


def test_the_query_goes_before_geocodes() -> None:
    xml = to_xml(geocode(("P", "1")))
    assert from_xml_alert(xml, EVERYONE, {"P": "KE-"}, 10**6).audience == EVERYONE
    assert from_xml_alert(xml, Audience(), {"P": "KE-"}, 10**6).audience == Audience(areas=("KE-1",))
    assert from_xml_alert(xml, Audience(), {}, 10**6).audience.is_empty()
    assert from_xml_alert(xml, EVERYONE, {}, 10**6).original == xml


# -- a question -------------------------------------------------------------------------------------------------------


def asking(**question: Any) -> QuestionBody:
    return QuestionBody.model_validate(question)


def in_languages(*languages: str | None, **more: Any) -> dict[str, Any]:
    (info,) = example()["info"]
    return example(info=[{**info, "language": language, **more} for language in languages])


def test_a_question_is_put_into_the_parameters_of_each_info_in_its_language() -> None:
    question = asking(
        answer="one-of",
        text={"en": "Which?", "sw": "Ipi?"},
        choices={"sw": ["kubwa", "ndogo"], "en": ["large", "small"]},
    )
    parameter = [{"valueName": "county", "value": "KE-047"}]
    alert = from_json_alert(
        with_question(in_languages("sw-KE", "en", None, parameter=parameter), question), EVERYONE, NOW
    ).alert
    english = Question("Which?", AnswerKind.ONE_OF, ("large", "small"))
    assert questions_of(alert) == [
        ("sw-KE", Question("Ipi?", AnswerKind.ONE_OF, ("kubwa", "ndogo"))),
        ("en", english),
        (None, english),
    ]
    assert all(info.parameter[0].value_name == "county" for info in alert.info)


def test_a_number_has_its_unit_and_its_bounds() -> None:
    question = asking(answer="number", text={"en": "How many?"}, unit={"en": "doses"}, min=0, max=4.5)
    alert = from_json_alert(with_question(in_languages("en"), question), EVERYONE, NOW).alert
    assert questions_of(alert) == [("en", Question("How many?", AnswerKind.NUMBER, (), "doses", 0, 4.5))]


def test_words_that_are_missing_in_a_language_are_named() -> None:
    question = asking(answer="one-of", text={"en": "Which?"}, choices={"fr": ["a", "b"]})
    with pytest.raises(ProblemError) as caught:
        with_question(in_languages("en", "fr"), question)
    assert [one["path"] for one in caught.value.members["violations"]] == ["question.choices", "question.text"]  # type: ignore[attr-defined]
    assert "in fr, the language of alert.info[1]" in str(caught.value.members["violations"])
    with pytest.raises(ProblemError, match="has no info"):
        with_question({}, asking(answer="text", text={"en": "?"}))


@pytest.mark.parametrize("info", [3, [3], [{"parameter": 3}], "x"])
def test_what_is_no_alert_is_left_to_be_judged_as_one(info: Any) -> None:
    value = example(info=info)
    assert with_question(value, asking(answer="text", text={"en": "?"})) is value
    with pytest.raises(ProblemError):
        from_json_alert(value, EVERYONE, NOW)


def test_without_a_question_nothing_is_changed() -> None:
    value = example()
    assert with_question(value, None) is value
