"""The console says what the hub says in other languages, sentence by sentence: its table and the hub's code cannot drift."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.api.problems import PROBLEMS

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "server" / "console" / "web" / "src" / "hubwords.ts"
SAMPLE = "⟦x⟧"

FOR_PEOPLE = {
    "alerts/cap/violations.py": ("; did you mean {}?",),
    "alerts/cap/shapes.py": ("; are latitude and longitude swapped?", "the latitude {} is outside -90 to 90{}"),
    "server/publish.py": (
        "expires is not later than sent; the alert is taken to hold for {} seconds after it was sent",
        "the cancel itself has expired; it still withdraws what it cancels",
        "the reference {} is not known here",
    ),
    "server/scope.py": (),
    "server/accounts/passwords.py": ("nobody has this password",),
    "server/ops/approval.py": (),
    "server/ops/rules.py": ("say what the names are of: area or source", "s have", "{} device{} no supervisor"),
    "server/ops/gateway.py": (
        "connection error|socket exception|connect",
        "read timed out|readtimeout|timed out waiting|connection (aborted|reset)|RemoteDisconnected",
    ),
    "server/places/area_table.py": ("{}, {}",),
    "server/places/cells.py": (),
    "server/places/device_table.py": (),
    "server/places/errors.py": (
        "the roster has no such rows",
        "these are enrolled already; revoke the device first, if it is lost",
    ),
    "server/places/outline_file.py": ("{} corners", "{}, {}"),
    "server/places/shapes.py": (
        "{} to {}, {} to {}",
        "Ring Self-intersection",
        "Hole lies outside shell",
        "Holes are nested",
        "Interior is disconnected",
        "Nested shells",
        "Too few points in geometry component",
    ),
    "server/places/table.py": (),
    "server/store/audit.py": (),
    "server/outbound/policy.py": ("is an IPv4 address in the dress of an IPv6 one",),
}
"""Modules whose words stand on pages, each with those that do not: remarks to programs, terms of libraries, what a bug
would say, and parts that the table has in one piece with what they belong to."""

IN_ONE_PIECE = {
    "{words}; it may have arrived, and is sent once more",
    "{words}; it may have arrived, twice",
    "the roster has no such rows: {references}",
    "these are enrolled already; revoke the device first, if it is lost: {references}",
}
"""What the hub puts together from several texts."""

_PLACE = re.compile(r"\{\w*\}")


def _sentences() -> list[str]:
    return [
        json.loads(found) for found in re.findall(r'^  say\(("(?:[^"\\]|\\.)*")\),$', TABLE.read_text(), re.MULTILINE)
    ]


def _form(sentence: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(re.escape(part) for part in _PLACE.split(sentence)), re.DOTALL)


def _letters(sentence: str) -> int:
    return len(re.sub(r"\W", "", _PLACE.sub("", sentence)))


def _said(module: Path) -> Iterator[str]:
    """What a module has as text in several words, with {} for values; not what documents it."""
    tree = ast.parse(module.read_text())
    beside: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            beside.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            beside.update(id(part) for part in node.values)
    for node in ast.walk(tree):
        if id(node) in beside:
            continue
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def _is_heard(words: str, forms: list[re.Pattern[str]]) -> bool:
    """A module may say what is behind the value that is named before it."""
    return any(form.fullmatch(words) or form.fullmatch(f"{SAMPLE} {words}") for form in forms)


@pytest.mark.parametrize("module", FOR_PEOPLE)
def test_what_a_module_says_to_people_is_in_the_table(module: str) -> None:
    forms = [_form(sentence) for sentence in _sentences()]
    said = {words for words in _said(ROOT / module) if " " in words.strip() and _letters(words) > 3}
    said -= set(FOR_PEOPLE[module])
    assert [words for words in sorted(said) if not _is_heard(words.replace("{}", SAMPLE), forms)] == []
    assert set(FOR_PEOPLE[module]) <= set(_said(ROOT / module)), "what is left out is there"


@pytest.mark.parametrize("name", PROBLEMS)
def test_every_problem_is_in_the_table(name: str) -> None:
    assert {PROBLEMS[name].title, PROBLEMS[name].meaning} <= set(_sentences())


def test_every_sentence_of_the_table_is_said_by_the_hub() -> None:
    said = [words for folder in ("alerts", "server") for file in (ROOT / folder).rglob("*.py") for words in _said(file)]
    forms = [
        (_letters(words), re.compile("(.*?)".join(map(re.escape, words.split("{}"))), re.DOTALL)) for words in set(said)
    ]

    def is_said(sentence: str) -> bool:
        words = _PLACE.sub(SAMPLE, sentence)
        behind = words.removeprefix(f"{SAMPLE} ")
        alike = [form for letters, form in forms if letters >= _letters(sentence) / 3]
        return any(form.fullmatch(words) or form.fullmatch(behind) for form in alike)

    assert {sentence for sentence in _sentences() if not is_said(sentence)} == IN_ONE_PIECE


def test_no_sentence_stands_twice() -> None:
    sentences = _sentences()
    assert len(sentences) > 400, "the table is read"
    bare = [_PLACE.sub("{}", sentence) for sentence in sentences]
    assert sorted(bare) == sorted(set(bare))
