from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from pydantic import ValidationError

from server.api.rule_types import RuleAnswer, RuleBody, RuleSpec
from server.ops.rule_text import parse
from server.ops.rules import Rule, to_json
from server.store.rules import RuleRecord
from tests.support.rules import rules

STEP: dict[str, Any] = {"after_seconds": 60, "tell": [{"contact": "a"}]}


@given(rules(names_only=True))
def test_json_and_text_say_the_same(rule: Rule) -> None:
    assert RuleSpec.model_validate(to_json(rule)).to_rule() == rule
    said = RuleAnswer.of(RuleRecord(1, "r", to_json(rule), "x", 0))
    assert parse(said.rule) == rule


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"when": {}},
        {"rule": "at once: tell contact a", "steps": [STEP]},
        {"when": {}, "silence": {"of": "area"}, "steps": [STEP]},
        {"steps": [STEP | {"tell": []}]},
        {"steps": [STEP | {"tell": [{"contact": "a", "role": "b"}]}]},
        {"steps": [STEP | {"tell": [{}]}]},
        {"steps": [STEP | {"unless": {"act": "acknowledged", "percent": 101}}]},
        {"steps": [STEP | {"unless": {"act": "obeyed", "percent": 10}}]},
        {"steps": [STEP | {"text": "{nothing}"}]},
        {"steps": [STEP], "when": {"status": []}},
        {"steps": [STEP], "when": {"severity": "Grave"}},
    ],
)
def test_what_is_no_rule_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RuleBody.model_validate({"name": "r", **body})
