from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.cap.terms import Category, Certainty, Severity, Status, Urgency
from alerts.errors import RuleError
from server.ops.rule_text import TEXT_CHARS_MAX, duration_text, parse, write
from server.ops.rules import (
    Act,
    AlertMatch,
    Quiet,
    Rule,
    SilenceMatch,
    Step,
    Target,
    Unless,
    Whom,
    from_json,
    to_json,
)
from tests.support.rules import rules

EIGHTY = Unless(Act.ACKNOWLEDGED, 80)
OFFICER = Target(Whom.ROLE, "district-officer")
SUPERVISOR = Target(Whom.SUPERVISOR)


def test_a_rule_is_read_as_it_is_said() -> None:
    text = "Extreme, not acknowledged by 80% within 30m: tell role district-officer; within 2h: tell supervisor"
    assert parse(text) == Rule(
        AlertMatch(Severity.EXTREME), (Step(1800, (OFFICER,), EIGHTY), Step(7200, (SUPERVISOR,), EIGHTY))
    )
    assert write(parse(text)) == text


def test_everything_that_can_be_matched() -> None:
    text = (
        "Severe, urgency Expected, certainty Likely, status Actual or Exercise, category Health or Env, event cholera or "
        '"yellow fever", area KE-047 or KE-030, at once: tell contact "the minister" and role ops say "Hello: {headline}"; '
        "not delivered by 95% within 1h30m: tell supervisor; after 1d: tell contact ops"
    )
    rule = parse(text)
    assert rule.when == AlertMatch(
        *(Severity.SEVERE, Urgency.EXPECTED, Certainty.LIKELY, (Status.ACTUAL, Status.EXERCISE)),
        *((Category.HEALTH, Category.ENV), ("cholera", "yellow fever"), ("KE-047", "KE-030")),
    )
    assert [step.after_s for step in rule.steps] == [0, 5400, 86_400]
    assert [step.unless for step in rule.steps] == [None, Unless(Act.DELIVERED, 95), None]
    assert rule.steps[0].tell == (Target(Whom.CONTACT, "the minister"), Target(Whom.ROLE, "ops"))
    assert rule.steps[0].text == "Hello: {headline}"
    assert parse(write(rule)) == rule


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("silence of area KE-047: tell role ops", SilenceMatch(Quiet.AREA, ("KE-047",))),
        ('silence of source "who.int" or x: tell role ops', SilenceMatch(Quiet.SOURCE, ("who.int", "x"))),
        ("silence of any area at once: tell role ops", SilenceMatch(Quiet.AREA)),
        ("silence of any source: tell role ops", SilenceMatch(Quiet.SOURCE)),
        ("silence of anything: tell role ops", SilenceMatch()),
    ],
)
def test_silences(text: str, when: SilenceMatch) -> None:
    rule = parse(text)
    assert rule == Rule(when, (Step(0, (Target(Whom.ROLE, "ops"),)),))
    assert parse(write(rule)) == rule


def test_a_silence_has_later_steps() -> None:
    rule = parse("silence of area KE-047 after 1h: tell role ops; after 4h: tell supervisor")
    assert [step.after_s for step in rule.steps] == [3600, 14_400]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "at character 1"),
        ("Extreme", 'expected "or", or ",", found the end'),
        ("Extreme, not soon within 3m: tell supervisor", "found 'soon', at character 14: Extreme, not ▸soon"),
        ("Grave, at once: tell contact a", "found 'Grave', at character 1"),
        ("urgency Soon, at once: tell contact a", "one of Immediate, Expected, Future, Past, Unknown, found 'Soon'"),
        ("Extreme, Severe, at once: tell contact a", "severity is said twice"),
        ("Extreme, within 3m: tell supervisor", '"within" needs a condition before it'),
        ("not acknowledged by 0% within 3m: tell supervisor", "a share from 1% to 100%, found '0%'"),
        ("not acknowledged by 101% within 3m: tell supervisor", "found '101%'"),
        ("not acknowledged by 80 within 3m: tell supervisor", "found '80'"),
        ("not acknowledged by 80% after 3m: tell supervisor", "expected \"within\" and a duration, found 'after'"),
        ("not acknowledged by 80% within soon: tell supervisor", "a duration like 30m, 2h, 1h30m or 1d, found 'soon'"),
        ("at once tell contact a", 'expected ":" and whom to tell'),
        ("at once: contact a", 'expected "tell"'),
        ("at once: tell bob", '"contact" and a name, "role" and a name, or "supervisor", found \'bob\''),
        ("at once: tell contact", "expected the name of a contact, found the end"),
        ("at once: tell contact a b", 'expected "and", "say", ";" or the end, found \'b\', at character 25'),
        ("at once: tell contact a;", "found the end"),
        ('at once: tell contact "a', 'a closing " is missing'),
        (r'at once: tell contact "a\n"', 'a closing " is missing'),
        ('at once: tell contact ""', "is no name"),
        ("not seen by 5% within 0s: tell supervisor", "nobody can have acted at once"),
        ("after 2h: tell contact a; after 1h: tell contact a", "steps[1]: a step cannot come before"),
        ("after 99d: tell contact a", "at most 30 days"),
        ("silence area x: tell contact a", 'expected "of"'),
        ("silence of x: tell contact a", '"any area", "any source" or "anything", found \'x\''),
        ("silence of area x within 3h: tell contact a", 'expected ":"'),
        ("silence of area x: tell contact a; within 3h: tell contact a", "nothing can be acknowledged"),
        ("silence of any source: tell supervisor", "a source has no supervisor"),
        ("x" * (TEXT_CHARS_MAX + 1), "at most 8000 characters"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(text: str, words: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(text)
    assert words in str(caught.value)


def test_durations() -> None:
    assert [duration_text(seconds) for seconds in (0, 45, 60, 5400, 86_400, 90_061)] == [
        *("0s", "45s", "1m", "1h30m", "1d", "1d1h1m1s")
    ]


# -- any rule comes back as it was, from text and from JSON -----------------------------------------------------------


@given(rules())
def test_a_rule_comes_back_from_its_text(rule: Rule) -> None:
    assert parse(write(rule)) == rule


@given(rules())
def test_a_rule_comes_back_from_its_json(rule: Rule) -> None:
    assert from_json(to_json(rule)) == rule


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert parse(write(parse(text))) == parse(text)
    except RuleError as error:
        assert error.problem
