"""Page and code cannot drift: what docs/escalation.md says of rules, states and services is what the code has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from server.ops import rule_text
from server.ops.contact_services import SERVICES
from server.ops.message import PLACES
from server.ops.rule_text import parse
from server.ops.rules import Act
from server.store.escalations import STEP_STATES, TELLING_STATES
from tests.support.quiet_world import AREAS, SOURCES

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "escalation.md").read_text(encoding="utf-8")
WORDS = " ".join(PAGE.split())
RULES = re.findall(r"^    ((?:Extreme|Severe|status|silence) .*|(?:Extreme|Severe), .*: tell .*)$", PAGE, re.MULTILINE)


def test_every_state_stands_there_with_its_meaning() -> None:
    for state, meaning in (*STEP_STATES.items(), *TELLING_STATES.items()):
        assert f"| `{state}` | {meaning} |" in PAGE


def test_services_are_those_that_are_allowed() -> None:
    listed = WORDS.partition("- SMS and calls: ")[2].partition("Others are allowed")[0]
    named = re.sub(r"\([^)]*\)|- (mail|chat, and calls for those on duty): ", ",", listed)
    assert {word.strip() for word in named.split(",")} - {""} == set(SERVICES)


def test_the_grammar_is_that_of_the_parser() -> None:
    written = re.findall(r"^    \w+ += .*(?:\n {15}\|.*)*", rule_text.__doc__ or "", re.MULTILINE)
    assert len(written) == 7
    for rule in written:
        assert rule in PAGE


@pytest.mark.parametrize("text", RULES)
def test_the_examples_are_rules(text: str) -> None:
    parse(text)


def test_there_are_examples_and_every_word_is_explained() -> None:
    assert len(RULES) >= 6
    for word in (*Act, *(f"{{{place}}}" for place in PLACES)):
        assert f"`{word}`" in PAGE


def test_the_table_of_false_alarms_has_every_past() -> None:
    for name in (*AREAS, *(name for name in SOURCES if "Pareto" not in name)):
        assert f"| {name} |" in PAGE
