"""docs/cap.md says what is: its example is an alert, and its table of numbers is the one in the code."""

from __future__ import annotations

import json
import re
from pathlib import Path

from alerts.cap import terms
from alerts.cap.model import Alert
from alerts.cap.rules import remarks

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "cap.md").read_text(encoding="utf-8")


def test_the_example_is_an_alert_without_a_fault() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    alert = Alert.from_json(json.loads(block))
    assert alert.to_json() == json.loads(block)
    assert remarks(alert) == []


def test_the_numbers_are_those_of_the_code() -> None:
    for kind in terms.Term.__subclasses__():
        name = kind.__name__[0].lower() + kind.__name__[1:]
        (row,) = re.findall(rf"^\| {name} \|(.*)\|$", PAGE, re.MULTILINE)
        words = [cell.strip() for cell in row.split("|")]
        assert {word: number for number, word in enumerate(words) if word} == {str(t): t.number for t in kind}
