"""The templates that came with the program: whole in every language, and good alerts once their blanks are filled."""

from __future__ import annotations

import re

import pytest

from alerts.audience import Audience
from server.api.submissions import from_json_alert, with_question
from server.api.templates_types import TemplateAnswer, TemplateBody
from server.ops.template_library import Template, shipped
from tests.support.stores import NOON

LANGUAGES = {"en", "fr"}
TEXTS = ("event", "headline", "description", "instruction")


def test_the_common_cases_are_there() -> None:
    assert set(shipped()) == {"outbreak", "recall", "heat", "flood", "stock-out", "cold-chain", "boil-water"}


@pytest.mark.parametrize("name", list(shipped()))
def test_each_says_everything_in_each_language_with_the_same_blanks(name: str) -> None:
    body = TemplateBody.model_validate(
        TemplateAnswer.of(Template(name, shipped()[name])).model_dump(include=set(TemplateBody.model_fields))
    )
    assert set(body.title) == set(body.text) == LANGUAGES
    used = {
        tag: set(re.findall(r"{(\w+)}", " ".join(getattr(text, one) for one in TEXTS)))
        for tag, text in body.text.items()
    }
    assert used["en"] == used["fr"] == set(body.blanks)
    assert all(set(asked) == LANGUAGES for asked in body.blanks.values())
    assert all(getattr(text, one) for text in body.text.values() for one in TEXTS)
    if body.question is not None:
        assert set(body.question.text) == LANGUAGES


@pytest.mark.parametrize("name", list(shipped()))
def test_each_is_an_alert_without_a_remark_once_it_is_filled(name: str) -> None:
    body = TemplateAnswer.of(Template(name, shipped()[name]))
    infos = []
    for language, text in body.text.items():
        said = {one: re.sub(r"{\w+}", "7", getattr(text, one)) for one in TEXTS}
        graded = {one: str(getattr(body, one)) for one in ("urgency", "severity", "certainty")}
        kind = {
            "category": [str(one) for one in body.category],
            "responseType": [str(one) for one in body.response_type],
        }
        infos.append({"language": language, **said, **graded, **kind, "area": [{"areaDesc": "7"}]})
    alert = {"sender": "a@b.example", "status": "Actual", "msgType": "Alert", "scope": "Public", "info": infos}
    submitted = from_json_alert(with_question(alert, body.question), Audience(everyone=True), NOON)
    assert submitted.remarks == ()
